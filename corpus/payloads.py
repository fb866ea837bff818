"""GitHub's REST objects as records: the same for what the API sends and for what stands in a file."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from corpus.models import EventKind
from corpus.records import BadRecord, CommentRecord, EventRecord, IssueRecord

ISSUE_ADDRESS = re.compile(r"/([A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,150})/(?:issues|pull)/(\d{1,10})/?(?:[?#].*)?$")
PULL_ADDRESS = re.compile(r"/pull/\d+/?$")
FULL_NAME = re.compile(r"([A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,150})")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LARGEST_NUMBER = 2**31 - 1
LARGEST_ID = 2**63 - 1

# By kind: the name under which it is kept, the key, and the object that the key is of.
TOLD: dict[str, dict[str, tuple[str, str]]] = {
    "closed": {"state_reason": ("state_reason", ""), "commit": ("commit_id", ""), "commit_url": ("commit_url", "")},
    "reopened": {"state_reason": ("state_reason", ""), "commit": ("commit_id", "")},
    "renamed": {"from": ("from", "rename"), "to": ("to", "rename")},
    "labeled": {"label": ("name", "label")},
    "unlabeled": {"label": ("name", "label")},
    "assigned": {"assignee": ("login", "assignee")},
    "unassigned": {"assignee": ("login", "assignee")},
    "milestoned": {"milestone": ("title", "milestone")},
    "demilestoned": {"milestone": ("title", "milestone")},
}

REPLACED = "Characters that a database cannot hold (NUL or half a surrogate pair) were replaced by U+FFFD."
NO_ZONE = "A date has no time zone; UTC was assumed."
CLOSED_BEFORE_CREATED = "Closed before it was opened; the dates are kept as they stand. Check them."


class Reading:
    """Takes values out of one payload, in the types of our rows, and notes what had to be assumed or replaced."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self.payload = payload
        self.notes: list[str] = []

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def clean(self, text: str) -> str:
        if text.isascii() and "\0" not in text:
            return text
        cleaned, count = UNSTORABLE.subn("\ufffd", text)
        if count:
            self.note(REPLACED)
        return cleaned

    def text(self, key: str, *, within: str = "") -> str:
        """A string, empty when the key is absent or null. With `within`, of the object under that key."""
        holder = self.payload.get(within) if within else self.payload
        value = holder.get(key) if isinstance(holder, Mapping) else None
        if value is None:
            return ""
        if not isinstance(value, str):
            raise BadRecord(f"“{key}” is not text.")
        return self.clean(value)

    def moment(self, key: str) -> datetime | None:
        text = self.text(key).strip()
        if not text:
            return None
        try:
            read = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
            if read.tzinfo is None:
                self.note(NO_ZONE)
                read = read.replace(tzinfo=UTC)
            return read.astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadRecord(f"“{key}” is not a date. Write it as 2026-03-01T12:00:00Z.") from None

    def created_at(self) -> datetime:
        created = self.moment("created_at")
        if created is None:
            raise BadRecord("“created_at” is empty. Write when it was opened, as 2026-03-01T12:00:00Z.")
        return created

    def number(self, key: str, largest: int) -> int | None:
        value = self.payload.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= largest:
            raise BadRecord(f"“{key}” is not a whole number that can be used here.")
        return value

    def is_bot(self) -> bool:
        return self.text("type", within="user") == "Bot" or self.text("login", within="user").endswith("[bot]")

    def labels(self) -> tuple[str, ...] | None:
        """Names of the labels; a label is an object with a name, or (in old answers) the name itself."""
        labels = self.payload.get("labels")
        if labels is None:
            return None
        if not isinstance(labels, list):
            raise BadRecord("“labels” is not a list.")
        names = [label.get("name") if isinstance(label, Mapping) else label for label in labels]
        return tuple(self.clean(name) for name in names if isinstance(name, str))


def is_pull_request(payload: Mapping[str, Any]) -> bool:
    """GitHub lists pull requests among the issues; they alone carry this key, or an address of their own."""
    return bool(payload.get("pull_request")) or is_pull_address(payload.get("html_url"))


def is_pull_address(address: Any) -> bool:
    return bool(PULL_ADDRESS.search(str(address or "").partition("#")[0]))


def split_full_name(text: str) -> tuple[str, str]:
    """Owner and name of `owner/name`. BadRecord when it is written otherwise."""
    found = FULL_NAME.fullmatch(text.strip())
    if not found:
        raise BadRecord(f"“{text[:80]}” is not a repository. Write it as owner/name, such as tidewater/captioner.")
    return found[1], found[2]


def split_address(text: str) -> tuple[str, str, int]:
    """Owner, name and number that an issue's address ends with, on GitHub's pages or in its API."""
    found = ISSUE_ADDRESS.search(text.strip())
    if not found or not 0 < int(found[3]) <= LARGEST_NUMBER:
        raise BadRecord(f"“{text[:120]}” is not the address of an issue. It must end with owner/name/issues/number.")
    return found[1], found[2], int(found[3])


def is_web_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def read_issue(
    payload: Mapping[str, Any], repository: str = "", *, at: tuple[str, str, int, str] | None = None
) -> tuple[IssueRecord, list[str]]:
    """The record and what was assumed in it. `repository` outranks what the payload says; `at` outranks both with
    owner, name, number and address. BadRecord when unusable."""
    reading = Reading(payload)
    owner, name, number, url = at or locate(reading, repository)
    created, closed = reading.created_at(), reading.moment("closed_at")
    record = IssueRecord(
        owner=owner,
        name=name,
        number=number,
        title=title_of(reading),
        body=reading.text("body"),
        url=url,
        state=state_of(reading, closed),
        created_at=created,
        closed_at=closed,
        github_id=reading.number("id", LARGEST_ID),
        author=reading.text("login", within="user")[:100],
        author_association=reading.text("author_association")[:30],
        author_is_bot=reading.is_bot(),
        state_reason=reading.text("state_reason")[:30],
        labels=reading.labels(),
        milestone=reading.text("title", within="milestone"),
        closed_by=reading.text("login", within="closed_by")[:100] if "closed_by" in payload else None,
        updated_at=reading.moment("updated_at"),
    )
    note_order(reading, created, closed)
    return record, reading.notes


def locate(reading: Reading, repository: str) -> tuple[str, str, int, str]:
    """Owner, name, number and address: from the repository's name and the number, else from the address alone."""
    address = reading.text("html_url") or reading.text("url")
    told = reading.payload.get("repository")
    full_name = repository or (told if isinstance(told, str) else "")
    if not full_name:
        return *split_address(address), web_address(address)
    owner, name = split_full_name(full_name)
    number = reading.number("number", LARGEST_NUMBER)
    if number is None:
        number = split_address(address)[2]
    return owner, name, number, web_address(address or f"https://github.com/{owner}/{name}/issues/{number}")


def web_address(text: str) -> str:
    if not is_web_address(text):
        raise BadRecord(f"“{text[:120]}” is not a web address. Begin it with https://.")
    return text


def title_of(reading: Reading) -> str:
    title = reading.text("title").strip()
    if not title:
        raise BadRecord("“title” is empty.")
    return title


def state_of(reading: Reading, closed: datetime | None) -> str:
    state = reading.text("state").lower()
    if state not in ("", "open", "closed"):
        raise BadRecord(f"“state” is “{state[:30]}”, neither open nor closed.")
    return state or ("closed" if closed else "open")


def note_order(reading: Reading, created: datetime, closed: datetime | None) -> None:
    if closed is not None and closed < created:
        reading.note(CLOSED_BEFORE_CREATED)


def read_comment(payload: Mapping[str, Any], repository: str = "") -> tuple[CommentRecord, list[str]]:
    """As `read_issue`, for a comment: its issue is named by `issue_url`."""
    reading = Reading(payload)
    owner, name, number = split_address(reading.text("issue_url") or reading.text("html_url"))
    if repository:
        owner, name = split_full_name(repository)
    github_id = reading.number("id", LARGEST_ID)
    if github_id is None:
        raise BadRecord("The comment has no “id”.")
    record = CommentRecord(
        owner=owner,
        name=name,
        number=number,
        github_id=github_id,
        created_at=reading.created_at(),
        text=reading.text("body"),
        author=reading.text("login", within="user")[:100],
        author_association=reading.text("author_association")[:30],
        author_is_bot=reading.is_bot(),
    )
    return record, reading.notes


def read_event(payload: Mapping[str, Any], repository: str = "") -> tuple[EventRecord | None, list[str]]:
    """As `read_issue`, for an event. None for kinds that do not matter here, and for pull requests."""
    reading = Reading(payload)
    kind = reading.text("event")
    issue = payload.get("issue")
    if kind not in EventKind.values or (isinstance(issue, Mapping) and is_pull_request(issue)):
        return None, []
    owner, name, number = place_of_event(reading, repository)
    record = EventRecord(
        owner=owner,
        name=name,
        number=number,
        kind=kind,
        at=reading.created_at(),
        actor=reading.text("login", within="actor")[:100],
        data=told_by(reading, kind),
        github_id=reading.number("id", LARGEST_ID),
    )
    return record, reading.notes


def place_of_event(reading: Reading, repository: str) -> tuple[str, str, int]:
    """The issue comes with the event, or its number or address does."""
    issue = reading.payload.get("issue")
    within = Reading(issue) if isinstance(issue, Mapping) else reading
    told = reading.payload.get("repository")
    full_name = repository or (told if isinstance(told, str) else "")
    number = within.number("number" if within is not reading else "issue_number", LARGEST_NUMBER)
    if full_name and number:
        return *split_full_name(full_name), number
    return split_address(within.text("html_url") or within.text("url") or reading.text("issue_url"))


def told_by(reading: Reading, kind: str) -> dict[str, str]:
    """What this kind of event has to tell, without what is not told."""
    said = {name: reading.text(key, within=within) for name, (key, within) in TOLD.get(kind, {}).items()}
    return {name: value for name, value in said.items() if value}
