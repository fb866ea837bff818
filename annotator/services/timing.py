"""Time on task: what a browser counted, if the study measures it and it can be true."""

from django.db.models import Sum
from django.utils import timezone

from annotator.models import Assignment, Coding


def believable(assignment: Assignment, seconds: int | None) -> int | None:
    """The seconds; None where the study does not measure them, or where the rater's time in this round would be more
    than has passed since it was started. A time that cannot be true is left out; the answer is taken all the same."""
    round = assignment.round_issue.round
    if seconds is None or not round.study.times_coding or round.started_at is None:
        return None
    mine = Coding.objects.filter(assignment__member=assignment.member, assignment__round_issue__round=round)
    before = mine.aggregate(seconds=Sum("active_seconds"))["seconds"] or 0
    passed = (timezone.now() - round.started_at).total_seconds()
    return seconds if before + seconds <= passed else None
