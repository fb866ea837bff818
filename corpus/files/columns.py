"""What the columns of a table mean: a guess from their names, which a person may correct, and the record of a row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from corpus.files.entries import BadFile
from corpus.files.moments import moment
from corpus.payloads import (
    LARGEST_NUMBER,
    PULL_ADDRESS,
    Reading,
    note_order,
    split_address,
    split_full_name,
    title_of,
    web_address,
)
from corpus.records import BadRecord, IssueRecord

# Field of an issue: names of columns in lower case that mean it, the surest first.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "summary", "issue title", "subject", "short desc"),
    "body": ("body", "description", "text", "issue body"),
    "url": ("url", "html_url", "web_url", "issue url", "link", "html url"),
    "repository": ("repository", "repo", "full_name", "repo_name", "product", "project"),
    "key": ("key", "issue key", "number", "issue number", "issue_number", "bug id", "bug_id", "iid", "id"),
    "created_at": ("created_at", "created", "opened", "created at", "createdat", "opened at", "creation date"),
    "closed_at": ("closed_at", "closed", "resolved", "closed at", "closedat", "last resolved", "closed date"),
    "state": ("state", "status", "issue state"),
    "state_reason": ("state_reason", "resolution", "state reason"),
    "author": ("author", "reporter", "user", "creator", "author login", "username"),
    "labels": ("labels", "label", "keywords", "tags"),
    "milestone": ("milestone", "fix version/s", "fix version", "target milestone", "sprint"),
}
ALWAYS = ("title", "created_at")
CLOSED = {"closed", "resolved", "done", "verified", "fixed", "completed", "released", "won't fix", "duplicate"}
KEY = re.compile(r"(?:([A-Za-z][A-Za-z0-9_]*)-|#)?(\d{1,10})")
PAGES = {"jira": "{tracker}/browse/{key}", "bugzilla": "{tracker}/show_bug.cgi?id={key}"}


@dataclass(frozen=True)
class Columns:
    """How to read one table. `fields` has the column's name for each field that the table tells.

    `kind` is "" for rows that say where on the web an issue stands, or that name a repository of GitHub and a number;
    "jira" and "bugzilla" for exports that do not, where `tracker` is the address that the issues are found below.
    """

    fields: Mapping[str, str]
    kind: str = ""
    tracker: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    zone: str = ""
    dates: str = "iso"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Table:
    """What a table looks like before it is read: the names of its columns, its first rows, and how it was decoded."""

    names: list[str]
    rows: list[list[str]]
    guess: Columns
    zoneless: bool = field(default=False)


def guess_columns(names: Sequence[str], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> Columns:
    fields = {name: found for name in NAMES if (found := column_for(name, names))}
    kind = kind_of(names)
    if "url" in fields:
        fields = {name: column for name, column in fields.items() if name not in ("repository", "key")}
        kind = ""
    return Columns(fields=fields, kind=kind, encoding=encoding, delimiter=delimiter)


def column_for(name: str, names: Sequence[str]) -> str:
    known = {column.strip().lower(): column for column in reversed(names)}
    return next((known[candidate] for candidate in NAMES[name] if candidate in known), "")


def kind_of(names: Sequence[str]) -> str:
    """Whose export it is: Jira's has the column “Issue key”, Bugzilla's “Bug ID”."""
    known = {name.strip().lower() for name in names}
    if "issue key" in known:
        return "jira"
    return "bugzilla" if known & {"bug id", "bug_id"} else ""


def check_columns(columns: Columns, names: Sequence[str]) -> None:
    """BadFile, naming what is missing, when an issue could not be made of these columns."""
    missing = [name for name in ALWAYS if name not in columns.fields]
    if columns.kind and "key" not in columns.fields:
        missing.append("key")
    if not columns.kind and "url" not in columns.fields and not {"repository", "key"} <= set(columns.fields):
        missing.append("url")
    if missing:
        raise BadFile(
            f"No column was found for {', '.join(missing)}. An issue needs a title, when it was opened, "
            "and its address (or its repository and number)."
        )
    if columns.kind and not columns.tracker.startswith(("https://", "http://")):
        raise BadFile("Say at which address the issues are found, such as https://issues.example.org.")
    gone = sorted(set(columns.fields.values()) - set(names))
    if gone:
        raise BadFile(f"The first line does not name these columns: {', '.join(gone)}.")


class RowReader:
    """Makes records of the rows of one table."""

    def __init__(self, columns: Columns, names: Sequence[str]) -> None:
        self.columns = columns
        self.places = {
            name: [at for at, column in enumerate(names) if column == wanted] for name, wanted in columns.fields.items()
        }

    def payload(self, row: Sequence[str]) -> dict[str, Any]:
        """The row by field; columns that bear one name are read together, as Jira writes labels."""
        cells = {name: [row[at] for at in places] for name, places in self.places.items()}
        return {name: found if name == "labels" else first_of(found) for name, found in cells.items()}

    def read(self, payload: Mapping[str, Any]) -> tuple[IssueRecord, list[str]] | None:
        """The record and what was assumed in it; None for a pull request; BadRecord when unusable."""
        if PULL_ADDRESS.search(str(payload.get("url") or "").strip()):
            return None
        reading = Reading(payload)
        owner, name, number, url = self.locate(reading)
        created = moment(reading, "created_at", self.columns.zone, self.columns.dates)
        if created is None:
            raise BadRecord("“created_at” is empty. Write when it was opened, as 2026-03-01T12:00:00Z.")
        closed = moment(reading, "closed_at", self.columns.zone, self.columns.dates)
        note_order(reading, created, closed)
        record = IssueRecord(
            owner=owner,
            name=name,
            number=number,
            title=title_of(reading),
            body=reading.text("body"),
            url=url,
            state="closed" if closed or reading.text("state").strip().lower() in CLOSED else "open",
            created_at=created,
            closed_at=closed,
            author=self.said(reading, "author", 100),
            state_reason=self.reason(reading),
            labels=self.labels(reading),
            milestone=self.said(reading, "milestone", None),
        )
        return record, reading.notes

    def said(self, reading: Reading, name: str, most: int | None) -> str | None:
        return reading.text(name).strip()[:most] if name in self.places else None

    def reason(self, reading: Reading) -> str | None:
        reason = self.said(reading, "state_reason", 30)
        return reason.lower() if reason is not None else None

    def labels(self, reading: Reading) -> tuple[str, ...] | None:
        """One label a cell where there are several columns, else a list with commas or semicolons."""
        if "labels" not in self.places:
            return None
        cells = [reading.clean(cell) for cell in reading.payload["labels"]]
        if len(cells) == 1:
            cells = re.split("[;,]" if ";" in cells[0] or "," in cells[0] else r"\n", cells[0])
        return tuple(cell.strip() for cell in cells if cell.strip())

    def locate(self, reading: Reading) -> tuple[str, str, int, str]:
        if "url" in self.places:
            url = web_address(reading.text("url").strip())
            return *split_address(url), url
        prefix, number, key = split_key(reading.text("key").strip())
        if not self.columns.kind:
            owner, name = split_full_name(reading.text("repository"))
            return owner, name, number, f"https://github.com/{owner}/{name}/issues/{number}"
        tracker = self.columns.tracker.rstrip("/")
        project = prefix or reading.text("repository").strip() or self.columns.kind
        url = PAGES[self.columns.kind].format(tracker=tracker, key=key)
        return urlsplit(tracker).netloc[:100], project.replace("/", "-")[:150], number, url


def first_of(cells: list[str]) -> str:
    return next((cell for cell in cells if cell), "")


def split_key(text: str) -> tuple[str, int, str]:
    """Project (or nothing), number and key of `PROJECT-12`, `#12` or `12`."""
    found = KEY.fullmatch(text)
    if not found or not 0 < int(found[2]) <= LARGEST_NUMBER:
        raise BadRecord(f"“{text[:80]}” is not an issue's number or key, such as 12 or PROJECT-12.")
    return (found[1] or "").upper(), int(found[2]), text.lstrip("#")
