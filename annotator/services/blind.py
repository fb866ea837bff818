"""Breaking the blind of a running round: one lead looks at its codings before it is closed, and all are told."""

from django.db import transaction
from django.utils import timezone

from annotator.models import BrokenBlind, Round
from annotator.queries.blind import codings_in, own_open
from annotator.states import Kind, Phase
from studies.errors import Invalid, Refused
from studies.models import Membership, User
from studies.permissions import Permission, check_is_member, check_may
from studies.services.events import record_event

SEEN = "{round} is closed: every member sees its codings, so there is nothing to break."
NOT_NOW: dict[str, str] = {
    Phase.DRAFTED: "{round} was not started yet: nobody has coded anything that could be seen.",
    Phase.DISCUSSION: SEEN,
    Phase.RESOLVED: SEEN,
}


def check_can_break_blind(round: Round, member: Membership) -> None:
    """Raises Refused with the reason: who may not, a round that does not run, and the second time."""
    check_may(member, Permission.MANAGE_ROUNDS)
    if round.phase != Phase.INDEPENDENT:
        raise Refused(NOT_NOW[round.phase].format(round=round))
    if round.kind == Kind.CONSISTENCY:
        raise Refused(f"{round} compares raters with themselves once it is closed: there is nothing to see before.")
    if BrokenBlind.objects.filter(round=round, member=member).exists():
        raise Refused(f"You broke the blind of {str(round).lower()} before: you see its codings already.")


def can_break_blind(round: Round, member: Membership) -> bool:
    try:
        check_can_break_blind(round, member)
    except Refused:
        return False
    return True


@transaction.atomic
def break_blind(*, round: Round, reason: str, by: User) -> BrokenBlind:
    """Shows the codings of a running round to this lead alone, from now on. Nothing takes it back."""
    member = check_is_member(by, round.study, Permission.MANAGE_ROUNDS)
    locked = Round.objects.select_for_update().get(pk=round.pk)
    check_can_break_blind(locked, member)
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise Invalid({"reason": "Say why: every member of the study can read it, and it stands in exports."})
    coded, given = codings_in(locked)
    made = BrokenBlind(round=locked, member=member, reason=reason, at=timezone.now(), codings=coded, given=given)
    made.save()
    told = {"reason": reason, "codings": coded, "given": given, "own_open": own_open(locked, member)}
    record_event(study=round.study, by=by, verb="broke the blind of", target=str(round).lower(), data=told)
    return made
