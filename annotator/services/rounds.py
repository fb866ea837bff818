"""Rounds: draw a sample, deal it to raters. How a round goes on from there is `annotator.services.phases`."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotator.errors import Changed
from annotator.models import Assignment, Round, RoundIssue, RoundRater
from annotator.services.dealing import Design, Hands
from annotator.services.planning import Plan, Way, plan_round
from annotator.services.populations import keep_population
from annotator.services.repeats import Again, first_issues, tie
from annotator.services.repeats import facts as repeated
from annotator.states import DRAWN, Kind
from corpus.models import Frame
from corpus.services.frames import record_draw
from studies.errors import Invalid
from studies.models import Membership, Study, User
from studies.permissions import Permission, check_is_member, may
from studies.services.events import record_event
from taxonomy.models import Purpose, Version

CHUNK = 1000
OTHER_PURPOSE = {
    True: "{taxonomy} has no screening criteria. Choose a taxonomy of criteria, or another kind of round.",
    False: "{taxonomy} has screening criteria: it says which issues belong. Draw a screening round with it.",
}


def check_can_be_coded_with(version: Version, study: Study, kind: str) -> None:
    """Raises Invalid unless the version is one of the study's, is published, has codes, and fits the kind of round."""
    if version.taxonomy.study_id != study.pk:
        raise Invalid({"version": "This taxonomy belongs to another study."})
    if version.taxonomy.kind == Purpose.PUBLISHED:
        raise Invalid({"version": "This taxonomy was published by others: it is there to compare with, not to code."})
    if (version.taxonomy.kind == Purpose.SCREENING) != (kind == Kind.SCREENING):
        raise Invalid({"version": OTHER_PURPOSE[kind == Kind.SCREENING].format(taxonomy=version.taxonomy)})
    if version.is_draft:
        raise Invalid({"version": "This taxonomy is a draft. Publish it first, so that it cannot change under raters."})
    if not version.codes.exists():
        raise Invalid({"version": "This version has no codes."})


def check_can_rate(raters: Sequence[Membership], study: Study) -> None:
    """Raises Invalid unless there is at least one rater and all are members of the study who may code."""
    if not raters:
        raise Invalid({"raters": "Choose at least one rater."})
    for rater in raters:
        if rater.study_id != study.pk or not may(rater, Permission.CODE_ISSUES):
            raise Invalid({"raters": f"{rater.alias} may not code in this study."})


def check_is_drawn(kind: str) -> None:
    if kind not in DRAWN:
        raise Invalid({"kind": f"{kind} is not a kind of round. Choose calibration, coding, open coding or screening."})


@transaction.atomic
def draft_round(
    *,
    study: Study,
    version: Version,
    raters: Sequence[Membership],
    size: int | None = None,
    seed: int | None = None,
    several_codes: bool = True,
    kind: str = Kind.CODING,
    allows_proposals: bool = False,
    frame: Frame | None = None,
    without_coded: bool = False,
    screened_in: bool = False,
    settles_unanimous: bool = False,
    way: Way | None = None,
    design: Design | None = None,
    again: Again | None = None,
    seen: str = "",
    by: User,
) -> Round:
    """Draw a sample and deal it: unless `way` and `design` say otherwise, `size` issues at random, each given to every
    rater, in an order of its own for each.

    Drawn from the corpus, or from a frame, which is frozen by it. The same seed on the same corpus or frame draws and
    deals the same. `seen` is the digest of the plan that was looked at: another one raises Changed. Raters see nothing
    of it until it is started. With `settles_unanimous` unanimous answers are decided when it is closed. Several codes
    need a version that takes them; in open coding all may propose codes.
    """
    check_is_member(by, study, Permission.MANAGE_ROUNDS)
    check_is_drawn(kind)
    check_can_be_coded_with(version, study, kind)
    check_can_rate(raters, study)
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    plan = plan_round(
        study=study, raters=raters, size=size, seed=seed, frame=frame, without_coded=without_coded,
        screened_in=screened_in, kind=kind, way=way, design=design, again=again, version=version,
        several_codes=several_codes,
    )  # fmt: skip
    round = round_from(
        plan, version, kind, several_codes=several_codes, allows_proposals=allows_proposals,
        settles_unanimous=settles_unanimous,
    )  # fmt: skip
    check_is_as_seen(plan, seen)
    freeze_frame(round, frame, plan, by)
    write_plan(round, plan, raters)
    record_event(study=study, by=by, verb="drafted", target=str(round).lower(), data=drafting_facts(round))
    return round


def round_from(
    plan: Plan, version: Version, kind: str, *, several_codes: bool, allows_proposals: bool, settles_unanimous: bool
) -> Round:
    """The next of the study, with the list that it was drawn from; not saved yet."""
    study = version.taxonomy.study
    return Round(
        study=study,
        number=next_number(study),
        kind=kind,
        version=version,
        several_codes=several_codes and version.several_codes,
        allows_proposals=(allows_proposals or kind == Kind.OPEN) and kind != Kind.SCREENING,
        settles_unanimous=settles_unanimous,
        drafted_at=timezone.now(),
        sample=plan.sample,
        repeats=repeated(plan.again, plan.repeats),
        design=plan.design.facts,
        population=keep_population(study=study, listed=plan.found.listed),
    )


def write_plan(round: Round, plan: Plan, raters: Sequence[Membership]) -> None:
    round.save()
    add_raters(round, raters, plan.design)
    write_issues(round, plan.drawn, plan.found.issues)
    before = first_issues(plan.repeats)
    write_issues(round, sorted(before), before, after=len(plan.drawn))
    write_hands(round, plan.mixed, plan.found.issues | before, raters)
    tie(round, plan.repeats, before)


def check_is_as_seen(plan: Plan, seen: str) -> None:
    if seen and seen != plan.digest:
        raise Changed("The sample or the deal would be another one now than the one that was shown. Look again.")


def freeze_frame(round: Round, frame: Frame | None, plan: Plan, by: User) -> None:
    if frame is None:
        return
    frozen = record_draw(frame=frame, name=str(round), issues=len(plan.drawn), by=by)
    if "frame" in plan.sample and frozen.counted != plan.sample["frame"]["issues"]:
        raise Changed(f"Issues came to {frame} or left it in this moment. Look again.")


def drafting_facts(round: Round) -> dict[str, object]:
    """The sample and who codes what; how the strata were filled stands in the round."""
    sample = {name: value for name, value in round.sample.items() if name != "strata"}
    design = {"design": round.design} if round.design != Design().facts else {}
    return {**sample, "kind": round.kind, **design}


def next_number(study: Study) -> int:
    return (study.rounds.aggregate(last=Max("number"))["last"] or 0) + 1


def add_raters(round: Round, raters: Sequence[Membership], design: Design) -> None:
    now = timezone.now()
    RoundRater.objects.bulk_create(
        [
            RoundRater(round=round, member=rater, capacity=design.capacities.get(rater.alias), added_at=now)
            for rater in raters
        ]
    )


def write_issues(round: Round, drawn: Sequence[str], issues: dict[str, int], *, after: int = 0) -> None:
    RoundIssue.objects.bulk_create(
        [
            RoundIssue(round=round, issue_id=issues[key], position=position)
            for position, key in enumerate(drawn, after + 1)
        ],
        batch_size=CHUNK,
    )


def write_hands(round: Round, hands: Hands, issues: dict[str, int], raters: Sequence[Membership]) -> None:
    """Each rater's issues, after those that the rater has already."""
    made = dict(round.round_issues.values_list("issue_id", "pk"))
    last = dict(
        Assignment.objects.filter(round_issue__round=round).values_list("member").annotate(last=Max("position"))
    )
    Assignment.objects.bulk_create(
        [
            Assignment(round_issue_id=made[issues[key]], member=rater, position=position)
            for rater in raters
            for position, key in enumerate(hands.get(rater.alias, ()), last.get(rater.pk, 0) + 1)
        ],
        batch_size=CHUNK,
    )
