"""Crosswalks: how the codes of one published version relate to those of another, and who says so."""

from django.db import models
from django.db.models import Q

from studies.models import Membership, User
from taxonomy.models.codes import Code, Version


class Relation(models.TextChoices):
    """What theirs is to ours: the mapping relations of SKOS, and that there is nothing to relate to."""

    EXACT = "exact", "exact: the same, one can stand for the other"
    CLOSE = "close", "close: nearly the same"
    BROADER = "broader", "broader: theirs is wider and holds ours"
    NARROWER = "narrower", "narrower: theirs is a part of ours"
    RELATED = "related", "related: they touch, neither holds the other"
    NONE = "none", "no counterpart"


class Crosswalk(models.Model):
    """Ours at the left, theirs at the right. It belongs to the study of both taxonomies, and to these versions."""

    left = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="crosswalks")
    right = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    started_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="one_crosswalk_a_pair_of_versions")]

    def __str__(self) -> str:
        return f"{self.left} → {self.right}"


class Mapper(models.Model):
    """A member who was asked to map; `done_at` once they have said that they are through."""

    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.PROTECT, related_name="mappers")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crosswalk", "member"], name="one_mapper_a_member")]

    def __str__(self) -> str:
        return f"{self.member} maps {self.crosswalk_id}"

    @property
    def is_done(self) -> bool:
        """Also who has left the study: nobody waits for them."""
        return self.done_at is not None or self.member.left_at is not None


class Verdict(models.Model):
    """What was said of one left code, by a mapper, or without one as a decision. Rows are added, never changed: the
    last revision counts. `carried` ones were taken over from the crosswalk that this one was started from."""

    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.PROTECT, related_name="verdicts")
    mapper = models.ForeignKey(Mapper, null=True, blank=True, on_delete=models.PROTECT, related_name="verdicts")
    left = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    carried = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mapper", "left", "revision"], name="one_verdict_a_revision"),
            models.UniqueConstraint(
                fields=["crosswalk", "left", "revision"], condition=Q(mapper=None), name="one_decision_a_revision"
            ),
            models.CheckConstraint(condition=Q(mapper__isnull=False) | ~Q(reason=""), name="a_decision_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"verdict {self.pk} on {self.left_id}"


class Mapping(models.Model):
    """One relation of a verdict, with its reason. Without a right code there is no counterpart."""

    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="mappings")
    right = models.ForeignKey(Code, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verdict", "right"], name="one_relation_a_pair"),
            models.UniqueConstraint(fields=["verdict"], condition=Q(right=None), name="no_counterpart_once"),
            models.CheckConstraint(
                condition=Q(right__isnull=True, relation=Relation.NONE)
                | (Q(right__isnull=False, relation__in=Relation.values) & ~Q(relation=Relation.NONE)),
                name="a_relation_has_two_codes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relation} {self.right_id or ''}".strip()
