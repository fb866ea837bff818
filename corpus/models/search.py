"""What issues are searched and counted by: facts of their texts, their labels, the version of the corpus."""

import uuid

from django.db import models

from corpus.models.issues import Issue
from studies.models import Study


class IssueFacts(models.Model):
    """What an issue's body and comments hold, read when they were written. One row an issue."""

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, primary_key=True, related_name="facts")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    comments = models.PositiveIntegerField()
    has_code = models.BooleanField()
    has_images = models.BooleanField()

    def __str__(self) -> str:
        return f"facts of issue {self.issue_id}"


class IssueLabel(models.Model):
    """One label that an issue has on GitHub: `Issue.labels` holds the same as a list."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="label_rows")
    name = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "name"], name="one_row_a_label")]
        indexes = [models.Index(fields=["name", "issue"], name="issues_by_label")]

    def __str__(self) -> str:
        return self.name


class CorpusVersion(models.Model):
    """Stamped anew in every transaction that writes issues of the study: what was counted under another is old."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, primary_key=True, related_name="corpus_version")
    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return f"version {self.stamp} of the corpus of {self.study_id}"
