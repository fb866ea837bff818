"""Pools: raters take the next issue as they come. The server alone says who has which, whatever a browser has fetched.

No more raters than asked for hold an issue. Whoever takes one locks the row of the issue in the round first and counts
then, and so does a submit; rows of assignments are locked before it, never while it is held. On SQLite transactions
that write follow one another anyway.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import BigIntegerField, F, Max, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from annotator.errors import Late
from annotator.models import Assignment, Round, RoundIssue, RoundRater
from annotator.queries.pool import has_coding, held, holders, is_pool, offered_to, raters_an_issue
from annotator.services.running import check_is_running
from studies.errors import Invalid, NotThere, Refused
from studies.models import User

RESERVED_FOR = timedelta(minutes=30)
# Renewed by drafts, but not by each of them.
RENEWED_UNDER = timedelta(minutes=20)
# The issue that is read and those that are fetched ahead.
MOST_OPEN = 3
# How many issues are tried that others may be taking in this moment, before waiting for them.
TRIED = 40
PRIME = 1_000_000_007

Row = TypeVar("Row", Assignment, RoundIssue)


def check_takes_part(round: Round, by: User) -> RoundRater:
    """Raises Refused unless the person is a rater of this pool."""
    if not is_pool(round):
        raise Refused(f"The issues of {round} were dealt beforehand; nothing is taken from a pool.")
    raters = RoundRater.objects.select_related("member").filter(round=round, member__user=by)
    rater = raters.filter(left_at__isnull=True, member__left_at__isnull=True).first()
    if rater is None:
        raise Refused(f"You are no rater of {round}.")
    return rater


def take_next(*, round: Round, by: User) -> Assignment | None:
    """The next issue for this rater, reserved: one that others have begun before one that nobody has, else in an order
    of the rater's own. None when nothing is open to them."""
    check_is_running(round)
    rater = check_takes_part(round, by)
    for wait in (False, False, True, True):
        for issue in in_order(rater, round, timezone.now()).values_list("pk", flat=True)[:TRIED]:
            if taken := take(issue=issue, rater=rater, wait=wait):
                return taken
    return None


def in_order(rater: RoundRater, round: Round, now: datetime) -> QuerySet[Any]:
    """Positions are random already; a line through them modulo a prime is another order for each rater."""
    digest = hashlib.sha256(f"{round.sample['seed']}/pool/{rater.member.alias}".encode()).digest()
    slope, start = (int.from_bytes(digest[part : part + 4]) % (PRIME - 1) + 1 for part in (0, 4))
    position = Cast(F("position"), BigIntegerField())
    own = (position * Value(slope, BigIntegerField()) + Value(start, BigIntegerField())) % Value(PRIME)
    offered: QuerySet[Any] = offered_to(rater.member, round, now).annotate(own=own)
    return offered.order_by("before", "-taken", "own", "pk")


@transaction.atomic
def take(*, issue: int, rater: RoundRater, wait: bool) -> Assignment | None:
    """Reserve this issue for the rater, if a place is free and nobody else takes it in this moment."""
    rater = RoundRater.objects.select_for_update(of=("self",)).select_related("member", "round").get(pk=rater.pk)
    now = timezone.now()
    if not has_room(rater, now):
        return None
    own = locked(Assignment.objects.filter(round_issue=issue, member=rater.member), wait=False).first()
    if locked(RoundIssue.objects.filter(pk=issue), wait=wait).first() is None:
        return None
    there = Assignment.objects.filter(round_issue=issue, member=rater.member)
    if there.exists() if own is None else there.filter(held(now)).exists():
        return None  # another tab has it
    if holders(issue, now, rater.member) >= raters_an_issue(rater.round):
        return None
    made = own or Assignment(round_issue_id=issue, member=rater.member, position=next_position(rater))
    made.reserved_until = now + RESERVED_FOR
    made.save()
    return made


def locked(rows: QuerySet[Row], *, wait: bool) -> QuerySet[Row]:
    """Without waiting for others where the database can do that."""
    skip = not wait and connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(of=("self",), skip_locked=skip)


def next_position(rater: RoundRater) -> int:
    rows = Assignment.objects.filter(round_issue__round=rater.round, member=rater.member)
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def has_room(rater: RoundRater, now: datetime) -> bool:
    """Whether the rater can take one more. Raises Refused while too many are open."""
    rows = Assignment.objects.filter(held(now), round_issue__round=rater.round, member=rater.member)
    if rows.exclude(has_coding()).count() >= MOST_OPEN:
        raise Refused(f"You have {MOST_OPEN} issues of {rater.round} open. Submit one first, or hand it back.")
    return rater.capacity is None or rows.count() < rater.capacity


def keep_place(assignment: Assignment) -> None:
    """Inside a transaction that holds the assignment: keep the issue for its rater, again where the reservation ran
    out. Nothing to do outside pools, and where it is coded. Raises Late when others have all its places."""
    drawn = assignment.round_issue
    if not is_pool(drawn.round) or assignment.codings.exists():
        return
    RoundIssue.objects.select_for_update().get(pk=drawn.pk)
    now = timezone.now()
    until = assignment.reserved_until
    if until is None or until <= now:
        k = raters_an_issue(drawn.round)
        if holders(drawn.pk, now, assignment.member) >= k:
            raise Late(late_sentence(assignment, k))
    elif until - now > RENEWED_UNDER:
        return
    assignment.reserved_until = now + RESERVED_FOR
    assignment.save(update_fields=["reserved_until"])


def late_sentence(assignment: Assignment, k: int) -> str:
    ended = f"ended at {assignment.reserved_until:%H:%M} UTC" if assignment.reserved_until else "was handed back"
    others = "another rater has" if k == 1 else f"{k} other raters have"
    return (
        f"Your reservation of {assignment.round_issue.issue} {ended}, and {others} taken it since, which is all that "
        "the round asks for. Your answer is kept as a draft and does not count."
    )


@transaction.atomic
def open_issue(*, assignment: Assignment, by: User) -> None:
    """The rater reads it: it is kept for them from now on. Raises Late when others have all its places."""
    keep_place(lock_own(assignment, by))


@transaction.atomic
def give_back(*, assignment: Assignment, by: User) -> Assignment:
    """Others can take the issue; this rater is not offered it again. What was typed is kept."""
    row = lock_own(assignment, by)
    drawn = row.round_issue
    check_takes_part(drawn.round, by)
    if row.codings.exists():
        raise Invalid(f"{drawn.issue} is submitted; only what is open can be handed back.")
    row.reserved_until = None
    row.save(update_fields=["reserved_until"])
    return row


def lock_own(assignment: Assignment, by: User) -> Assignment:
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("member", "round_issue__round")
    row = rows.get(pk=assignment.pk)
    if row.member.user_id != by.pk or row.member.left_at is not None:
        raise NotThere("There is no such assignment of yours.")
    check_is_running(row.round_issue.round)
    return row
