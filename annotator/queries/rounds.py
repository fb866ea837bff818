"""Rounds of a study and how far their raters have come: counts of submits, never what they say."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from annotator.models import Assignment, Each, Method, Round, RoundIssue
from annotator.queries.pool import (
    coded_in,
    counted,
    has_coding,
    is_pool,
    open_by_member,
    open_to,
    pools_for,
    raters_an_issue,
)
from annotator.states import TAKEN_UP, Phase
from corpus.models import Issue
from studies.errors import NotThere
from studies.models import Event, Membership, Study


@dataclass(frozen=True)
class Progress:
    """How many of the issues given to a rater have a coding of theirs, whatever it says. In a pool nothing is given:
    there it is what the rater has coded and could still code."""

    member: Membership
    coded: int
    given: int

    @property
    def missing(self) -> int:
        return self.given - self.coded


def rounds_of(study: Study) -> QuerySet[Round]:
    """Newest first, each with `given` and `coded`: how many codings it asks for, and how many are in."""
    return (
        Round.objects.filter(study=study)
        .select_related("version__taxonomy", "study")
        .annotate(
            given=Case(
                When(design__each=Each.POOL, then=Cast(KT("design__k"), IntegerField()) * issues_drawn()),
                default=Count("round_issues__assignments", distinct=True),
            ),
            coded=Count(
                "round_issues__assignments",
                filter=Q(round_issues__assignments__codings__isnull=False),
                distinct=True,
            ),
        )
        .order_by("-number")
    )


def issues_drawn() -> Any:
    return counted(RoundIssue.objects.filter(round=OuterRef("pk")), "round")


def rounds_in_order(study: Study) -> QuerySet[Round]:
    """Rounds whose sample is the beginning of a random order, so that a later one can go on with it. Newest first."""
    kept = Round.objects.filter(study=study, population__isnull=False)
    other = Q(sample__has_key="how") & ~Q(sample__how=Method.NEXT)
    return kept.exclude(other).order_by("-number")


def issues_in(study: Study) -> int:
    """How many issues a round could draw from."""
    return Issue.objects.filter(repository__study=study).count()


def get_round(study: Study, number: int) -> Round:
    round = Round.objects.select_related("version__taxonomy", "study").filter(study=study, number=number).first()
    if round is None:
        raise NotThere("There is no such round in this study.")
    return round


def taken_up(round: Round) -> QuerySet[Event]:
    """When, by whom and why the round was moved back to discussion, oldest first."""
    return Event.objects.filter(study=round.study_id, verb=TAKEN_UP, target=str(round).lower()).order_by("pk")


def asked_in(round: Round, besides: Collection[int] = ()) -> int:
    """How many codings the round asks for, leaving out the issues of these ids."""
    if is_pool(round):
        return raters_an_issue(round) * round.round_issues.exclude(issue__in=besides).count()
    return Assignment.objects.filter(round_issue__round=round).exclude(round_issue__issue__in=besides).count()


def missing_in(round: Round) -> int:
    """How many of them are not in."""
    return asked_in(round) - coded_in(round)


def progress_of(round: Round) -> list[Progress]:
    """One row a rater, by alias."""
    if is_pool(round):
        return progress_of_pool(round)
    rows = (
        Assignment.objects.filter(round_issue__round=round)
        .annotate(is_coded=has_coding())
        .values_list("member")
        .annotate(given=Count("pk"), coded=Count("pk", filter=Q(is_coded=True)))
    )
    counts = {member: (given, coded) for member, given, coded in rows}
    members = Membership.objects.select_related("user").filter(pk__in=counts).order_by("alias")
    return [Progress(member, coded=counts[member.pk][1], given=counts[member.pk][0]) for member in members]


def progress_of_pool(round: Round) -> list[Progress]:
    still = open_by_member(round, timezone.now())
    rows = Assignment.objects.filter(round_issue__round=round, codings__revision=1)
    coded = dict(rows.values_list("member").annotate(number=Count("pk")))
    members = Membership.objects.select_related("user").filter(pk__in=still).order_by("alias")
    return [
        Progress(member, coded=(done := coded.get(member.pk, 0)), given=done + still[member.pk]) for member in members
    ]


def waiting_for(memberships: QuerySet[Membership]) -> list[tuple[Round, Membership, Progress]]:
    """Running rounds in which these members have issues left to code, with their own progress, oldest first."""
    rows = (
        Assignment.objects.filter(dealt(), member__in=memberships, round_issue__round__phase=Phase.INDEPENDENT)
        .annotate(is_coded=has_coding())
        .values_list("round_issue__round", "member")
        .annotate(given=Count("pk"), coded=Count("pk", filter=Q(is_coded=True)))
    )
    left = {(round, member): (given, coded) for round, member, given, coded in rows if coded < given}
    for rater in pools_for(memberships):
        if still := open_to(rater, rater.offered, rater.reserved):
            left[rater.round_id, rater.member_id] = (rater.coded + still, rater.coded)
    rounds = Round.objects.select_related("study", "version__taxonomy").in_bulk({round for round, _ in left})
    members = Membership.objects.select_related("study", "user").in_bulk({member for _, member in left})
    return [
        (rounds[round], members[member], Progress(members[member], coded=coded, given=given))
        for (round, member), (given, coded) in sorted(left.items())
    ]


def dealt() -> Q:
    """Condition on Assignment rows: of a round whose issues were dealt beforehand."""
    return Q(round_issue__round__design__each__isnull=True) | ~Q(round_issue__round__design__each=Each.POOL)
