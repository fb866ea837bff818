"""Gold answers of a round, as they stand now."""

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Gold, Round, RoundIssue
from studies.models import User


def standing_golds() -> QuerySet[Gold]:
    """The last revision of each, without those that were taken back."""
    later = Gold.objects.filter(round_issue=OuterRef("round_issue"), revision__gt=OuterRef("revision"))
    return Gold.objects.filter(~Exists(later)).exclude(outcome="").select_related("set_by").prefetch_related("codes")


def golds_of(round: Round) -> dict[int, Gold]:
    """By round issue."""
    return {gold.round_issue_id: gold for gold in standing_golds().filter(round_issue__round=round)}


def gold_of(round_issue: RoundIssue) -> Gold | None:
    return standing_golds().filter(round_issue=round_issue).first()


def is_shown_at_once(round: Round) -> bool:
    """Whether raters see the gold answer as soon as they have submitted their own."""
    return bool(round.target.get("at_once"))


def gold_setters(round: Round) -> QuerySet[User]:
    """People who set a gold answer in this round: they know them."""
    return User.objects.filter(pk__in=Gold.objects.filter(round_issue__round=round).values("set_by"))
