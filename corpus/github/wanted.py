"""What an import is to bring: what GitHub is asked to leave out, and what is left out here.

Words are sought here, in title and body as this project's own search finds them: GitHub's search ends at 1,000
results, allows 30 requests a minute and finds other issues tomorrow.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from corpus.records import IssueRecord
from corpus.words import Term, parse, pattern

PER_PAGE = 100


@dataclass(frozen=True)
class Wanted:
    """Moments are ISO 8601 in UTC, empty where there is no bound; `_to` is the first moment too late. All `labels`
    must be there. Without `bots`, issues made by bots are left out."""

    state: str = "all"
    created_from: str = ""
    created_to: str = ""
    updated_from: str = ""
    updated_to: str = ""
    labels: tuple[str, ...] = ()
    words: str = ""
    comments: bool = True
    events: bool = True
    bots: bool = True

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Wanted":
        said = {field.name: told[field.name] for field in fields(cls) if field.name in told}
        return cls(**said | {"labels": tuple(said.get("labels", ()))})

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"labels": list(self.labels)}

    @property
    def lists_all(self) -> bool:
        """Whether GitHub is asked for every issue: only then does a missing one mean something."""
        return self.state == "all" and not (self.updated_from or self.labels or self.created_to)

    @property
    def takes_all(self) -> bool:
        return self.lists_all and self.bots and not (self.created_from or self.updated_to or self.words)

    @property
    def mark(self) -> str:
        """Tells pages of a listing apart that were read for another choice. It is not sent."""
        if self.takes_all:
            return ""
        told = (self.created_from, self.created_to, self.updated_to, self.words, self.bots)
        return f"#{sha256(repr(told).encode()).hexdigest()[:16]}"

    @property
    def in_words(self) -> str:
        """For the report, and for the paper: what was chosen, empty when it was everything."""
        spans = (("opened", self.created_from, self.created_to), ("changed", self.updated_from, self.updated_to))
        told = [f"{self.state} issues" if self.state != "all" else "open and closed issues"]
        told += [f"{what} from {first[:10]}" for what, first, _ in spans if first]
        told += [f"{what} before {end[:10]}" for what, _, end in spans if end]
        told += [f"labelled {', '.join(self.labels)}"] if self.labels else []
        told += [f"with the words {self.words}"] if self.words else []
        named = {"comments": self.comments, "events": self.events, "issues made by bots": self.bots}
        told += [f"without {part}" for part, taken in named.items() if not taken]
        return "; ".join(told) if len(told) > 1 or self.state != "all" else ""

    @property
    def query(self) -> dict[str, str | int]:
        """Oldest first, so that pages stay as they are while new issues come."""
        asked: dict[str, str | int] = {"state": self.state, "sort": "created", "direction": "asc", "per_page": PER_PAGE}
        if self.updated_from:
            asked["since"] = self.updated_from
        if self.labels:
            asked["labels"] = ",".join(self.labels)
        return asked

    def ends_before(self, created: datetime) -> bool:
        """Whether all issues from here on, oldest first, were created too late."""
        return bool(self.created_to) and created >= datetime.fromisoformat(self.created_to)

    def takes(self, issue: IssueRecord) -> bool:
        return (
            within(issue.created_at, self.created_from, self.created_to)
            and within(issue.updated_at, self.updated_from, self.updated_to)
            and (self.bots or not issue.author_is_bot)
            and all(has(issue, term) for term in parse(self.words))
        )


def within(moment: datetime | None, first: str, end: str) -> bool:
    if moment is None:
        return True
    return not (first and moment < datetime.fromisoformat(first)) and not (
        end and moment >= datetime.fromisoformat(end)
    )


def has(issue: IssueRecord, term: Term) -> bool:
    """Whether the term holds of the issue: its words stand in title or body, or, negated, in neither."""
    marks = pattern([replace(term, negated=False)])
    found = marks is not None and any(marks.search(text) for text in (issue.title, issue.body))
    return found != term.negated
