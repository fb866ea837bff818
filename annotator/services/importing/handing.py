"""What a placeholder has in rounds, moved to the member who it was: assignments with their codings, and proposals."""

from annotator.models import Assignment, Proposal, RoundRater
from studies.errors import Conflict
from studies.models import Membership


def move_codings(placeholder: Membership, to: Membership) -> None:
    """Conflict, with nothing moved, where both were given the same issue of a round: one of the two stays unknown."""
    rows = Assignment.objects.filter(member=placeholder)
    both = rows.filter(round_issue__assignments__member=to).distinct().count()
    if both:
        issues = "issue" if both == 1 else "issues"
        raise Conflict(
            f"{placeholder.user} and {to.user} coded {both} {issues} of the same round: they are two people."
        )
    rows.update(member=to)
    Proposal.objects.filter(member=placeholder).update(member=to)
    there = RoundRater.objects.filter(member=to).values("round")
    RoundRater.objects.filter(member=placeholder, round__in=there).delete()
    RoundRater.objects.filter(member=placeholder).update(member=to)
