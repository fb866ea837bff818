"""What "resolution time" means: an explicit choice, and what it makes of one issue's life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STARTS = {
    "creation": "an issue’s creation",
    "first_label": "an issue’s first label",
    "first_response": "the first answer of a maintainer who is neither the issue’s author nor a bot",
}
ENDS = {
    "first_close": "its first close",
    "last_close": "its last close",
    "time_open": "its last close, without the time that it was closed in between",
}
UNTOLD = "untold"
# GitHub's reasons of a close; none is told of closes before 2022.
REASONS = {
    "completed": "completed",
    "not_planned": "not planned",
    "duplicate": "duplicate",
    "moved": "moved elsewhere",
    UNTOLD: "no reason told",
}
UNITS = {"hours": 3_600, "days": 86_400, "weeks": 604_800}
EVERY_REASON = tuple(REASONS)

STILL_OPEN = "still open"
NOT_RESOLVED = "closed in a way that does not count"
IMPOSSIBLE = "ends before it begins"
NO_START = {"first_label": "never labelled", "first_response": "never answered by a maintainer"}
EARLY = {"first_label": "closed before its first label", "first_response": "closed before its first answer"}


@dataclass(frozen=True)
class Definition:
    """`reasons` are those that count as resolved. `bots` and `stale`: whether closes by bots, and by stale-bots, do."""

    start: str = "creation"
    end: str = "last_close"
    reasons: tuple[str, ...] = EVERY_REASON
    bots: bool = True
    stale: bool = True
    unit: str = "days"
    zone: str = "UTC"

    @property
    def needs_events(self) -> bool:
        """The rows of issues tell the usual choice; any other needs what happened in between."""
        return (self.start, self.end, self.bots, self.stale) != ("creation", "last_close", True, True)


@dataclass(frozen=True)
class Close:
    at: datetime
    reason: str = UNTOLD
    by_bot: bool = False
    stale: bool = False


@dataclass(frozen=True)
class Life:
    """One issue, as last seen at `seen_at`. `closes` and `reopened` in the order of time."""

    created_at: datetime
    is_closed: bool
    seen_at: datetime
    closes: tuple[Close, ...] = ()
    reopened: tuple[datetime, ...] = ()
    first_label_at: datetime | None = None
    first_response_at: datetime | None = None


@dataclass(frozen=True)
class Measured:
    """`value` in the unit of the definition; where it has not `ended` it is the time watched. None: there is no start.

    `because` says why there is no resolution time; empty when there is one.
    """

    value: float | None
    ended: bool
    because: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether it can enter a figure with open issues in it."""
        return self.value is not None and self.value >= 0


def measure(life: Life, definition: Definition) -> Measured:
    begin = _start(life, definition.start)
    if begin is None:
        return Measured(None, False, NO_START[definition.start])
    end, ended = _end(life, definition)
    spent = end - begin
    if definition.end == "time_open":
        spent -= _closed_between(life, begin, end)
    value = spent.total_seconds() / UNITS[definition.unit]
    if value < 0:
        return Measured(value, ended, EARLY.get(definition.start, IMPOSSIBLE) if ended else IMPOSSIBLE)
    return Measured(value, ended, "" if ended else NOT_RESOLVED if life.is_closed else STILL_OPEN)


def counts(close: Close, definition: Definition) -> bool:
    """Whether it resolves the issue."""
    if close.stale:
        return definition.stale and close.reason in definition.reasons
    return close.reason in definition.reasons and (definition.bots or not close.by_bot)


def told(definition: Definition) -> str:
    """The choice in words, to stand beside every figure."""
    excluded = [_closes_as(reason) for reason in REASONS if reason not in definition.reasons]
    excluded += ["closes by bots"] * (not definition.bots) + ["closes of stale issues by bots"] * (not definition.stale)
    resolved = f"Not counted as resolved: {_listed(excluded)}." if excluded else "Every close counts as resolved."
    return (
        f"Resolution time: from {STARTS[definition.start]} to {ENDS[definition.end]}, in {definition.unit}. {resolved} "
        "Issues that are not resolved are followed until they were last seen."
    )


def _closes_as(reason: str) -> str:
    return "closes without a reason" if reason == UNTOLD else f"closes as {REASONS[reason]}"


def _start(life: Life, start: str) -> datetime | None:
    return {
        "creation": life.created_at,
        "first_label": life.first_label_at,
        "first_response": life.first_response_at,
    }[start]


def _end(life: Life, definition: Definition) -> tuple[datetime, bool]:
    """When it was resolved, else until when it was watched: an issue that was closed otherwise until that close."""
    last = life.closes[-1] if life.is_closed and life.closes else None
    watched = last.at if last else life.seen_at
    if definition.end == "first_close":
        counted = [close.at for close in life.closes if counts(close, definition)]
        return (counted[0], True) if counted else (watched, False)
    return watched, last is not None and counts(last, definition)


def _closed_between(life: Life, begin: datetime, end: datetime) -> timedelta:
    """How long the issue was closed between two moments."""
    spent, closed_at = timedelta(), None
    moments = sorted([*((close.at, True) for close in life.closes), *((at, False) for at in life.reopened)])
    for at, closes in moments:
        if closes:
            closed_at = closed_at or at
        elif closed_at:
            spent += max(timedelta(), min(at, end) - max(closed_at, begin))
            closed_at = None
    return spent


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
