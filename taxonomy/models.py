"""What can be said: taxonomies, their versions, and the codes of each version."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from studies.models import Study, User
from taxonomy.errors import Frozen

FROZEN = "A published version and its codes stay as they are. Start a draft to change them."


class FreezingQuerySet(models.QuerySet[Any]):
    """Refuses to change or delete rows that are published."""

    def published(self) -> FreezingQuerySet:
        return self.filter(self.model.PUBLISHED)

    def check_none_is_published(self) -> None:
        if self.published().exists():
            raise Frozen(FROZEN)

    def update(self, **values: Any) -> int:
        self.check_none_is_published()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self.check_none_is_published()
        return super().delete()


class Freezing(models.Model):
    """A row that nobody changes once it is published: by the row or by the queryset."""

    PUBLISHED: ClassVar[Q]

    objects = FreezingQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        self.check_is_not_published()
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        self.check_is_not_published()
        return super().delete(*args, **options)

    def check_is_not_published(self) -> None:
        if self.pk is not None:
            type(self)._default_manager.filter(pk=self.pk).check_none_is_published()


class Taxonomy(models.Model):
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="taxonomies")
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)

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
    """A category. `uid` is the same code through all versions of its taxonomy."""

    PUBLISHED = Q(version__number__isnull=False)

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="codes")
    uid = models.UUIDField(default=uuid.uuid4)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=200)
    definition = models.TextField(blank=True)
    use_when = models.TextField(blank=True)
    avoid_when = models.TextField(blank=True)
    examples = models.TextField(blank=True)
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
