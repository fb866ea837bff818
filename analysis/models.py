"""What was computed and what was written out. Nothing here is a source: all of it can be made again."""

from django.db import models

from jobs.models import Job
from studies.models import Study


class Result(models.Model):
    """A computed figure under the hash of everything it was computed from: same key, same numbers.

    `subject` says what it is about ("round 3"), so that the last one can be shown while a new one is computed.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="results")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    payload = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "kind", "subject", "key"], name="one_result_a_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:12]}"


class Export(models.Model):
    """A data set that was written out. The file is named here only once it is whole."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="export")
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"export {self.pk}"
