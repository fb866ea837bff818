"""Decisions: the agreed answer of an issue after its round is closed. Codings are read here and never written."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from annotator.models import Resolution, ResolvedCode, Round, RoundIssue
from annotator.queries.disagreements import (
    Answer,
    Case,
    Standing,
    answer_with,
    case_of,
    cases_of,
    shared_codes,
    unanimous_open,
)
from annotator.services.coding import check_codes, without_nul
from annotator.states import ANSWERS, DECIDED_HERE, SCREENED, How, Kind, Phase
from studies.errors import Conflict, Invalid, Refused
from studies.models import User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.models import Code

EARLY = "{round} is {phase}. Close it first: decisions are made when all codings are in."
NOT_NOW: dict[str, str] = {
    Phase.DRAFTED: EARLY,
    Phase.INDEPENDENT: EARLY,
    Phase.RESOLVED: "{round} is resolved, so its decisions are frozen. A lead can move it back to discussion, with a "
    "reason.",
}


def check_is_decided_on(round: Round) -> None:
    """Raises Refused for a round of second codings by the same raters."""
    if round.kind == Kind.CONSISTENCY:
        raise Refused(f"{round} holds second codings by the same raters, on which nothing is decided.")


def check_can_resolve(round: Round) -> None:
    """Raises Refused with the reason unless the round is in discussion."""
    check_is_decided_on(round)
    if round.phase in NOT_NOW:
        raise Refused(NOT_NOW[round.phase].format(round=round, phase=round.get_phase_display()))


def can_resolve(round: Round) -> bool:
    return round.phase not in NOT_NOW and round.kind != Kind.CONSISTENCY


@transaction.atomic
def resolve(
    *,
    round_issue: RoundIssue,
    outcome: str,
    codes: Iterable[int] = (),
    how: str,
    reason: str = "",
    seen: int | None = None,
    by: User,
) -> Resolution:
    """Record a decision as a new revision; the last one counts.

    A reason is asked for when the lead decides alone, and when a majority is overridden. `seen` is the last
    decision the lead saw (0: none): another one in between raises Conflict, and nothing is written.
    """
    row = (
        RoundIssue.objects.select_for_update(of=("self", "round"))
        .select_related("round__study", "round__version", "issue__repository")
        .get(pk=round_issue.pk)
    )
    check_is_member(by, row.round.study, Permission.RESOLVE)
    check_can_resolve(row.round)
    case = case_of(row)
    check_not_decided_since(case, seen)
    check_decision(row.round, outcome)
    chosen = check_codes(row.round, outcome, set(codes))
    reason = without_nul(reason).strip()
    check_how(case, how, answer_with(outcome, (code.pk for code in chosen)), reason)
    made = record(case, outcome, chosen, how=how, reason=reason, by=by)
    record_event(
        study=row.round.study,
        by=by,
        verb="resolved",
        target=f"{row.issue} in {row.round}".replace("Round", "round"),
        data={"revision": made.revision, "how": how, "outcome": outcome, "codes": sorted(code.name for code in chosen)},
    )
    return made


def check_decision(round: Round, outcome: str) -> None:
    """Raises Invalid unless it can be a label in a round of this kind."""
    if round.is_screening and outcome not in SCREENED:
        raise Invalid({"outcome": "A decision in screening is “belongs” or “does not belong”."})
    if not round.is_screening and (outcome not in ANSWERS or outcome in SCREENED):
        raise Invalid({"outcome": "A decision is codes, “none of these”, or “not about our topic”."})


def check_not_decided_since(case: Case, seen: int | None) -> None:
    last = case.resolution
    if seen is not None and last and last.revision != seen:
        raise Conflict(
            f"{case.round_issue.issue} was decided by {last.decided_by} at {last.decided_at:%H:%M} UTC, after you "
            "opened it. Nothing was changed; look at that decision first."
        )


def check_how(case: Case, how: str, decision: Answer, reason: str) -> None:
    """Raises Invalid when the decision was not reached in the way that is named, or lacks the reason it needs."""
    majority = case.majority
    if how not in dict(DECIDED_HERE):
        raise Invalid({"how": f"{how} is not a way to decide. It is unanimous, majority, negotiated or lead."})
    if how == How.UNANIMOUS and not (case.standing == Standing.UNANIMOUS and decision == case.answers[0]):
        raise Invalid({"how": "The raters did not all answer so. Choose how it was really reached."})
    if how == How.MAJORITY and decision != majority:
        raise Invalid({"how": "More than half of the raters did not answer so. Choose how it was really reached."})
    if how == How.LEAD and not reason:
        raise Invalid({"reason": "Say why you decided so: it stands beside the label for ever."})
    if majority is not None and decision != majority and not reason:
        raise Invalid({"reason": "This is not what most raters said. Say why."})


def record(case: Case, outcome: str, codes: Iterable[Code], *, how: str, reason: str = "", by: User) -> Resolution:
    made = Resolution(
        round_issue=case.round_issue,
        revision=case.resolution.revision + 1 if case.resolution else 1,
        how=how,
        outcome=outcome,
        reason=reason,
        decided_by=by,
        decided_at=timezone.now(),
    )
    made.save()
    ResolvedCode.objects.bulk_create([ResolvedCode(resolution=made, code=code) for code in codes])
    return made


@transaction.atomic
def resolve_unanimous(*, round: Round, by: User) -> int:
    """Settle every open issue on which two or more raters gave the same answer and nobody another. How many it were;
    0 the second time."""
    check_is_member(by, round.study, Permission.RESOLVE)
    row = Round.objects.select_for_update().get(pk=round.pk)
    check_can_resolve(row)
    list(RoundIssue.objects.select_for_update().filter(round=row).values_list("pk", flat=True))
    return settle(row, by)


def settle(round: Round, by: User) -> int:
    """The round is in discussion and locked."""
    cases = unanimous_open(cases_of(round))
    for case in cases:
        record(case, case.codings[0].outcome, shared_codes(case), how=How.UNANIMOUS, by=by)
    if cases:
        record_event(study=round.study, by=by, verb="settled", target=f"{len(cases)} unanimous issues of {round}")
    return len(cases)
