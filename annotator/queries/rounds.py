"""Rounds of a study and how far their raters have come: counts of submits, never what they say."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotator.models import Assignment, Coding, Method, Round
from annotator.states import TAKEN_UP, Phase
from corpus.models import Issue
from studies.errors import NotThere
from studies.models import Event, Membership, Study


@dataclass(frozen=True)
class Progress:
    """How many of the issues given to a rater have a coding of theirs, whatever it says."""

    member: Membership
    coded: int
    given: int

    @property
    def missing(self) -> int:
        return self.given - self.coded


def rounds_of(study: Study) -> QuerySet[Round]:
    """Newest first, each with `given` and `coded`: how many assignments it has, and how many of them a coding."""
    return (
        Round.objects.filter(study=study)
        .select_related("version__taxonomy", "study")
        .annotate(
            given=Count("round_issues__assignments", distinct=True),
            coded=Count(
                "round_issues__assignments",
                filter=Q(round_issues__assignments__codings__isnull=False),
                distinct=True,
            ),
        )
        .order_by("-number")
    )


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


def has_coding() -> Exists:
    return Exists(Coding.objects.filter(assignment=OuterRef("pk")))


def progress_of(round: Round) -> list[Progress]:
    """One row a rater, by alias."""
    rows = (
        Assignment.objects.filter(round_issue__round=round)
        .annotate(is_coded=has_coding())
        .values_list("member")
        .annotate(given=Count("pk"), coded=Count("pk", filter=Q(is_coded=True)))
    )
    counts = {member: (given, coded) for member, given, coded in rows}
    members = Membership.objects.select_related("user").filter(pk__in=counts).order_by("alias")
    return [Progress(member, coded=counts[member.pk][1], given=counts[member.pk][0]) for member in members]


def waiting_for(memberships: QuerySet[Membership]) -> list[tuple[Round, Membership, Progress]]:
    """Running rounds in which these members have issues left to code, with their own progress, oldest first."""
    rows = (
        Assignment.objects.filter(member__in=memberships, round_issue__round__phase=Phase.INDEPENDENT)
        .annotate(is_coded=has_coding())
        .values_list("round_issue__round", "member")
        .annotate(given=Count("pk"), coded=Count("pk", filter=Q(is_coded=True)))
    )
    left = {(round, member): (given, coded) for round, member, given, coded in rows if coded < given}
    rounds = Round.objects.select_related("study", "version__taxonomy").in_bulk({round for round, _ in left})
    members = Membership.objects.select_related("study", "user").in_bulk({member for _, member in left})
    return [
        (rounds[round], members[member], Progress(members[member], coded=coded, given=given))
        for (round, member), (given, coded) in sorted(left.items())
    ]
