from datetime import UTC, datetime, timedelta

import pytest

from analysis.stats.resolution import (
    EARLY,
    IMPOSSIBLE,
    NO_START,
    NOT_RESOLVED,
    STILL_OPEN,
    UNTOLD,
    Close,
    Definition,
    Life,
    Measured,
    counts,
    measure,
    told,
)


def day(number):
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number)


def life(closes=(), reopened=(), *, closed=True, seen=100, **fields):
    made = tuple(close if isinstance(close, Close) else Close(day(close)) for close in closes)
    return Life(day(0), closed, day(seen), made, tuple(map(day, reopened)), **fields)


TWICE = life([10, 30], [20])
REOPENED = life([10], [20], closed=False)
NEVER = life(closed=False)


@pytest.mark.parametrize(
    ("given", "end", "expected"),
    [
        (TWICE, "first_close", Measured(10, True)),
        (TWICE, "last_close", Measured(30, True)),
        (TWICE, "time_open", Measured(20, True)),
        (REOPENED, "first_close", Measured(10, True)),
        (REOPENED, "last_close", Measured(100, False, STILL_OPEN)),
        (REOPENED, "time_open", Measured(90, False, STILL_OPEN)),
        (NEVER, "first_close", Measured(100, False, STILL_OPEN)),
        (NEVER, "time_open", Measured(100, False, STILL_OPEN)),
        (life([10, 12, 30], [20]), "time_open", Measured(20, True)),
        (life([30], [20]), "time_open", Measured(30, True)),
        (life(), "last_close", Measured(100, False, NOT_RESOLVED)),
    ],
)
def test_ends(given, end, expected):
    assert measure(given, Definition(end=end)) == expected


@pytest.mark.parametrize("start", ["first_label", "first_response"])
def test_starts(start):
    begun = life([10], **{f"{start}_at": day(4)})
    late = life([10], **{f"{start}_at": day(14)})
    assert measure(begun, Definition(start=start)) == Measured(6, True)
    assert measure(late, Definition(start=start)) == Measured(-4, True, EARLY[start])
    assert measure(life([10]), Definition(start=start)) == Measured(None, False, NO_START[start])


def test_only_the_time_closed_after_the_start_is_taken_off():
    begun = life([10, 30], [20], first_label_at=day(15))
    assert measure(begun, Definition(start="first_label", end="time_open")) == Measured(10, True)


def test_what_contradicts_itself_is_said():
    assert measure(life([-1]), Definition()) == Measured(-1, True, IMPOSSIBLE)
    assert measure(life(closed=False, seen=-2), Definition()) == Measured(-2, False, IMPOSSIBLE)
    usable = [measure(each, Definition()).is_usable for each in (life([-1]), NEVER, TWICE)]
    assert usable == [False, True, True]
    assert not measure(NEVER, Definition(start="first_label")).is_usable


def test_a_close_that_does_not_count_ends_the_watch_there():
    wont = life([Close(day(10), "not_planned")])
    only = Definition(reasons=("completed", UNTOLD))
    assert measure(wont, only) == Measured(10, False, NOT_RESOLVED)
    later = life([Close(day(10), "not_planned"), Close(day(30), "completed")], [20])
    assert measure(later, Definition(end="first_close", reasons=("completed",))) == Measured(30, True)


@pytest.mark.parametrize(
    ("close", "definition", "expected"),
    [
        (Close(day(1)), Definition(), True),
        (Close(day(1)), Definition(reasons=("completed",)), False),
        (Close(day(1), by_bot=True), Definition(), True),
        (Close(day(1), by_bot=True), Definition(bots=False), False),
        (Close(day(1), by_bot=True), Definition(stale=False), True),
        (Close(day(1), by_bot=True, stale=True), Definition(stale=False), False),
        (Close(day(1), by_bot=True, stale=True), Definition(bots=False), True),
        (Close(day(1), "duplicate", by_bot=True, stale=True), Definition(reasons=()), False),
    ],
)
def test_which_closes_count(close, definition, expected):
    assert counts(close, definition) is expected


def test_units():
    assert [measure(TWICE, Definition(unit=unit)).value for unit in ("hours", "days", "weeks")] == [720, 30, 30 / 7]


def test_in_words():
    assert told(Definition()) == (
        "Resolution time: from an issue’s creation to its last close, in days. Every close counts as resolved. "
        "Issues that are not resolved are followed until they were last seen."
    )
    narrow = Definition("first_response", "time_open", ("completed",), bots=False, stale=False, unit="hours")
    assert (
        "Not counted as resolved: closes as not planned, closes as duplicate, closes as moved elsewhere, "
        "closes without a reason, closes by bots and closes of stale issues by bots." in told(narrow)
    )
    assert "Not counted as resolved: closes by bots." in told(Definition(bots=False))


def test_only_the_usual_choice_can_be_read_from_the_issues_alone():
    assert not Definition(reasons=("completed",), unit="hours").needs_events
    others = Definition(end="first_close"), Definition("first_label"), Definition(bots=False), Definition(stale=False)
    assert all(other.needs_events for other in others)
