"""Issues, comments and events as a source tells them, before they are rows. What the readers and the services share."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class BadRecord(Exception):
    """The record cannot be taken; the sentence says why and what to do."""


@dataclass(frozen=True)
class IssueRecord:
    """One issue. None is "the source does not say": what is known already stays as it is."""

    owner: str
    name: str
    number: int
    title: str
    body: str
    url: str
    state: str
    created_at: datetime
    closed_at: datetime | None
    github_id: int | None = None
    author: str | None = None
    author_association: str | None = None
    author_is_bot: bool | None = None
    state_reason: str | None = None
    labels: tuple[str, ...] | None = None
    milestone: str | None = None
    closed_by: str | None = None
    updated_at: datetime | None = None

    @property
    def repository(self) -> str:
        """The full name in lower case: GitHub does not tell names apart by case."""
        return f"{self.owner}/{self.name}".lower()

    @property
    def key(self) -> tuple[str, int]:
        return self.repository, self.number


@dataclass(frozen=True)
class CommentRecord:
    owner: str
    name: str
    number: int
    github_id: int
    created_at: datetime
    text: str
    author: str = ""
    author_association: str = ""
    author_is_bot: bool = False

    @property
    def issue_key(self) -> tuple[str, int]:
        return f"{self.owner}/{self.name}".lower(), self.number


@dataclass(frozen=True)
class EventRecord:
    """Something that happened to an issue. `kind` is GitHub's name of it; `data` is what the kind has to tell."""

    owner: str
    name: str
    number: int
    kind: str
    at: datetime
    actor: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    github_id: int | None = None

    @property
    def issue_key(self) -> tuple[str, int]:
        return f"{self.owner}/{self.name}".lower(), self.number


@dataclass(frozen=True)
class Problem:
    """Where a record stood and what is wrong with it; `skipped` when it was not taken at all."""

    place: str
    sentence: str
    skipped: bool = True


@dataclass(frozen=True)
class Listing:
    """One page of a source's listing: its address, its version, what comes after it, and how much stands on it."""

    url: str
    etag: str
    next_url: str
    records: int = 0
    pull_requests: int = 0
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Usage:
    """Requests, and what GitHub last said of the quota: of the token that asked, and by the row that keeps a token."""

    requests: int = 0
    quota: dict[str, Any] = field(default_factory=dict)
    tokens: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class EventsUpTo:
    """How far events were read, newest first: from the id `to` down to `before`. With `all_issues`, an event of an
    issue that is not there means that the import has passed over an issue."""

    to: int
    before: int
    all_issues: bool


@dataclass
class Page:
    """Some records in the order of their source, and the checkpoint that says where the next page begins.

    `places` names where a record stood, by its position in `issues`, `comments` and `events`. `unchanged` and
    `unchanged_comments` count what stands on a page of which the source said that it is as it was. `listing` is what
    is to be remembered of the page to ask so next time. `numbers` are those of all issues on it, with those that were
    left out; `passed_over` counts what is no record of ours, `comments_told` the comments that the issues
    say they have. `is_last` when nothing that is wanted can follow.
    """

    checkpoint: dict[str, Any] = field(default_factory=dict)
    issues: list[IssueRecord] = field(default_factory=list)
    issue_places: list[str] = field(default_factory=list)
    comments: list[CommentRecord] = field(default_factory=list)
    comment_places: list[str] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    event_places: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    pull_requests: int = 0
    unchanged: int = 0
    unchanged_comments: int = 0
    left_out: int = 0
    passed_over: int = 0
    comments_told: int = 0
    numbers: list[int] = field(default_factory=list)
    is_last: bool = False
    listing: Listing | None = None
    usage: Usage = field(default_factory=Usage)
    events_up_to: EventsUpTo | None = None

    def add_issue(self, record: IssueRecord, place: str) -> None:
        self.issues.append(record)
        self.issue_places.append(place)

    def add_comment(self, record: CommentRecord, place: str) -> None:
        self.comments.append(record)
        self.comment_places.append(place)

    def add_event(self, record: EventRecord, place: str) -> None:
        self.events.append(record)
        self.event_places.append(place)

    @property
    def read(self) -> int:
        """How many records of the source the page stands for, whatever became of them."""
        taken = len(self.issues) + len(self.comments) + len(self.events) + self.unchanged + self.unchanged_comments
        taken += self.pull_requests + self.left_out + self.passed_over
        return taken + sum(problem.skipped for problem in self.problems)
