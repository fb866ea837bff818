"""How raters come along in a round: when they submitted, never what. First submits alone; an issue counts once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from math import ceil
from statistics import median

from django.utils import timezone

from annotator.models import Coding, Round, RoundRater
from annotator.queries.pool import is_pool
from annotator.queries.rounds import Progress, progress_of
from annotator.states import Phase
from annotator.visibility import Thing, sees, viewer_of
from studies.models import Event, Membership

# A longer gap between two submits is a break, and not the time that an issue took.
LONGEST_GAP = timedelta(minutes=30)
# With fewer gaps no pace is told, with submits on fewer days no date.
FEWEST_GAPS = 10
FEWEST_DAYS = 2
# The days whose submits say when a rater will be done.
RECENT = timedelta(days=14)
STALLED_AFTER = timedelta(days=3)
DAYS_SHOWN, FEWEST_SHOWN = 28, 14


def in_words(time: timedelta) -> str:
    """With as many figures as it is worth: 48 s, 3 min 20 s, 45 min, 3 h 20 min, 12 h."""
    seconds = round(time.total_seconds())
    if seconds < 1:
        return "under 1 s"
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return f"{seconds // 60} min" + (f" {rest} s" if (rest := seconds % 60 // 10 * 10) else "")
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 600:
        return f"{minutes // 60} h" + (f" {rest} min" if (rest := minutes % 60 // 10 * 10) else "")
    return f"{round(minutes / 60):,} h"


@dataclass(frozen=True)
class Course:
    """One rater's way through a round. `times` are those of the first submits, in order; `since` is from when on a
    submit is waited for: none while the round does not run, is paused, or nothing is open. In a `shared` pool what
    is missing is nobody's own, so that neither work nor a date is told of one rater."""

    progress: Progress
    now: datetime
    times: list[datetime] = field(default_factory=list)
    since: datetime | None = None
    shared: bool = False

    @property
    def member(self) -> Membership:
        return self.progress.member

    @property
    def missing(self) -> int:
        return self.progress.missing

    @property
    def last_at(self) -> datetime | None:
        return self.times[-1] if self.times else None

    @cached_property
    def days(self) -> Counter[date]:
        return Counter(time.date() for time in self.times)

    @cached_property
    def gaps(self) -> list[timedelta]:
        return [gap for first, second in pairwise(self.times) if (gap := second - first) <= LONGEST_GAP]

    @cached_property
    def pace(self) -> timedelta | None:
        """The median gap between two submits, breaks left out. None with too few to say."""
        if len(self.gaps) < FEWEST_GAPS:
            return None
        return timedelta(seconds=median(gap.total_seconds() for gap in self.gaps))

    @property
    def pace_in_words(self) -> str:
        return in_words(self.pace) if self.pace is not None else ""

    @property
    def why_no_pace(self) -> str:
        return f"too few to say: {len(self.gaps)} of the {FEWEST_GAPS} gaps between submits that a pace needs"

    @property
    def work_left(self) -> timedelta | None:
        """At the own pace, without breaks."""
        return self.pace * self.missing if self.pace is not None and not self.shared else None

    @property
    def why_no_work(self) -> str:
        return "the raters share what is left" if self.shared else self.why_no_pace

    @property
    def work_left_in_words(self) -> str:
        return in_words(self.work_left) if self.work_left is not None else ""

    @cached_property
    def a_day(self) -> float | None:
        """Issues a day over the last days, those without any counted as well. None with too few days to say."""
        first = max(self.now - RECENT, self.times[0]).date() if self.times else self.now.date()
        recent = [day for day in self.days if day >= first]
        if len(recent) < FEWEST_DAYS:
            return None
        return sum(self.days[day] for day in recent) / ((self.now.date() - first).days + 1)

    @property
    def done_on(self) -> date | None:
        """When the last issue is expected, if the rater goes on as in the last days."""
        if self.since is None or self.a_day is None or self.shared:
            return None
        return self.now.date() + timedelta(days=ceil(self.missing / self.a_day))

    @property
    def why_no_date(self) -> str:
        if not self.missing:
            return "nothing is missing"
        if self.since is None:
            return "the round does not go on now"
        if self.shared:
            return "the raters share what is left"
        return f"too few to say: a date needs submits on {FEWEST_DAYS} of the last {RECENT.days} days"

    @property
    def stalled_for(self) -> timedelta | None:
        """How long nothing was submitted while work was open, when that is too long."""
        if self.since is None:
            return None
        waits = self.now - max(self.since, self.last_at or self.since)
        return waits if waits >= STALLED_AFTER else None

    @property
    def is_stalled(self) -> bool:
        return self.stalled_for is not None

    @property
    def days_stalled(self) -> int:
        return self.stalled_for.days if self.stalled_for else 0


def courses_of(round: Round, now: datetime | None = None) -> list[Course]:
    """One a rater, by alias, whether somebody reads them is the caller's to ask. Five queries."""
    now = now or timezone.now()
    times = submits_in(round)
    took_part = {rater.member_id: rater for rater in RoundRater.objects.filter(round=round)}
    resumed = last_resumed(round)
    return [
        Course(
            progress,
            now,
            times.get(progress.member.pk, []),
            waited_since(round, progress, took_part.get(progress.member.pk), resumed),
            is_pool(round),
        )
        for progress in progress_of(round)
    ]


def seen_by(viewer: Membership, round: Round, courses: Sequence[Course]) -> list[Course]:
    """All for a lead, their own for a rater."""
    all_of_them = sees(Thing.PACE, round.phase, viewer_of(viewer))
    return [course for course in courses if all_of_them or course.member == viewer]


def submits_in(round: Round) -> dict[int, list[datetime]]:
    """Times of the first submits by member, in order. None of a round that was imported: its times are the import's."""
    found: dict[int, list[datetime]] = {}
    if round.is_imported:
        return found
    rows = Coding.objects.filter(revision=1, assignment__round_issue__round=round)
    for member, at in rows.order_by("submitted_at").values_list("assignment__member", "submitted_at"):
        found.setdefault(member, []).append(at)
    return found


def last_resumed(round: Round) -> datetime | None:
    events = Event.objects.filter(study=round.study_id, verb="resumed", target=str(round).lower())
    return events.order_by("-pk").values_list("at", flat=True).first()


def waited_since(
    round: Round, progress: Progress, rater: RoundRater | None, resumed: datetime | None
) -> datetime | None:
    if round.phase != Phase.INDEPENDENT or round.paused_at or not progress.missing:
        return None
    begun = [round.started_at, resumed, rater.added_at if rater else None]
    return max(moment for moment in begun if moment)


@dataclass(frozen=True)
class Calendar:
    """The days of a round side by side: as many as are shown, up to the last one that counts."""

    days: list[date]
    rows: list[tuple[Course, list[int]]]

    @property
    def most(self) -> int:
        return max((number for _, numbers in self.rows for number in numbers), default=0)

    @property
    def width(self) -> int:
        """Days beside each other; bars of a young round stay narrow."""
        return max(len(self.days), FEWEST_SHOWN)

    @property
    def label(self) -> str:
        return f"Submits a day from {self.days[0]:%-d %b} to {self.days[-1]:%-d %b}, at most {self.most}"

    @property
    def head(self) -> str:
        return f"Since {self.days[0]:%-d %b}"

    @property
    def by_day(self) -> list[tuple[date, list[int]]]:
        """Newest first, days without a submit left out."""
        columns = zip(self.days, zip(*(numbers for _, numbers in self.rows), strict=True), strict=True)
        return [(day, list(numbers)) for day, numbers in columns if any(numbers)][::-1]


def calendar_of(courses: Sequence[Course], round: Round) -> Calendar:
    """Up to today while the round runs, else up to the last submit."""
    dates = [day for course in courses for day in course.days]
    if not dates:
        return Calendar([], [])
    last = courses[0].now.date() if round.phase == Phase.INDEPENDENT else max(dates)
    first = max(min(dates), last - timedelta(days=DAYS_SHOWN - 1))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return Calendar(days, [(course, [course.days[day] for day in days]) for course in courses])


def stalled_in_words(courses: Sequence[Course]) -> str:
    """For the lead; empty when nobody stands still."""
    told = [f"{course.member.user} ({course.member.alias}) for {course.days_stalled} days" for course in courses
            if course.is_stalled]  # fmt: skip
    return f"Nothing was submitted, while issues are open, by {'; '.join(told)}." if told else ""


def expected_end(courses: Sequence[Course], shared: int = 0) -> date | None:
    """When the last of those who have something open is expected. None when one of them cannot be told. What is left in
    a pool goes by all raters' issues a day together."""
    if shared:
        a_day = sum(course.a_day or 0 for course in courses if course.since)
        return courses[0].now.date() + timedelta(days=ceil(shared / a_day)) if a_day else None
    dates = [course.done_on for course in courses if course.since]
    known = [day for day in dates if day]
    return max(known) if known and len(known) == len(dates) else None
