"""How raters come along: by hand on rows whose times are set."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Round, RoundRater
from annotator.queries.pace import Course, calendar_of, courses_of, expected_end, in_words, stalled_in_words
from annotator.queries.rounds import Progress
from annotator.services.changing import pause_round, resume_round
from annotator.services.phases import close_round
from annotator.states import Outcome, Phase
from studies.models import Event, Membership, Study
from tests import factories

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # the round's start


def minutes(*given: float) -> list[datetime]:
    return [NOON + timedelta(minutes=each) for each in given]


def course(times: list[datetime], *, missing: int = 10, now: datetime = NOON, since: datetime | None = NOON) -> Course:
    progress = Progress(Membership(alias="rater-1"), coded=len(times), given=len(times) + missing)
    return Course(progress, now, times, since)


def test_the_pace_is_the_median_gap_without_breaks() -> None:
    # Gaps of 1 to 10 minutes, a break of 31 and one of exactly 30 minutes, which counts.
    at, steps = [0.0], [1, 2, 3, 4, 5, 31, 6, 7, 8, 9, 10, 30]
    for step in steps:
        at.append(at[-1] + step)
    found = course(minutes(*at), missing=20)
    assert len(found.gaps) == 11
    assert found.pace == timedelta(minutes=6)
    assert found.pace_in_words == "6 min"
    assert (found.work_left, found.work_left_in_words) == (timedelta(hours=2), "2 h")


def test_too_few_gaps_are_said_to_be_too_few() -> None:
    nine = course(minutes(*range(10)))
    assert (nine.pace, nine.pace_in_words, nine.work_left, nine.work_left_in_words) == (None, "", None, "")
    assert nine.why_no_pace == "too few to say: 9 of the 10 gaps between submits that a pace needs"
    assert course(minutes(*range(11))).pace == timedelta(minutes=1)
    assert course([]).last_at is None


def days(*numbers: int) -> list[datetime]:
    """So many submits on the first day, the second, …"""
    return [NOON + timedelta(days=day, minutes=each) for day, number in enumerate(numbers) for each in range(number)]


def test_the_date_goes_by_the_days_that_count_and_those_without_a_submit() -> None:
    now = NOON + timedelta(days=3)  # 4 + 0 + 2 + 0 in four days: 1.5 a day, 10 more in 6.7 days
    found = course(days(4, 0, 2), now=now)
    assert found.a_day == 1.5
    assert found.done_on == date(2026, 3, 11)
    assert course(days(4, 0, 2), now=now, since=None).done_on is None


def test_only_the_last_days_say_when_it_is_done() -> None:
    found = course(days(90, *[0] * 13, 5, 5), now=NOON + timedelta(days=15))
    assert found.a_day == 10 / 15
    assert found.done_on == date(2026, 3, 31)


@pytest.mark.parametrize("times", [[], days(30)])
def test_one_day_alone_says_no_date(times: list[datetime]) -> None:
    found = course(times)
    assert (found.a_day, found.done_on) == (None, None)
    assert found.why_no_date == "too few to say: a date needs submits on 2 of the last 14 days"
    assert course(times, since=None).why_no_date == "the round does not go on now"
    assert course(times, missing=0).why_no_date == "nothing is missing"


def test_who_submits_nothing_for_days_stands_still() -> None:
    times = days(2)
    assert not course(times, now=NOON + timedelta(days=3)).is_stalled
    late = course(times, now=NOON + timedelta(days=3, minutes=1))
    assert (late.is_stalled, late.days_stalled) == (True, 3)
    assert course([], now=NOON + timedelta(days=5)).stalled_for == timedelta(days=5)
    assert course([], now=NOON + timedelta(days=5), since=None).days_stalled == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "under 1 s"), (47.6, "48 s"), (60, "1 min"), (207, "3 min 20 s"), (599, "9 min 50 s"), (860, "14 min"),
        (5340, "89 min"), (5400, "1 h 30 min"), (7200, "2 h"), (36000, "10 h"), (4320000, "1,200 h"),
    ],
)  # fmt: skip
def test_times_are_told_with_the_figures_that_they_are_worth(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


# On rows


@pytest.fixture
def issues(study: Study) -> list[Any]:
    repository = factories.repository(study)
    return [factories.issue(repository, number=number) for number in range(1, 13)]


@pytest.fixture
def running(study: Study, members: dict[str, Membership], lead: Any, issues: Any) -> Round:
    version = factories.taxonomy(study, by=lead)
    return factories.round_of(version, issues, [members["rater_a"], members["rater_b"]])


def submit(round: Round, alias: str, times: list[datetime], *names: str) -> None:
    rows = Assignment.objects.filter(round_issue__round=round, member__alias=alias).order_by("position")
    for row, at in zip(rows, times, strict=False):
        factories.coding(row, names, submitted_at=at)


def test_an_issue_counts_on_the_day_of_its_first_submit(running: Round) -> None:
    submit(running, "rater-1", days(2, 1))
    submit(running, "rater-1", [NOON + timedelta(days=9)])  # the first issue again
    first, second = courses_of(running, NOON + timedelta(days=2))
    assert first.days == {date(2026, 3, 1): 2, date(2026, 3, 2): 1}
    assert (first.missing, first.last_at) == (9, NOON + timedelta(days=1))
    assert (second.days, second.missing, second.since) == ({}, 12, NOON)


def test_what_was_submitted_leaks_nowhere(running: Round, client: Client, lead: Any) -> None:
    client.force_login(lead)
    submit(running, "rater-1", days(3), "Memory")
    url = reverse("api-round-progress", args=[running.study.slug, 1])
    before = client.get(url).json()
    Assignment.objects.get(codings__pk__isnull=False, position=0, member__alias="rater-1").codings.update(
        outcome=Outcome.UNCLEAR, memo="Other", flagged=True
    )
    after = client.get(url).json()
    assert after == before
    assert set(after[0]) == {
        "rater", "coded", "missing", "days", "gaps", "pace_seconds", "work_left_seconds", "expected_on",
        "last_submit_at", "stalled_days",
    }  # fmt: skip


def test_waiting_begins_with_the_start_the_coming_and_the_end_of_a_pause(
    running: Round, members: dict[str, Membership], lead: Any
) -> None:
    came = NOON + timedelta(days=4)
    RoundRater.objects.create(round=running, member=members["rater_b"], added_at=came)
    assert [course.since for course in courses_of(running)] == [NOON, came]
    paused = pause_round(round=running, reason="Holidays", by=lead)
    assert [course.since for course in courses_of(paused)] == [None, None]
    resumed = resume_round(round=paused, by=lead)
    at = Event.objects.get(verb="resumed").at
    assert [course.since for course in courses_of(resumed)] == [at, at]
    assert [course.since for course in courses_of(close_round(round=resumed, by=lead))] == [None, None]


def test_who_has_coded_all_is_not_waited_for(running: Round) -> None:
    submit(running, "rater-1", days(12))
    first, second = courses_of(running, NOON + timedelta(days=8))
    assert (first.since, first.is_stalled, second.is_stalled) == (None, False, True)
    assert stalled_in_words([first, second]) == (
        "Nothing was submitted, while issues are open, by rater_b (rater-2) for 8 days."
    )
    assert stalled_in_words([first]) == ""


def test_the_end_is_told_when_it_is_known_of_all(running: Round) -> None:
    now = NOON + timedelta(days=1)
    submit(running, "rater-1", days(3, 3))
    assert expected_end(courses_of(running, now)) is None
    submit(running, "rater-2", days(1, 1))
    assert expected_end(courses_of(running, now)) == date(2026, 3, 12)
    assert expected_end([]) is None


def test_the_calendar_ends_today_or_with_the_last_submit(running: Round) -> None:
    submit(running, "rater-1", days(2, 0, 1))
    courses = courses_of(running, NOON + timedelta(days=4))
    calendar = calendar_of(courses, running)
    assert [numbers for _, numbers in calendar.rows] == [[2, 0, 1, 0, 0], [0, 0, 0, 0, 0]]
    assert (calendar.most, calendar.width, calendar.head) == (2, 14, "Since 1 Mar")
    assert calendar.label == "Submits a day from 1 Mar to 5 Mar, at most 2"
    assert calendar.by_day == [(date(2026, 3, 3), [1, 0]), (date(2026, 3, 1), [2, 0])]
    running.phase = Phase.DISCUSSION
    assert len(calendar_of(courses, running).days) == 3


def test_the_calendar_shows_four_weeks(running: Round) -> None:
    submit(running, "rater-1", days(1, *[0] * 39, 1))
    calendar = calendar_of(courses_of(running, NOON + timedelta(days=40)), running)
    assert (len(calendar.days), calendar.days[-1], calendar.width) == (28, date(2026, 4, 10), 28)
    assert calendar.by_day == [(date(2026, 4, 10), [1, 0])]


# Pages and API


def shown(round: Round, person: Any) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(reverse("round", args=[round.study.slug, round.number]))
    return " ".join(response.content.decode().split())


def test_a_lead_reads_of_all_and_a_rater_of_themselves(
    running: Round, lead: Any, rater_a: Any, rater_b: Any, observer: Any
) -> None:
    submit(running, "rater-1", minutes(*range(0, 36, 3)))
    page = shown(running, lead)
    assert page.count('class="days"') == 2
    assert '<th scope="col" class="num">rater-2</th>' in page
    assert "Nothing was submitted, while issues are open, by rater_b (rater-2) for" in page
    own = shown(running, rater_a)
    assert own.count('class="days"') == 1
    assert "Your pace" in own
    assert '<td class="num nowrap">3 min</td>' in own
    assert "Nothing was submitted" not in own
    for other in (rater_b, observer):
        assert 'class="days"' not in shown(running, other)
        assert "3 min" not in shown(running, other)


def test_the_api_tells_the_same(running: Round, client: Client, lead: Any, rater_a: Any, observer: Any) -> None:
    submit(running, "rater-1", minutes(*range(0, 36, 3))[:11])
    url = reverse("api-round-progress", args=[running.study.slug, 1])
    client.force_login(rater_a)
    (own,) = client.get(url).json()
    assert own["last_submit_at"] == "2026-03-01T12:30:00Z"
    assert own["days"] == [{"day": "2026-03-01", "submitted": 11}]
    assert (own["coded"], own["missing"], own["gaps"]) == (11, 1, 10)
    assert (own["pace_seconds"], own["work_left_seconds"], own["expected_on"]) == (180.0, 180.0, None)
    assert own["stalled_days"] > 100
    client.force_login(lead)
    first, second = client.get(url).json()
    assert first == own
    assert (second["rater"], second["pace_seconds"], second["work_left_seconds"]) == ("rater-2", None, None)
    assert (second["days"], second["last_submit_at"]) == ([], None)
    client.force_login(observer)
    assert client.get(url).json() == []


def test_queries_do_not_grow(
    study: Study, members: dict[str, Membership], lead: Any, issues: Any, django_assert_num_queries: Any
) -> None:
    version = factories.taxonomy(study, by=lead)
    raters = [members[name] for name in ("lead", "rater_a", "rater_b")]
    small, large = (factories.round_of(version, issues[:end], raters[:end]) for end in (1, 12))
    for round in (small, large):
        submit(round, "lead-1", days(1, 1))
        with django_assert_num_queries(5):
            courses_of(round)
