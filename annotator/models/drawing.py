"""How a round's sample came about and who takes part: the list it was drawn from, and its raters."""

from django.db import models

from annotator.models.round import Round
from studies.models import Membership


class Method(models.TextChoices):
    SIMPLE = "simple", "a simple random sample"
    STRATIFIED = "stratified", "a stratified random sample"
    NEXT = "next", "the next of an earlier draw"
    ALL = "all", "all issues"
    LISTED = "listed", "a given list"


class StratifiedBy(models.TextChoices):
    REPOSITORY = "repository", "repository"
    LABEL = "label", "label"
    YEAR = "year", "year of creation"


class Allocation(models.TextChoices):
    PROPORTIONAL = "proportional", "in proportion to the stratum"
    EQUAL = "equal", "the same from each"
    GIVEN = "given", "given sizes"


class Each(models.TextChoices):
    """Which raters code an issue."""

    EVERY = "every", "every rater codes every issue"
    SOME = "some", "some raters code each issue, dealt beforehand"
    OVERLAP = "overlap", "a share is coded by all, the rest by one each"
    POOL = "pool", "some raters code each issue, first come"


class RoundRater(models.Model):
    """A member who takes part in a round, from when to when, and how many issues they can take at most. Members to
    whom issues were dealt without it, as in re-coding, are raters of the round all the same."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="raters")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    added_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "member"], name="a_rater_once_a_round")]

    def __str__(self) -> str:
        return f"member {self.member_id} in {self.round}"
