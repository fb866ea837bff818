"""How a round goes from phase to phase. What it may do next stands in `annotator.states`."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.models import Proposal, Round
from annotator.queries.disagreements import undecided_in
from annotator.queries.rounds import missing_in
from annotator.services.repeats import keep_apart
from annotator.services.resolution import settle
from annotator.states import MOVES, TAKEN_UP, Kind, Phase, ProposalState
from studies.errors import Invalid, Refused
from studies.models import User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

FINAL = "{round} is closed; its codings are frozen. Draw a new round instead."
WHY_NOT: dict[tuple[str, str], str] = {
    (Phase.INDEPENDENT, Phase.INDEPENDENT): "{round} is running already.",
    (Phase.DISCUSSION, Phase.INDEPENDENT): FINAL,
    (Phase.RESOLVED, Phase.INDEPENDENT): FINAL,
    (Phase.DRAFTED, Phase.DISCUSSION): "{round} was not started yet, so there is nothing to close.",
    (Phase.DISCUSSION, Phase.DISCUSSION): "{round} is closed already; it is in discussion.",
    (Phase.DRAFTED, Phase.RESOLVED): "{round} was not started yet, so there is nothing to decide.",
    (Phase.INDEPENDENT, Phase.RESOLVED): "{round} is running. Close it first, then decide its disagreements.",
    (Phase.RESOLVED, Phase.RESOLVED): "{round} is resolved already.",
}


def check_can_move(round: Round, to: str) -> None:
    """Raises Refused with the reason when the table of moves does not allow it."""
    if to not in MOVES[round.phase]:
        raise Refused(WHY_NOT[round.phase, to].format(round=round))


def can_move(round: Round, to: str) -> bool:
    return to in MOVES[round.phase]


@transaction.atomic
def start_round(*, round: Round, by: User) -> Round:
    """Raters can open it from now on; the sample is frozen."""
    return move(lock(round, by), Phase.INDEPENDENT, "started", by=by, started_at=timezone.now())


@transaction.atomic
def close_round(*, round: Round, by: User) -> Round:
    """Freeze the codings and show them to the members. What was not coded stays missing; the event says how many.
    What raters coded a second time without knowing is put into a round of its own. Where the round says so, issues on
    which all agree are decided with it."""
    locked = lock(round, by)
    if locked.phase == Phase.RESOLVED:
        raise Refused(f"{round} is closed already; it is resolved.")
    closed = move(locked, Phase.DISCUSSION, "closed", by=by, closed_at=timezone.now(), data=closing_facts(locked))
    keep_apart(closed, by)
    if closed.settles_unanimous:
        settle(closed, by)
    return closed


@transaction.atomic
def mark_resolved(*, round: Round, by: User) -> Round:
    """Freeze the decisions. Refused while an issue that somebody coded has none."""
    locked = lock(round, by)
    check_can_move(locked, Phase.RESOLVED)
    if left := undecided_in(locked):
        issues = "issue that somebody coded has" if left == 1 else "issues that somebody coded have"
        raise Refused(f"{left} {issues} no decision in {round} yet. Decide first; nothing was changed.")
    return move(locked, Phase.RESOLVED, "resolved", by=by, resolved_at=timezone.now())


@transaction.atomic
def reopen_discussion(*, round: Round, reason: str, by: User) -> Round:
    """Let decisions be changed again. The codings stay frozen; the event keeps the reason."""
    locked = lock(round, by)
    if locked.kind == Kind.CONSISTENCY:
        raise Refused(f"{round} holds second codings, on which nothing is decided.")
    if locked.phase != Phase.RESOLVED:
        raise Refused(f"{round} is not resolved, so there is nothing to take up again.")
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise Invalid({"reason": "Say why: every member of the study can read it."})
    return move(locked, Phase.DISCUSSION, TAKEN_UP, by=by, resolved_at=None, data={"reason": reason})


def lock(round: Round, by: User) -> Round:
    check_is_member(by, round.study, Permission.MANAGE_ROUNDS)
    return Round.objects.select_for_update().get(pk=round.pk)


def move(locked: Round, to: str, verb: str, *, by: User, data: dict[str, Any] | None = None, **dates: Any) -> Round:
    check_can_move(locked, to)
    locked.phase = to
    for name, moment in dates.items():
        setattr(locked, name, moment)
    locked.save(update_fields=["phase", *dates])
    record_event(study=locked.study, by=by, verb=verb, target=str(locked).lower(), data=data or {})
    return locked


def closing_facts(round: Round) -> dict[str, int]:
    facts = {"missing": missing_in(round)}
    if round.allows_proposals:
        facts["proposals"] = Proposal.objects.filter(round_issue__round=round, state=ProposalState.PROPOSED).count()
    return facts
