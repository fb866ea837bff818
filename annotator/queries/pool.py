"""Pools: rounds whose issues are dealt as raters come. Who holds which issue, and what is open to whom.

A rater holds an issue that they have coded, or that is reserved for them; a reservation that has run out holds
nothing. An assignment without a reservation was handed back, and is not offered to that rater again.
"""

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from annotator.models import Assignment, Coding, Each, Round, RoundIssue, RoundRater
from annotator.states import Phase
from studies.models import Membership


def is_pool(round: Round) -> bool:
    return bool(round.design.get("each") == Each.POOL)


def raters_an_issue(round: Round) -> int:
    return int(round.design["k"])


def places_in(round: Round) -> int:
    """How many codings the round asks for."""
    return raters_an_issue(round) * round.round_issues.count()


def coded_in(round: Round) -> int:
    return Coding.objects.filter(revision=1, assignment__round_issue__round=round).count()


def has_coding() -> Exists:
    return Exists(Coding.objects.filter(assignment=OuterRef("pk")))


def held(now: datetime) -> Q:
    """Condition on Assignment rows: coded, or reserved."""
    return Q(has_coding()) | Q(reserved_until__gt=now)


def kept_from(now: datetime) -> Q:
    """Condition on a rater's Assignment rows: their issues are not offered to the rater."""
    return held(now) | Q(reserved_until__isnull=True)


def holders(issue: int, now: datetime, besides: Membership) -> int:
    """How many others hold an issue of a round."""
    rows = Assignment.objects.filter(held(now), round_issue=issue).exclude(member=besides)
    return rows.count()


def unfilled(round: Round, now: datetime) -> QuerySet[RoundIssue]:
    """Issues that fewer raters hold than the round asks for, each with `taken`."""
    holds = Q(assignments__codings__isnull=False) | Q(assignments__reserved_until__gt=now)
    taken = Count("assignments", filter=holds, distinct=True)
    return RoundIssue.objects.filter(round=round).annotate(taken=taken).filter(taken__lt=raters_an_issue(round))


def counted(rows: QuerySet[Any], by: str) -> Coalesce:
    """The number of the rows as a subquery."""
    numbers = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)


def offered_to(member: Membership, round: Round, now: datetime) -> QuerySet[Any]:
    """Unfilled issues that the rater neither holds nor has handed back, each with `before`: whether a reservation of
    the rater's ran out."""
    own = Assignment.objects.filter(round_issue__round=round, member=member)
    kept, before = (rows.values("round_issue") for rows in (own.filter(kept_from(now)), own))
    return unfilled(round, now).exclude(pk__in=kept).annotate(before=Case(When(pk__in=before, then=1), default=0))


def open_by_member(round: Round, now: datetime) -> dict[int, int]:
    """How many issues each rater could still code: those reserved for them, and those on offer. Three queries."""
    free = unfilled(round, now)
    kept = Assignment.objects.filter(kept_from(now), round_issue__in=free.values("pk"))
    in_free = dict(kept.values_list("member").annotate(number=Count("pk")))
    live = Assignment.objects.filter(~Q(has_coding()), round_issue__round=round, reserved_until__gt=now)
    reserved = dict(live.values_list("member").annotate(number=Count("pk")))
    raters, all_free = RoundRater.objects.filter(round=round), free.count()
    return {
        rater.member_id: open_to(rater, all_free - in_free.get(rater.member_id, 0), reserved.get(rater.member_id, 0))
        for rater in raters.annotate(coded=coded_by_rater())
    }


def coded_by_rater() -> Coalesce:
    rows = Coding.objects.filter(
        revision=1, assignment__member=OuterRef("member"), assignment__round_issue__round=OuterRef("round")
    )
    return counted(rows, "assignment__member")


def open_to(rater: Any, offered: int, reserved: int) -> int:
    if rater.left_at:
        return 0
    most = offered + reserved
    return most if rater.capacity is None else max(min(most, rater.capacity - rater.coded), 0)


def pools_for(memberships: QuerySet[Membership]) -> QuerySet[Any]:
    """The members as raters of running pools, each with how many issues they have `coded`, have `reserved`, and are
    `offered`."""
    now = timezone.now()
    asked = Cast(KeyTextTransform("k", "round__design"), IntegerField())
    taken = counted(Assignment.objects.filter(held(now), round_issue=OuterRef("pk")), "round_issue")
    own = Assignment.objects.filter(round_issue=OuterRef("pk"), member=OuterRef(OuterRef("member")))
    free = (
        RoundIssue.objects.filter(round=OuterRef("round"))
        .annotate(taken=taken, asked=asked)
        .exclude(Exists(own.filter(kept_from(now))))
        .filter(taken__lt=F("asked"))
    )
    live = Assignment.objects.filter(
        ~Q(has_coding()),
        member=OuterRef("member"),
        round_issue__round=OuterRef("round"),
        reserved_until__gt=now,
    )
    return RoundRater.objects.filter(
        member__in=memberships, left_at__isnull=True, round__phase=Phase.INDEPENDENT, round__design__each=Each.POOL
    ).annotate(coded=coded_by_rater(), offered=counted(free, "round"), reserved=counted(live, "member"))
