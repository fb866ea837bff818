"""A rater's own work in a round: how much is given and done, what comes next, and the list of it a page at a time.

Nothing here reads all assignments into memory: a round may have thousands.
"""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils import timezone

from annotator.models import Assignment, Coding, Draft, Round
from annotator.queries.pool import has_coding, held, is_pool
from annotator.states import Outcome
from studies.errors import NotThere
from studies.models import Membership

# How many open issues a screen knows ahead of the one it shows.
AHEAD = 12
# How many of the last submits can be gone back to with the key.
BACK = 20
NOT_THERE = "There is no such issue among yours in this round."


class Show(TextChoices):
    """Which of a rater's issues the list shows."""

    ALL = "all", "All"
    OPEN = "open", "Open"
    DONE = "done", "Done"
    FLAGGED = "flagged", "Flagged"
    AGAIN = "again", "Skipped or unclear"


@dataclass(frozen=True)
class Tally:
    """How many issues of a round a rater has, and how many of them a coding. From a `pool` more may come."""

    total: int
    done: int
    pool: bool = False


@dataclass(frozen=True)
class Around:
    """Ids of assignments: just before and after one in the rater's order, and the open ones that come next."""

    before: int | None
    after: int | None
    ahead: list[int]


def own(round: Round, member: Membership) -> QuerySet[Assignment]:
    """In a pool what the rater has coded and what is reserved for them."""
    rows = Assignment.objects.filter(round_issue__round=round, member=member)
    return rows.filter(held(timezone.now())) if is_pool(round) else rows


def assignments_of(round: Round, member: Membership) -> QuerySet[Assignment]:
    return with_answers(own(round, member)).order_by("position")


def with_answers(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Each with `outcome`, `flagged` and `revision` of the member's last coding, None before the first."""
    last = Coding.objects.filter(assignment=OuterRef("pk")).order_by("-revision")
    return rows.annotate(
        outcome=Subquery(last.values("outcome")[:1]),
        flagged=Subquery(last.values("flagged")[:1]),
        revision=Subquery(last.values("revision")[:1]),
    )


def tally_of(round: Round, member: Membership) -> Tally:
    found = own(round, member).aggregate(total=Count("pk"), done=Count("pk", filter=Q(has_coding())))
    return Tally(found["total"], found["done"], is_pool(round))


def open_after(round: Round, member: Membership, position: int, count: int) -> list[int]:
    """Ids of the first open assignments after this position, then of those before it; that at it is left out."""
    still = own(round, member).filter(~has_coding()).order_by("position").values_list("pk", flat=True)
    found = list(still.filter(position__gt=position)[:count])
    if len(found) < count:
        found += still.filter(position__lt=position)[: count - len(found)]
    return found


def next_open(round: Round, member: Membership, position: int = -1) -> int | None:
    """Id of the first open assignment after this position, else of the first from the start."""
    return next(iter(open_after(round, member, position, 1)), None)


def around(assignment: Assignment) -> Around:
    """Where one can go from here. At most four queries, whatever the round."""
    round, member, position = assignment.round_issue.round, assignment.member, assignment.position
    ids = own(round, member).values_list("pk", flat=True)
    return Around(
        before=ids.filter(position__lt=position).order_by("-position").first(),
        after=ids.filter(position__gt=position).order_by("position").first(),
        ahead=open_after(round, member, position, AHEAD),
    )


def first_of(round: Round, member: Membership) -> int | None:
    return own(round, member).order_by("position").values_list("pk", flat=True).first()


def listed(round: Round, member: Membership, show: str = Show.ALL, text: str = "") -> QuerySet[Assignment]:
    """The list of a rater's issues, each as in `assignments_of` and with its issue. `text` is a number of an issue, or
    words that all stand in the title."""
    rows = assignments_of(round, member).select_related("round_issue__issue__repository")
    rows = rows.filter(shown(show))
    number = text.strip().removeprefix("#")
    if number.isdecimal() and len(number) < 10:
        return rows.filter(Q(round_issue__issue__number=number) | Q(round_issue__issue__title__icontains=number))
    for word in text.split():
        rows = rows.filter(round_issue__issue__title__icontains=word)
    return rows


def shown(show: str) -> Q:
    conditions: dict[str, Q] = {
        Show.OPEN: Q(outcome__isnull=True),
        Show.DONE: Q(outcome__isnull=False),
        Show.FLAGGED: Q(flagged=True),
        Show.AGAIN: Q(outcome__in=[Outcome.SKIPPED, Outcome.UNCLEAR]),
    }
    return conditions.get(show, Q())


def rank_of(assignment: Assignment) -> int:
    """How many of the rater's issues of the round stand before it."""
    return own(assignment.round_issue.round, assignment.member).filter(position__lt=assignment.position).count()


def to_revisit(round: Round, member: Membership) -> QuerySet[Assignment]:
    """What a rater may want to open again: skipped, unclear or flagged."""
    return listed(round, member).filter(shown(Show.FLAGGED) | shown(Show.AGAIN))


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
        raise NotThere(NOT_THERE)
    return found


def draft_of(assignment: Assignment) -> Draft | None:
    return Draft.objects.filter(assignment=assignment).first()


def last_submitted(round: Round, member: Membership) -> list[int]:
    """Ids of the assignments that the member submitted last, the latest at the end: where going back leads."""
    mine = Coding.objects.filter(assignment__member=member, assignment__round_issue__round=round)
    latest = mine.order_by("-submitted_at", "-pk").values_list("assignment", flat=True)[: 2 * BACK]
    return list(dict.fromkeys(latest))[:BACK][::-1]
