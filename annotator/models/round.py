"""Rounds: the sample, and which rater codes which issue in which order."""

from django.db import models
from django.db.models import Q

from annotator.states import FROZEN, IMPORTED, Kind, Phase
from corpus.models import Issue
from studies.models import Membership, Study
from taxonomy.models import Version


class Population(models.Model):
    """The issues that a sample was drawn from, as they were called then: one line an issue, `key`, stratum and id
    divided by tabs, by key, compressed. Draws from the same list share it; it never changes."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="populations")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    packed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["study", "sha256"], name="population_by_content")]

    def __str__(self) -> str:
        return f"{self.size} issues, {self.sha256[:12]}"


class Round(models.Model):
    """A set of sampled issues coded by a set of raters against one published taxonomy version. `repeats` says how many
    issues come again, hidden, and is told to leads alone; `target` what a calibration is to reach."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="rounds")
    sample = models.JSONField(default=dict)
    population = models.ForeignKey(Population, null=True, blank=True, on_delete=models.PROTECT, related_name="rounds")
    design = models.JSONField(default=dict)
    several_codes = models.BooleanField(default=True)
    allows_proposals = models.BooleanField(default=False)
    repeats = models.JSONField(default=dict)
    target = models.JSONField(default=dict)
    settles_unanimous = models.BooleanField(default=False)
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.DRAFTED)
    drafted_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="one_round_a_number"),
            models.CheckConstraint(
                condition=Q(phase=Phase.RESOLVED, started_at__isnull=False, closed_at__isnull=False)
                & Q(resolved_at__isnull=False)
                | Q(resolved_at__isnull=True)
                & (
                    Q(phase=Phase.DRAFTED, started_at__isnull=True, closed_at__isnull=True)
                    | Q(phase=Phase.INDEPENDENT, started_at__isnull=False, closed_at__isnull=True)
                    | Q(phase=Phase.DISCUSSION, started_at__isnull=False, closed_at__isnull=False)
                ),
                name="round_dates_fit_its_phase",
            ),
        ]

    def __str__(self) -> str:
        return f"Round {self.number}"

    @property
    def paused_words(self) -> str:
        return f"Paused since {self.paused_at:%-d %b %Y, %H:%M} UTC: {self.pause_reason}" if self.paused_at else ""

    @property
    def is_screening(self) -> bool:
        """It asks whether issues belong to the study; its codes are criteria."""
        return self.kind == Kind.SCREENING

    @property
    def is_imported(self) -> bool:
        """Its codings were made elsewhere and read from a file; `sample` says from which."""
        return bool(self.sample.get("method") == IMPORTED)

    @property
    def is_closed(self) -> bool:
        """Its independent codings are frozen."""
        return self.phase in FROZEN


class RoundIssue(models.Model):
    """An issue of the sample. The sample is frozen when raters start."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="round_issues")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="round_issues")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "issue"], name="an_issue_once_a_round")]

    def __str__(self) -> str:
        return f"{self.issue} in {self.round}"


class Assignment(models.Model):
    """One issue given to one rater, at that rater's own position. Never deleted once coded.

    `repeats` is set where the rater codes an issue a second time without knowing: it is their first assignment of it.
    No page, order or program tells a rater of it. `reserved_until` is set where raters take issues from a pool: until
    then the issue is kept for the rater.
    """

    round_issue = models.ForeignKey(RoundIssue, on_delete=models.PROTECT, related_name="assignments")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="assignments")
    position = models.PositiveIntegerField()
    repeats = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeated_in")
    reserved_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round_issue", "member"], name="an_issue_once_a_rater")]
        indexes = [models.Index(fields=["member", "position"], name="assignment_in_order")]

    def __str__(self) -> str:
        return f"assignment {self.pk}"
