"""New rounds, for programs: the same options as the page, and the deal before it is made."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from annotator.models import Allocation, Each, Method, Round, StratifiedBy
from annotator.queries.rounds import get_round, rounds_of
from annotator.services.dealing import Balance, Design
from annotator.services.planning import Plan, Way, plan_round
from annotator.services.repeats import Again
from annotator.services.rounds import check_can_rate, draft_round
from annotator.states import DRAWN, Kind
from corpus.frames import get_frame
from studies.errors import Invalid
from studies.models import Membership, Study
from studies.permissions import Access
from taxonomy.models import Version

PLANNED = (
    "raters", "size", "seed", "frame", "without_coded", "screened_in", "kind", "way", "design", "again", "version",
    "several_codes",
)  # fmt: skip


class NumbersField(serializers.DictField):
    child = serializers.IntegerField(min_value=0)


class DraftSerializer(serializers.Serializer[Any]):
    """A round to draw and deal. `version` is the id of a published version, `raters` are aliases, `frame` an id and
    `after` the number of a round. With `preview` nothing is written, and the answer is the deal; its `seed` and `seen`
    sent along make sure that this deal is drawn, or 409. `again` is how many issues each rater codes a second time,
    hidden among the others: a number, or a share such as "10 %"; coded at least `again_days` ago."""

    version = serializers.IntegerField()
    raters = serializers.ListField(child=serializers.CharField())
    kind = serializers.ChoiceField([kind.value for kind in DRAWN], default=Kind.CODING)
    several_codes = serializers.BooleanField(default=True)
    allows_proposals = serializers.BooleanField(default=False)
    frame = serializers.IntegerField(allow_null=True, default=None)
    without_coded = serializers.BooleanField(default=False)
    screened_in = serializers.BooleanField(default=False)
    settles_unanimous = serializers.BooleanField(default=False)
    method = serializers.ChoiceField(Method.choices, default=Method.SIMPLE)
    size = serializers.IntegerField(allow_null=True, default=None)
    stratify_by = serializers.ChoiceField(StratifiedBy.choices, default=StratifiedBy.REPOSITORY)
    allocation = serializers.ChoiceField(Allocation.choices, default=Allocation.PROPORTIONAL)
    sizes = NumbersField(default=dict)
    minimum_one = serializers.BooleanField(default=False)
    listed = serializers.CharField(allow_blank=True, default="")
    after = serializers.IntegerField(allow_null=True, default=None)
    seed = serializers.IntegerField(allow_null=True, default=None)
    each = serializers.ChoiceField(Each.choices, default=Each.EVERY)
    k = serializers.IntegerField(min_value=1, default=2)
    overlap = serializers.IntegerField(min_value=0, max_value=100, default=20)
    capacities = NumbersField(default=dict)
    again = serializers.CharField(allow_blank=True, default="", max_length=10)
    again_days = serializers.IntegerField(min_value=1, default=Again.days)
    preview = serializers.BooleanField(default=False)
    seen = serializers.CharField(allow_blank=True, default="")


class PairSerializer(serializers.Serializer[Any]):
    raters = serializers.ListField(child=serializers.CharField())
    shared = serializers.IntegerField()


class PlanSerializer(serializers.Serializer[Any]):
    """What would be drawn and dealt: issues by rater, and those that pairs of raters share."""

    sample = serializers.JSONField()
    design = serializers.JSONField()
    raters = NumbersField()
    pairs = PairSerializer(many=True)
    again = NumbersField()
    seed = serializers.IntegerField()
    seen = serializers.CharField()


def asked(study: Study, data: Any) -> dict[str, Any]:
    """The body as `draft_round` takes it, with `preview`. Invalid by field."""
    given = DraftSerializer(data=data)
    given.is_valid(raise_exception=True)
    said = dict(given.validated_data)
    after = said.pop("after")
    said["again"] = Again.read(said["again"], said.pop("again_days"))
    way = {name: said.pop(name) for name in ("method", "stratify_by", "allocation", "sizes", "minimum_one", "listed")}
    design = {name: said.pop(name) for name in ("each", "k", "overlap", "capacities")}
    return {
        **said,
        "version": version_of(study, said["version"]),
        "raters": raters_of(study, said["raters"]),
        "frame": get_frame(study, said["frame"]) if said["frame"] is not None else None,
        "way": Way(**way, after=get_round(study, after) if after is not None else None),
        "design": Design(**design),
    }


def version_of(study: Study, pk: int) -> Version:
    found: Version | None = Version.objects.select_related("taxonomy").filter(taxonomy__study=study, pk=pk).first()
    if found is None:
        raise Invalid({"version": "This study has no such version."})
    return found


def raters_of(study: Study, aliases: list[str]) -> list[Membership]:
    members = {member.alias: member for member in Membership.objects.filter(study=study, alias__in=aliases)}
    if unknown := [alias for alias in aliases if alias not in members]:
        raise Invalid({"raters": f"This study has no {', '.join(unknown)}."})
    return [members[alias] for alias in sorted(set(aliases))]


def drafted(access: Access, request: Request) -> Round | Plan:
    """The round, or with `preview` what it would be."""
    said = asked(access.study, request.data)
    if said.pop("preview"):
        check_can_rate(said["raters"], access.study)
        return plan_round(study=access.study, **{name: said[name] for name in PLANNED})
    made = draft_round(study=access.study, by=access.user, **said)
    return rounds_of(access.study).get(pk=made.pk)


def pairs_told(balance: Balance) -> list[dict[str, Any]]:
    return [{"raters": pair, "shared": shared} for pair, shared in balance.pairs.items()]


def told(plan: Plan) -> dict[str, Any]:
    shown = {
        "sample": plan.sample,
        "design": plan.design.facts,
        "raters": plan.balance.raters,
        "pairs": pairs_told(plan.balance),
        "again": {alias: number for alias, number, _ in plan.coming_again},
        "seed": plan.sample["seed"],
        "seen": plan.digest,
    }
    return dict(PlanSerializer(shown).data)
