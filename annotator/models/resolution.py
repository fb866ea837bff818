"""The agreed answer of an issue: what, how it was reached, why, by whom. It never touches the codings it resolves."""

from django.db import models
from django.db.models import Q

from annotator.models.round import RoundIssue
from annotator.states import LABELS, How, Outcome
from studies.models import User
from taxonomy.models import Code


class Resolution(models.Model):
    """A decision; the last revision counts."""

    round_issue = models.ForeignKey(RoundIssue, on_delete=models.PROTECT, related_name="resolutions")
    revision = models.PositiveIntegerField()
    how = models.CharField(max_length=12, choices=How)
    outcome = models.CharField(max_length=10, choices=Outcome)
    codes = models.ManyToManyField(Code, through="ResolvedCode", related_name="+")
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round_issue", "revision"], name="one_resolution_a_revision"),
            models.CheckConstraint(condition=Q(outcome__in=tuple(dict(LABELS))), name="resolution_outcome_is_a_label"),
            models.CheckConstraint(condition=Q(how__in=How.values), name="resolution_how_is_known"),
        ]

    def __str__(self) -> str:
        return f"resolution {self.pk} ({self.how})"


class ResolvedCode(models.Model):
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="resolved")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="resolutions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resolution", "code"], name="a_code_once_a_resolution")]

    def __str__(self) -> str:
        return f"{self.code_id} in resolution {self.resolution_id}"
