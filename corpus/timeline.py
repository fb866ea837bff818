"""An issue's thread: comments, and between them what happened to the issue, in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from corpus.models import Comment, EventKind, IssueEvent

# Events of one kind by one person within this time are told in one row, as GitHub does.
TOGETHER = timedelta(minutes=1)

SAID = {
    EventKind.REOPENED: "reopened this",
    EventKind.TRANSFERRED: "moved this here from another repository",
    EventKind.MARKED_AS_DUPLICATE: "marked this as a duplicate",
    EventKind.UNMARKED_AS_DUPLICATE: "took the mark of a duplicate away",
}
# What is done to something that has a name: the words before it, and where the name stands.
NAMED = {
    EventKind.LABELED: ("labelled this", "label"),
    EventKind.UNLABELED: ("took a label away:", "label"),
    EventKind.ASSIGNED: ("assigned", "assignee"),
    EventKind.UNASSIGNED: ("no longer assigned", "assignee"),
    EventKind.MILESTONED: ("put this into the milestone", "milestone"),
    EventKind.DEMILESTONED: ("took this out of the milestone", "milestone"),
}
REASONS = {"not_planned": "not planned", "duplicate": "a duplicate"}


@dataclass
class Happening:
    """One row: who did what, and the names it was done with (labels, people, titles)."""

    kind: str
    actor: str
    at: datetime
    words: str
    names: list[str]


@dataclass(frozen=True)
class Entry:
    """A comment with what happened before it, or only what happened last."""

    happenings: list[Happening]
    comment: Comment | None = None
    folded: int = 0


def happenings_of(events: Iterable[IssueEvent]) -> list[Happening]:
    rows: list[Happening] = []
    for event in events:
        last, new = rows[-1] if rows else None, happening(event)
        if last and new.names and (last.kind, last.actor) == (new.kind, new.actor) and new.at - last.at <= TOGETHER:
            last.names += new.names
        else:
            rows.append(new)
    return rows


def happening(event: IssueEvent) -> Happening:
    words, names = told(EventKind(event.kind), event.data)
    return Happening(event.kind, event.actor or "somebody", event.at, words, names)


def told(kind: EventKind, data: dict[str, Any]) -> tuple[str, list[str]]:
    if kind == EventKind.CLOSED:
        return closed(data)
    if kind == EventKind.RENAMED:
        return "changed the title from", [str(data.get("from", "")), str(data.get("to", ""))]
    if kind in NAMED:
        words, key = NAMED[kind]
        return words, [str(data[key])] if data.get(key) else []
    return SAID[kind], []


def closed(data: dict[str, Any]) -> tuple[str, list[str]]:
    reason = str(data.get("state_reason") or "")
    words = "closed this" + (f" as {REASONS.get(reason, reason)}" if reason else "")
    commit = str(data.get("commit") or "")
    return (f"{words} by commit", [commit[:7]]) if commit else (words, [])


def thread(comments: Sequence[Comment], happened: Sequence[Happening], behind: int, folded: int) -> list[Entry]:
    """Comments and happenings in one row; `folded` comments are left out before the one at place `behind`, with what
    happened between."""
    entries, waiting = list[Entry](), list(happened)
    for place, comment in enumerate(comments):
        before = [row for row in waiting if row.at < comment.created_at]
        waiting = waiting[len(before) :]
        left_out = folded if place == behind else 0
        entries.append(Entry([] if left_out else before, comment, left_out))
    return [*entries, Entry(waiting)] if waiting else entries
