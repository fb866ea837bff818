"""Reads for the first pages: where a person's studies stand, and what waits for whom. Never what a coding says."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from annotator.models import Assignment, Coding, Round, RoundIssue
from annotator.states import Phase
from corpus.models import Issue
from studies.models import Membership, Study, User

RECENT_EVENTS = 8


@dataclass(frozen=True)
class OpenWork:
    """One rater's part of a running round: assignments and how many have a submitted coding."""

    study_id: int
    round: int
    alias: str
    name: str
    asked: int
    done: int
    last_at: datetime | None

    @property
    def left(self) -> int:
        return self.asked - self.done


@dataclass(frozen=True)
class Funnel:
    """Issues at each step from import to label. `coded`: at least one rater has submitted."""

    imported: int
    drawn: int
    coded: int
    labelled: int
    repositories: int
    last_import: datetime | None


def my_memberships(user: User) -> QuerySet[Membership]:
    return Membership.objects.select_related("study").filter(user=user, left_at__isnull=True).order_by("study__title")


def open_work(assignments: QuerySet[Assignment]) -> list[OpenWork]:
    """By study, round and rater, for the running rounds among these assignments."""
    answered = Exists(Coding.objects.filter(assignment=OuterRef("pk")))
    running = assignments.filter(round_issue__round__phase=Phase.INDEPENDENT, member__left_at__isnull=True)
    rows = (
        running.annotate(answered=answered)
        .values(
            study_id=F("round_issue__round__study"), round=F("round_issue__round__number"),
            alias=F("member__alias"), name=F("member__user__name"),
        )
        .annotate(
            asked=Count("pk", distinct=True), done=Count("pk", filter=Q(answered=True), distinct=True),
            last_at=Max("codings__submitted_at"),
        )
        .order_by("study_id", "round", "alias")
    )  # fmt: skip
    return [OpenWork(**row) for row in rows]


def work_of(user: User) -> list[OpenWork]:
    return open_work(Assignment.objects.filter(member__user=user))


def work_in(study: Study) -> list[OpenWork]:
    return open_work(Assignment.objects.filter(round_issue__round__study=study))


def funnel(study: Study) -> Funnel:
    issues = Issue.objects.filter(repository__study=study)
    drawn = RoundIssue.objects.filter(round__study=study)
    imported = issues.aggregate(
        issues=Count("pk"), repositories=Count("repository", distinct=True), last=Max("last_seen_at")
    )
    counted = drawn.aggregate(
        drawn=Count("issue", distinct=True),
        coded=Count("issue", distinct=True, filter=Q(assignments__codings__isnull=False)),
        labelled=Count("issue", distinct=True, filter=Q(resolutions__isnull=False)),
    )
    return Funnel(
        imported=imported["issues"], repositories=imported["repositories"], last_import=imported["last"], **counted
    )


def rounds_with_progress(study: Study) -> QuerySet[Round]:
    """Rounds, the latest first, with `issues`, `asked`, `submitted`, and `waiting`: coded and not yet decided."""
    answered = Assignment.objects.filter(Exists(Coding.objects.filter(assignment=OuterRef("pk"))))
    of_round = Q(round_issues__isnull=False)
    return (
        Round.objects.filter(of_round, study=study)
        .select_related("version__taxonomy")
        .annotate(
            issues=Count("round_issues", distinct=True),
            asked=Count("round_issues__assignments", distinct=True),
            submitted=Count(
                "round_issues__assignments",
                distinct=True,
                filter=Q(round_issues__assignments__in=answered.values("pk")),
            ),
            decided=Count("round_issues", distinct=True, filter=Q(round_issues__resolutions__isnull=False)),
        )
        .order_by("-number")
    )
