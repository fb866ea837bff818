"""A rater's own work in a round: what is given, what is done, what comes next."""

from dataclasses import dataclass

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from annotator.models import Assignment, Coding, Draft, Round
from annotator.states import Outcome
from studies.errors import NotThere
from studies.models import Membership


@dataclass(frozen=True)
class Work:
    """All of a rater's assignments in a round, in the rater's own order, each with `outcome` ("" when not coded)."""

    assignments: list[Assignment]

    @property
    def total(self) -> int:
        return len(self.assignments)

    @property
    def done(self) -> int:
        return sum(1 for assignment in self.assignments if outcome_of(assignment))

    def next_open(self, after: int = -1) -> Assignment | None:
        """The first open assignment after this position, else the first open one from the start."""
        still = [assignment for assignment in self.assignments if not outcome_of(assignment)]
        return next((assignment for assignment in still if assignment.position > after), still[0] if still else None)

    def neighbours(self, position: int) -> tuple[Assignment | None, Assignment | None]:
        """The assignments just before and just after this position."""
        before = [assignment for assignment in self.assignments if assignment.position < position]
        after = [assignment for assignment in self.assignments if assignment.position > position]
        return before[-1] if before else None, after[0] if after else None


def outcome_of(assignment: Assignment) -> str:
    return getattr(assignment, "outcome", None) or ""


def assignments_of(round: Round, member: Membership) -> QuerySet[Assignment]:
    """Each with `outcome`, `flagged` and `revision` of the member's last coding, None before the first."""
    last = Coding.objects.filter(assignment=OuterRef("pk")).order_by("-revision")
    return (
        Assignment.objects.filter(round_issue__round=round, member=member)
        .annotate(
            outcome=Subquery(last.values("outcome")[:1]),
            flagged=Subquery(last.values("flagged")[:1]),
            revision=Subquery(last.values("revision")[:1]),
        )
        .order_by("position")
    )


def work_of(round: Round, member: Membership) -> Work:
    return Work(list(assignments_of(round, member)))


def to_revisit(round: Round, member: Membership) -> QuerySet[Assignment]:
    """What a rater may want to open again: skipped, unclear or flagged."""
    return (
        assignments_of(round, member)
        .filter(Q(flagged=True) | Q(outcome__in=[Outcome.SKIPPED, Outcome.UNCLEAR]))
        .select_related("round_issue__issue__repository")
    )


def get_assignment(round: Round, member: Membership, pk: int) -> Assignment:
    """One of the member's own assignments, with its issue. NotThere for anybody else's."""
    found = (
        Assignment.objects.select_related(
            "member",
            "round_issue__round__version__taxonomy",
            "round_issue__issue__repository",
            "round_issue__issue__body",
        )
        .filter(round_issue__round=round, member=member, pk=pk)
        .first()
    )
    if found is None:
        raise NotThere("There is no such issue among yours in this round.")
    return found


def draft_of(assignment: Assignment) -> Draft | None:
    return Draft.objects.filter(assignment=assignment).first()


def last_submitted(round: Round, member: Membership) -> Assignment | None:
    """The assignment that the member submitted last: where taking back goes."""
    return (
        Assignment.objects.filter(round_issue__round=round, member=member)
        .annotate(at=Max("codings__submitted_at"))
        .filter(at__isnull=False)
        .order_by(F("at").desc(), "-pk")
        .first()
    )
