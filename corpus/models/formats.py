"""What files need beside the imports themselves: counts by repository, and what the columns of a table mean."""

from django.db import models

from corpus.models.imports import ImportRun
from studies.models import Study


class ImportTally(models.Model):
    """What one page of an import came to for one repository: rows are only added, so that nothing is locked."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="tallies")
    repository = models.TextField()
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.repository} in import {self.run_id}"


class ColumnMapping(models.Model):
    """How a study reads tables with these columns: remembered from the last one."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="column_mappings")
    names = models.CharField(max_length=64)  # SHA-256 of the columns' names in their order
    columns = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "names"], name="one_mapping_a_header")]

    def __str__(self) -> str:
        return f"columns {self.names[:12]}"
