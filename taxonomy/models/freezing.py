"""Rows that nobody changes once they are published."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

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
