"""What was done to the codes of one version to make the next, as operations."""

from django.db import models
from django.db.models import Q

from taxonomy.models.codes import Version
from taxonomy.models.freezing import Freezing


class ChangeKind(models.TextChoices):
    ADD = "add", "added"
    RENAME = "rename", "renamed"
    REWORD = "reword", "reworded"
    SET = "set", "set otherwise"
    MOVE = "move", "moved"
    MERGE = "merge", "merged"
    SPLIT = "split", "split"
    RETIRE = "retire", "retired"


class CodeChange(Freezing):
    """One operation between the version before and this one. Of a draft only what was merged, split and retired is
    kept; publishing computes the rest and writes all of it anew.

    `sources` are uids of codes of the version before, `targets` of this one, both as text. `data` is what replaying
    needs beside them (see `taxonomy.changes`). `meaning_changed` is asked of a rewording; None: nobody was asked.
    """

    PUBLISHED = Q(version__number__isnull=False)

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="changes")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ChangeKind)
    sources = models.JSONField(default=list)
    targets = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    meaning_changed = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="one_change_a_position"),
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.version}"
