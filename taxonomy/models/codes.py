"""Taxonomies, their versions, and the codes of each version."""

import uuid

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from studies.models import Study, User
from taxonomy.models.freezing import Freezing


class Purpose(models.TextChoices):
    CODING = "coding", "ours: issues are coded with it"
    SCREENING = "screening", "ours: criteria that say which issues belong"
    PUBLISHED = "published", "published by others: ours is compared with it"


class Levels(models.TextChoices):
    """Which codes a rater may choose; `Code.selectable` takes out single ones."""

    ANY = "any", "codes of every level"
    LEAVES = "leaves", "only codes with nothing below them"
    TOP = "top", "only top categories"


class Taxonomy(models.Model):
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="taxonomies")
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Purpose, default=Purpose.CODING)
    citation = models.TextField(blank=True)
    reservations = models.TextField(blank=True)  # of a published one: what is uncertain in how it stands here

    class Meta:
        verbose_name_plural = "taxonomies"
        constraints = [models.UniqueConstraint("study", Lower("name"), name="one_taxonomy_a_name")]

    def __str__(self) -> str:
        return self.name


class Version(Freezing):
    """A draft while it has no number; frozen for ever, with all its codes, once it has one."""

    PUBLISHED = Q(number__isnull=False)

    taxonomy = models.ForeignKey(Taxonomy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    levels = models.CharField(max_length=10, choices=Levels, default=Levels.ANY)
    several_codes = models.BooleanField(default=True)
    content_hash = models.CharField(max_length=64, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["taxonomy", "number"], name="one_version_a_number"),
            models.UniqueConstraint(fields=["taxonomy"], condition=Q(number__isnull=True), name="one_draft_a_taxonomy"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, published_by__isnull=True, published_at__isnull=True, content_hash="")
                | (
                    Q(number__isnull=False, published_by__isnull=False, published_at__isnull=False)
                    & ~Q(content_hash="")
                ),
                name="published_version_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.taxonomy}, draft" if self.is_draft else f"{self.taxonomy}, version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.number is None


class Code(Freezing):
    """A category. `uid` is the same code through all versions of its taxonomy.

    `notes` are for raters alone. `examples` holds one a line: a sentence from an issue, and behind it the issue's key
    or address. `colour` is 0 for the one of its place, else 1 to 7. `key` is a key of the coding screen beside the
    numbers. Of the codes that name the same `exclusive_group`, one at most is chosen for an issue.
    """

    PUBLISHED = Q(version__number__isnull=False)

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="codes")
    uid = models.UUIDField(default=uuid.uuid4)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=200)
    definition = models.TextField(blank=True)
    use_when = models.TextField(blank=True)
    avoid_when = models.TextField(blank=True)
    examples = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    selectable = models.BooleanField(default=True)
    exclusive_group = models.CharField(max_length=60, blank=True)
    colour = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(7)])
    key = models.CharField(max_length=1, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "uid"], name="one_code_a_uid"),
            models.UniqueConstraint("version", "parent", Lower("name"), name="one_code_a_name_below_a_parent"),
            models.UniqueConstraint(
                "version", Lower("name"), condition=Q(parent__isnull=True), name="one_top_code_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name
