"""Codings that were made elsewhere: the import of a file, what it said of each issue, and what columns meant last."""

from django.db import models

from annotator.models.round import Round, RoundIssue
from jobs.models import Job
from studies.models import Study


class CodingImport(models.Model):
    """One file of codings, tried or imported. `round` is what it became; none for a trial and after it was undone.

    `kept` is the name under which the file waits until the import has ended. `target` says which taxonomy the codes
    are of, what becomes of those it lacks, and which member a rater of the file is. `digest` is of what the file says,
    however it is written. `report` holds the counts.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="coding_imports")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="coding_import")
    round = models.OneToOneField(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="coding_import")
    name = models.CharField(max_length=200)
    kept = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField()
    target = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict)
    dry = models.BooleanField(default=False)
    used = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"codings of {self.name}"


class CodingImportProblem(models.Model):
    """Something that was left out, or taken with a reservation: where it stood and why."""

    run = models.ForeignKey(CodingImport, on_delete=models.CASCADE, related_name="problems")
    place = models.CharField(max_length=300)
    sentence = models.TextField()
    skipped = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class ImportedIssue(models.Model):
    """What the file said of an issue beside the codings: where it stood, its final label as written, and whether it
    was marked as a conflict (none: the file does not tell). `made` where the issue came into the study by it."""

    round_issue = models.OneToOneField(RoundIssue, on_delete=models.PROTECT, related_name="imported")
    place = models.CharField(max_length=300)
    final = models.TextField(blank=True)
    conflict = models.BooleanField(null=True, blank=True)
    made = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.place} of the file of {self.round_issue_id}"


class CodingColumns(models.Model):
    """How a study reads files of codings with these columns: remembered from the last one."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="coding_columns")
    names = models.CharField(max_length=64)  # SHA-256 of the columns' names in their order
    mapping = models.JSONField()

    class Meta:
        verbose_name_plural = "coding columns"
        constraints = [models.UniqueConstraint(fields=["study", "names"], name="one_coding_mapping_a_header")]

    def __str__(self) -> str:
        return f"columns {self.names[:12]}"
