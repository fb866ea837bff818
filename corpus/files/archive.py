"""GH Archive's hourly files: events, of which the last on each issue and comment is taken.

Format: https://www.gharchive.org/
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.files.entries import Entry
from corpus.files.lines import read_lines
from corpus.files.shapes import Comment, Event, Issue, Payload, Shape
from corpus.files.unpacking import unpacked
from corpus.payloads import is_pull_request, read_comment, read_event, read_issue
from corpus.records import BadRecord

# Most events are pushes: they are passed over before they are parsed.
HOLDING = b'"Issue'
EVENTS = {"issue": ("IssuesEvent", "IssueCommentEvent"), "comment": ("IssueCommentEvent",)}
Rank = tuple[str, str, int]


def recognises(payload: Payload) -> bool:
    return "payload" in payload and "repo" in payload and str(payload.get("type")).endswith("Event")


def read_events(path: Path, checkpoint: Mapping[str, int], part: str) -> Iterator[Entry]:
    """The last word on each issue or comment, `part` says which; lines that cannot be read come with the issues.

    The file is read twice: what is kept in memory is a number for each issue or comment, not its text. Each event is
    a word of its own: of these, all come.
    """
    if part == "event":
        with path.open("rb") as file, unpacked(file) as content:
            lines = read_lines(content, checkpoint, holding=HOLDING)
            yield from (entry for entry in lines if entry.payload and entry.payload.get("type") == "IssuesEvent")
        return
    last = last_words(path, part)
    with path.open("rb") as file, unpacked(file) as content:
        for entry in read_lines(content, checkpoint, holding=HOLDING):
            unreadable = entry.payload is None and part == "issue"
            if unreadable or entry.line in last:
                yield entry


def last_words(path: Path, part: str) -> set[int]:
    """The lines on which each issue or comment is told for the last time. One deleted after that is left out."""
    ranks: dict[Any, tuple[Rank, bool]] = {}
    with path.open("rb") as file, unpacked(file) as content:
        for entry in read_lines(content, {}, holding=HOLDING):
            event = entry.payload or {}
            told = told_in(event, part)
            if event.get("type") not in EVENTS[part] or told is None:
                continue
            key = key_of(told, entry.line)
            rank = (str(told.get("updated_at") or ""), str(event.get("created_at")), entry.line)
            deleted = event["type"] == EVENTS[part][0] and event["payload"].get("action") == "deleted"
            if key not in ranks or rank > ranks[key][0] or deleted:
                ranks[key] = (rank, deleted)
    return {rank[2] for rank, deleted in ranks.values() if not deleted}


def told_in(event: Payload, part: str) -> Mapping[str, Any] | None:
    payload = event.get("payload")
    told = payload.get(part) if isinstance(payload, Mapping) else None
    return told if isinstance(told, Mapping) else None


def key_of(told: Mapping[str, Any], line: int) -> int:
    """Small, whatever the record says: the texts are not kept. A record without an address stands for itself."""
    return hash(str(told.get("html_url") or told.get("url") or line).lower())


def read(event: Payload) -> Issue | None:
    issue = told_in(event, "issue") or {}
    return None if is_pull_request(issue) else read_issue(issue)


def read_comments(event: Payload) -> Iterator[Comment]:
    """Comments of pull requests are passed over; the pull request itself has been counted."""
    if not is_pull_request(told_in(event, "issue") or {}):
        comment = told_in(event, "comment")
        if comment is None:
            raise BadRecord("The event has no comment.")
        yield read_comment(comment)


def read_lone_events(event: Payload) -> Iterator[Event]:
    """What was done to an issue, by whom and when. The archive numbers its events otherwise than GitHub's API does."""
    action, issue = event["payload"].get("action"), told_in(event, "issue") or {}
    rest = {"event": action, "issue": issue, "actor": event.get("actor"), "created_at": event.get("created_at")}
    label, assignee = event["payload"].get("label"), event["payload"].get("assignee")
    closed = {"state_reason": issue.get("state_reason")} if action == "closed" else {}
    record, notes = read_event(rest | closed | {"label": label, "assignee": assignee})
    if record:
        yield record, notes


SHAPE = Shape("archive", "GH Archive's events", recognises, read, read_comments, read_lone_events)
