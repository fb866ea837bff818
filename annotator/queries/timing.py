"""Medians of the time on task, by rater: how long they worked at an issue, over all its revisions."""

from dataclasses import dataclass
from statistics import median

from django.db.models import Sum

from annotator.models import Coding, Round
from studies.models import Membership


@dataclass(frozen=True)
class TimeOnTask:
    """The median over `issues` timed issues."""

    member: Membership
    issues: int
    seconds: float

    @property
    def in_words(self) -> str:
        whole = round(self.seconds)
        return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def times_of(of: Round) -> list[TimeOnTask]:
    """One row for each rater with a timed submit, by alias."""
    timed = Coding.objects.filter(assignment__round_issue__round=of, active_seconds__isnull=False)
    rows = timed.values_list("assignment__member", "assignment").annotate(seconds=Sum("active_seconds"))
    found: dict[int, list[int]] = {}
    for member, _, seconds in rows.order_by():
        found.setdefault(member, []).append(seconds)
    members = Membership.objects.select_related("user").filter(pk__in=found).order_by("alias")
    return [TimeOnTask(member, len(found[member.pk]), median(found[member.pk])) for member in members]
