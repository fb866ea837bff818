"""The job row: the truth about a piece of background work, whoever runs it."""

from django.db import models
from django.db.models import Q

from studies.models import Study, User


class State(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    PARKED = "parked", "parked"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "stopped"


OPEN_STATES = (State.WAITING, State.RUNNING, State.PARKED)


class Job(models.Model):
    """One piece of work. Only the holder of the current fence may write its progress or its results.

    A running job whose lease has run out belongs to nobody: the next runner claims it with a higher fence,
    and the former holder, should it still be alive, finds every further write refused.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    paced_at = models.DateTimeField(null=True, blank=True)
    paced_done = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="job_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=State.RUNNING) | Q(lease_until__isnull=False), name="running_job_has_a_lease"
            ),
        ]
        indexes = [models.Index(fields=["state", "not_before", "id"], name="job_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
