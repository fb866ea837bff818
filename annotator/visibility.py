"""What may be seen now: blindness, in one place. `studies.permissions` answers who may at all.

A person always sees their own codings. Another's codings, and everything computed from them, stay unseen
until the round is closed, for leads as well. How many codings are in is no secret; what they say is.

| | drafted | running | in discussion, resolved |
|---|---|---|---|
| own assignments | no | yes | yes |
| own codings and proposed codes | – | yes | yes |
| another's codings, proposed codes, agreement, disagreements, decisions | – | no | yes |
"""

from django.db.models import Q, QuerySet

from annotator.models import Assignment, Round
from annotator.states import FROZEN, Phase
from studies.errors import Refused
from studies.models import Membership

OPENED = (Phase.INDEPENDENT, *FROZEN)


def sees_all_codings(round: Round) -> bool:
    return round.phase in FROZEN


def check_sees_all_codings(round: Round) -> None:
    """Raises Refused with the reason and when it ends."""
    if not sees_all_codings(round):
        raise Refused(f"{round} is {round.get_phase_display()}, so its codings are hidden until the lead closes it.")


def visible_assignments(member: Membership) -> Q:
    """Condition on Assignment rows: the member's own, once the round was started."""
    return Q(member=member, round_issue__round__phase__in=OPENED)


def visible_codings(member: Membership) -> Q:
    """Condition on Coding rows: the member's own, and everybody's in closed rounds of the same study."""
    return Q(assignment__member=member) | Q(
        assignment__round_issue__round__phase__in=FROZEN, assignment__round_issue__round__study=member.study_id
    )


def visible_proposals(member: Membership) -> Q:
    """Condition on Proposal rows: the member's own, and everybody's in closed rounds of the same study."""
    return Q(member=member) | Q(round_issue__round__phase__in=FROZEN, round_issue__round__study=member.study_id)


def issues_coded_now_by(member: Membership) -> "QuerySet[Assignment, int]":
    """Ids of the issues that the member codes in a running round, submitted or not: a submit can be taken back. What
    closed rounds say of these issues is not told where the member reads about issues."""
    own = Assignment.objects.filter(member=member, round_issue__round__phase=Phase.INDEPENDENT)
    return own.values_list("round_issue__issue", flat=True)
