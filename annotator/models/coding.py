"""A rater's answers: drafts while they think, codings once they submit. Codings are only ever added."""

from django.db import models
from django.db.models import Q

from annotator.models.round import Assignment
from annotator.states import Confidence, Outcome
from corpus.models import Text
from taxonomy.models import Code


class Draft(models.Model):
    """What is typed but not submitted. A write names the version it saw: two tabs cannot overwrite each other."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="draft")
    payload = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.version} of assignment {self.assignment_id}"


class Coding(models.Model):
    """One submit. The last revision that was submitted while the round ran is the rater's independent coding.

    `active_seconds`: how long the rater worked at it since the revision before, where the study measures that.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="codings")
    revision = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    codes = models.ManyToManyField(Code, through="AppliedCode", related_name="+")
    memo = models.TextField(blank=True)
    confidence = models.CharField(max_length=10, choices=Confidence, blank=True)
    flagged = models.BooleanField(default=False)
    body_seen = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    client_id = models.UUIDField(unique=True)
    active_seconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "revision"], name="one_coding_a_revision"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="coding_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(confidence__in=["", *Confidence.values]), name="coding_confidence_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"coding {self.pk}, revision {self.revision}"


class AppliedCode(models.Model):
    coding = models.ForeignKey(Coding, on_delete=models.PROTECT, related_name="applied")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="applications")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coding", "code"], name="a_code_once_a_coding")]

    def __str__(self) -> str:
        return f"{self.code_id} in coding {self.coding_id}"
