"""A shape says how the objects of one kind of file become records. The registry of shapes is `corpus.files.kinds`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.records import CommentRecord, EventRecord, IssueRecord

Payload = Mapping[str, Any]
Issue = tuple[IssueRecord, list[str]]
Comment = tuple[CommentRecord, list[str]]
Event = tuple[EventRecord, list[str]]


@dataclass(frozen=True)
class Shape:
    """`read_issue` gives the record and what was assumed in it, None for a pull request, BadRecord when unusable.
    `read_comments` and `read_events` are there where these stand in one file with their issues."""

    name: str
    label: str
    recognises: Callable[[Payload], bool]
    read_issue: Callable[[Payload], Issue | None]
    read_comments: Callable[[Payload], Iterable[Comment]] | None = None
    read_events: Callable[[Payload], Iterable[Event]] | None = None


def only_said(record: IssueRecord, payload: Payload, keys: Mapping[str, str]) -> IssueRecord:
    """The record without the fields whose key the payload does not have: what is known of them stays."""
    unsaid: dict[str, Any] = {field: None for field, key in keys.items() if key not in payload}
    return replace(record, **unsaid)
