"""What happened to issues on GitHub: closed, reopened, labelled, moved and the like."""

from django.db import models
from django.db.models import Q

from corpus.models.issues import Issue


class EventKind(models.TextChoices):
    """GitHub's own names, of the events that matter for reading and for the time until an issue was resolved."""

    CLOSED = "closed", "closed"
    REOPENED = "reopened", "reopened"
    LABELED = "labeled", "labelled"
    UNLABELED = "unlabeled", "label removed"
    TRANSFERRED = "transferred", "moved from another repository"
    RENAMED = "renamed", "title changed"
    ASSIGNED = "assigned", "assigned"
    UNASSIGNED = "unassigned", "assignment removed"
    MILESTONED = "milestoned", "added to a milestone"
    DEMILESTONED = "demilestoned", "removed from a milestone"
    MARKED_AS_DUPLICATE = "marked_as_duplicate", "marked as duplicate"
    UNMARKED_AS_DUPLICATE = "unmarked_as_duplicate", "no longer marked as duplicate"


class IssueEvent(models.Model):
    """One event. `github_id` is null where the source of the event does not number it, as some files do.

    `data` holds, by kind and where told: closed `state_reason`, `commit`; labels `label`; renamed `from`, `to`;
    assignments `assignee`; milestones `milestone`.
    """

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30, choices=EventKind)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100, blank=True)
    data = models.JSONField(default=dict, blank=True)
    github_id = models.BigIntegerField(null=True, blank=True)
    brought_by = models.ForeignKey(
        "corpus.ImportRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="brought_events"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "kind", "at", "github_id"], name="one_event_a_github_id"),
            models.UniqueConstraint(
                fields=["issue", "kind", "at"], condition=Q(github_id__isnull=True), name="one_event_a_moment"
            ),
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind_is_known"),
        ]
        indexes = [models.Index(fields=["issue", "at", "github_id"], name="event_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
