"""Resolution times of labelled issues under a definition, read from what the corpus keeps of their lives."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, Min

from analysis.datasets.labels import LabelledIssue
from analysis.stats.resolution import REASONS, UNTOLD, Close, Definition, Life, measure
from corpus.models import Comment, EventKind, Issue, IssueEvent, IssueState

CHUNK = 2_000
BOT = "[bot]"
STALE = "stale"
# Who may speak for a project, in GitHub's words.
MAINTAINERS = ("OWNER", "MEMBER", "COLLABORATOR")
ISSUE_FIELDS = ("pk", "state", "state_reason", "labels", "created_at", "closed_at", "closed_by", "moved_to_url")
KINDS = (EventKind.CLOSED, EventKind.REOPENED, EventKind.LABELED, EventKind.UNLABELED)


def with_times(given: Sequence[LabelledIssue], definition: Definition) -> list[LabelledIssue]:
    """The labels with `days`, `watched` and `because` as the definition says; in its unit, whatever the name."""
    lives = dict(lives_of({label.issue_id for label in given if label.has_times}, definition))
    return [timed(label, lives[label.issue_id], definition) if label.has_times else label for label in given]


def timed(label: LabelledIssue, life: Life, definition: Definition) -> LabelledIssue:
    found = measure(life, definition)
    days = found.value if found.ended else None
    return replace(label, days=days, watched=found.value, because=found.because, seen_at=life.seen_at)


def lives_of(issues: Iterable[int], definition: Definition) -> Iterator[tuple[int, Life]]:
    """Each issue's life; events and first answers are read only where the definition asks for them."""
    wanted = sorted(issues)
    for chunk in (wanted[place : place + CHUNK] for place in range(0, len(wanted), CHUNK)):
        events = _events(chunk) if definition.needs_events else {}
        answers = _answers(chunk) if definition.start == "first_response" else {}
        rows = Issue.objects.filter(pk__in=chunk).values(*ISSUE_FIELDS, "last_seen_at")
        for row in rows:
            yield row["pk"], _life(row, events.get(row["pk"], []), answers.get(row["pk"]))


def _events(chunk: Sequence[int]) -> dict[int, list[IssueEvent]]:
    found: dict[int, list[IssueEvent]] = defaultdict(list)
    rows = IssueEvent.objects.filter(issue__in=chunk, kind__in=KINDS).order_by("issue", "at", "pk")
    for event in rows.only("issue_id", "kind", "at", "actor", "data"):
        found[event.issue_id].append(event)
    return found


def _answers(chunk: Sequence[int]) -> dict[int, datetime]:
    """The first comment of a maintainer who is neither the author of the issue nor a bot."""
    by_others = Comment.objects.filter(issue__in=chunk, author_association__in=MAINTAINERS, author_is_bot=False)
    answered = by_others.exclude(author=F("issue__author")).values("issue").annotate(first=Min("created_at"))
    return dict(answered.values_list("issue", "first").order_by())


def _life(row: dict[str, Any], events: Sequence[IssueEvent], answered: datetime | None) -> Life:
    labelled = [event.at for event in events if event.kind == EventKind.LABELED]
    return Life(
        created_at=row["created_at"],
        is_closed=row["state"] == IssueState.CLOSED and row["closed_at"] is not None,
        seen_at=row["last_seen_at"],
        closes=tuple(_closes(row, events)),
        reopened=tuple(event.at for event in events if event.kind == EventKind.REOPENED),
        first_label_at=min(labelled, default=None),
        first_response_at=answered,
    )


def _closes(row: dict[str, Any], events: Sequence[IssueEvent]) -> list[Close]:
    """From the events; the close that the issue itself tells is added where they lack it. It is the last one then."""
    found = [_close(row, event, events) for event in events if event.kind == EventKind.CLOSED]
    is_closed = row["state"] == IssueState.CLOSED and row["closed_at"] is not None
    if not is_closed:
        return found
    before = [close for close in found if close.at < row["closed_at"]]
    told = [close for close in found if close.at == row["closed_at"]]
    return [*before, *(told[:1] or [_last_close(row)])]


def _close(row: dict[str, Any], event: IssueEvent, events: Sequence[IssueEvent]) -> Close:
    is_last = event.at == row["closed_at"]
    reason = str(event.data.get("state_reason") or "") or (row["state_reason"] if is_last else "")
    by_bot = event.actor.endswith(BOT)
    return Close(
        event.at,
        _reason("moved" if is_last and row["moved_to_url"] else reason),
        by_bot,
        by_bot and (STALE in event.actor.lower() or _is_stale(row, event.at, events)),
    )


def _last_close(row: dict[str, Any]) -> Close:
    by_bot = row["closed_by"].endswith(BOT)
    stale = STALE in row["closed_by"].lower() or any(STALE in str(label).lower() for label in row["labels"])
    reason = "moved" if row["moved_to_url"] else row["state_reason"]
    return Close(row["closed_at"], _reason(reason), by_bot, by_bot and stale)


def _reason(told: str) -> str:
    """GitHub's reason if it is one of the choice; "reopened" and what may come later are no reason of a close."""
    return told if told in REASONS else UNTOLD


def _is_stale(row: dict[str, Any], at: datetime, events: Sequence[IssueEvent]) -> bool:
    """Whether a label with "stale" in its name was on the issue; without any event of one, whether it is now."""
    marks = [event for event in events if STALE in str(event.data.get("label", "")).lower()]
    before = [event.kind for event in marks if event.at <= at]
    if marks:
        return bool(before) and before[-1] == EventKind.LABELED
    return any(STALE in str(label).lower() for label in row["labels"])
