"""What was computed and what was written out, which can be made again; and when a study means to stop coding."""

from django.db import models
from django.db.models import Q

from analysis.stats.resolution import ENDS, STARTS, UNITS
from jobs.models import Job
from studies.models import Study, User
from taxonomy.models import Taxonomy


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


class StopRule(models.Model):
    """When coding may stop, as it was set at one time. The last row counts; earlier ones stay, to be told."""

    taxonomy = models.ForeignKey(Taxonomy, on_delete=models.PROTECT, related_name="stop_rules")
    base = models.PositiveIntegerField()
    run = models.PositiveIntegerField()
    threshold_percent = models.FloatField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(base__gte=1, run__gte=1, threshold_percent__gte=0, threshold_percent__lt=100),
                name="stop_rule_can_be_reached",
            )
        ]

    def __str__(self) -> str:
        return f"stop rule {self.base}, {self.run}, {self.threshold_percent} % of {self.taxonomy}"


class ResolutionDefinition(models.Model):
    """What a study calls resolution time, as it was set at one time. The last row counts; earlier ones stay."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="resolution_definitions")
    start = models.CharField(max_length=20)
    end = models.CharField(max_length=20)
    reasons = models.JSONField()
    bots = models.BooleanField()
    stale = models.BooleanField()
    unit = models.CharField(max_length=10)
    zone = models.CharField(max_length=60)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start__in=[*STARTS], end__in=[*ENDS], unit__in=[*UNITS]), name="resolution_time_is_defined"
            )
        ]

    def __str__(self) -> str:
        return f"resolution time of {self.study} from {self.start} to {self.end}"
