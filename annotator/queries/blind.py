"""Whose blind was broken, when, and which codings were given after it."""

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Assignment, BrokenBlind, Round
from annotator.queries.pool import has_coding
from studies.models import Membership, Study


def breaks_of(round: Round) -> QuerySet[BrokenBlind]:
    """The oldest first."""
    return BrokenBlind.objects.filter(round=round).select_related("member__user", "round").order_by("at", "pk")


def breaks_in(study: Study) -> dict[int, list[BrokenBlind]]:
    """By the number of the round, the oldest first. One query."""
    found: dict[int, list[BrokenBlind]] = {}
    rows = BrokenBlind.objects.filter(round__study=study).select_related("member__user", "round")
    for row in rows.order_by("round__number", "at", "pk"):
        found.setdefault(row.round.number, []).append(row)
    return found


def given_unblinded() -> Exists:
    """Of a coding: that its rater had broken the blind of the round before."""
    drawn = "assignment__round_issue"
    broken = BrokenBlind.objects.filter(
        round=OuterRef(f"{drawn}__round"), member=OuterRef("assignment__member"), at__lte=OuterRef("submitted_at")
    )
    return Exists(broken)


def codings_in(round: Round) -> tuple[int, int]:
    """How many assignments have a coding, and how many there are."""
    given = Assignment.objects.filter(round_issue__round=round)
    return given.filter(has_coding()).count(), given.count()


def own_open(round: Round, member: Membership) -> int:
    """How many issues of the round the member has to code still."""
    return Assignment.objects.filter(~has_coding(), round_issue__round=round, member=member).count()
