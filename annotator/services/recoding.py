"""Re-coding rounds: issues whose codings or label cannot be read under a version go to the raters concerned again."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from annotator.models import Assignment, Round, RoundIssue
from annotator.queries.recoding import Pair, Wait, queue_of
from annotator.services.candidates import keyed
from annotator.services.rounds import CHUNK, check_can_be_coded_with, next_number
from annotator.services.sampling import GENERATOR, GENERATOR_VERSION, new_seed, order_for, sample_of
from annotator.states import Kind
from corpus.models import Issue
from studies.errors import Invalid
from studies.models import Membership, Study, User
from studies.permissions import Permission, check_is_member, may
from studies.services.events import record_event
from taxonomy.models import Version


@transaction.atomic
def draft_recoding_round(*, version: Version, by: User) -> Round:
    """A round under this version with all that waits under it and is not dealt yet; each rater gets only issues of
    their own. Invalid when nothing is left, so that asking twice makes one round."""
    study = version.taxonomy.study
    check_is_member(by, study, Permission.MANAGE_ROUNDS)
    check_can_be_coded_with(version, study, Kind.RECODING)
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    waits = to_deal(queue_of(version))
    raters = raters_of(waits)
    pairs = {(wait.issue, wait.member) for wait in can_be_dealt(waits)}
    if not pairs:
        raise Invalid(why_nothing(waits))
    sources = study.rounds.filter(number__in={wait.round for wait in waits})
    several = version.several_codes and any(sources.values_list("several_codes", flat=True))
    number, seed = next_number(study), new_seed()
    round = Round(
        study=study,
        number=number,
        kind=Kind.RECODING,
        version=version,
        several_codes=several,
        drafted_at=timezone.now(),
        sample={
            "method": "issues that waited to be coded again",
            "size": len({issue for issue, _ in pairs}),
            "rounds": sorted({wait.round for wait in waits}),
            "seed": seed,
            "generator": GENERATOR,
            "generator_version": GENERATOR_VERSION,
        },
    )
    round.save()
    deal_pairs(round, pairs, raters, seed=seed)
    record_event(
        study=study, by=by, verb="drafted", target=str(round).lower(), data={**round.sample, "kind": round.kind}
    )
    return round


def to_deal(queue: Iterable[Wait]) -> list[Wait]:
    return [wait for wait in queue if wait.dealt_in is None]


def raters_of(waits: Iterable[Wait]) -> dict[int, Membership]:
    """Those who may still code."""
    members = Membership.objects.filter(pk__in={wait.member for wait in waits})
    return {member.pk: member for member in members if may(member, Permission.CODE_ISSUES)}


def can_be_dealt(waits: Sequence[Wait]) -> list[Wait]:
    raters = raters_of(waits)
    return [wait for wait in waits if wait.member in raters]


def why_nothing(waits: list[Wait]) -> str:
    if waits:
        return "All whose codings wait have left the study or may not code. Decide on the issues as the lead."
    return "Nothing waits under this version that is not in a re-coding round already."


def deal_pairs(round: Round, pairs: set[Pair], raters: Mapping[int, Membership], *, seed: int) -> None:
    issues = keyed(Issue.objects.filter(pk__in={issue for issue, _ in pairs}))
    drawn = sample_of(issues, len(issues), seed=seed)
    RoundIssue.objects.bulk_create(
        [RoundIssue(round=round, issue_id=issues[key], position=position) for position, key in enumerate(drawn, 1)],
        batch_size=CHUNK,
    )
    made = dict(round.round_issues.values_list("issue_id", "pk"))
    Assignment.objects.bulk_create(
        [
            Assignment(round_issue_id=made[issues[key]], member=rater, position=position)
            for rater in sorted(raters.values(), key=lambda rater: rater.pk)
            for position, key in enumerate(
                order_for([key for key in drawn if (issues[key], rater.pk) in pairs], rater.alias, seed=seed), 1
            )
        ],
        batch_size=CHUNK,
    )
