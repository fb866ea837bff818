"""Gold answers: what a lead holds for right on an issue of a calibration round, with the reason, set while raters may
not have answered yet. The last revision counts; one without an outcome takes the gold answer back."""

from django.db import models
from django.db.models import Q

from annotator.models.round import RoundIssue
from annotator.states import LABELS
from studies.models import User
from taxonomy.models import Code


class Gold(models.Model):
    round_issue = models.ForeignKey(RoundIssue, on_delete=models.PROTECT, related_name="golds")
    revision = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=LABELS, blank=True)
    codes = models.ManyToManyField(Code, related_name="+")
    reason = models.TextField(blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round_issue", "revision"], name="one_gold_a_revision"),
            models.CheckConstraint(condition=Q(outcome__in=("", *dict(LABELS))), name="gold_outcome_is_a_label"),
        ]

    def __str__(self) -> str:
        return f"gold answer {self.revision} of {self.round_issue}"
