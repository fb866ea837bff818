"""How long issues took, by category: figures here, tests in `comparison`, which needs SciPy.

What resolution time means is the study's choice; its words stand in each report. There are two views: closed issues
only, and with the others followed as long as they were watched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from analysis.datasets import Codebook, LabelledIssue
from analysis.reports.agreement import NONE
from analysis.reports.curves import CategoryCurve, curves_by_group
from analysis.stats.durations import DurationSummary, LogBox, log_box, summarise
from analysis.stats.resolution import Definition, told
from analysis.stats.samples import Observed, Sample

ALL = "All issues"


@dataclass(frozen=True)
class CategoryTime:
    category: str
    colour: int
    summary: DurationSummary
    box: LogBox


@dataclass(frozen=True)
class LeftOut:
    """An issue without a resolution time: the key, its address, its categories, and why."""

    issue_id: int
    issue: str
    url: str
    categories: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class ResolutionTimeReport:
    """Unit: issues in each of their categories. `overall` counts each issue once, also those without a category.

    `open` have no resolution time, `impossible` a negative one: figures of closed issues leave out both. Figures that
    follow open ones leave out `followed_without` only.
    """

    definition: str
    unit: str
    seen: str
    taxonomy: str
    version: int
    categories: tuple[CategoryTime, ...]
    overall: DurationSummary
    curves: tuple[CategoryCurve, ...]
    several: int
    open: tuple[LeftOut, ...]
    impossible: tuple[LeftOut, ...]
    followed_without: int
    untimed: int = 0

    @property
    def not_drawn(self) -> int:
        """Durations of exactly 0: they have no place on a log axis."""
        return sum(row.box.zeros for row in self.categories)

    @property
    def closed_without(self) -> int:
        return len(self.open) + len(self.impossible) + self.untimed


def groups(labelled: Sequence[LabelledIssue], book: Codebook) -> dict[str, list[float | None]]:
    """Durations by top category, in the order of the taxonomy; None where there is none. Without unknown times."""
    labelled = [label for label in labelled if label.has_times]
    return {code.label: [label.days for label in labelled if code.label in label.tops] for code in book.tops}


def observed(labelled: Iterable[LabelledIssue], book: Codebook) -> Sample:
    """Each issue in each of its categories, resolved or followed; strata are the repositories."""
    names = [code.label for code in book.tops]
    rows = [row for label in labelled for name in names if name in label.tops for row in observation(label, name)]
    return Sample.of(rows, names)


def observation(label: LabelledIssue, group: str) -> list[Observed]:
    """None for an issue without a start, or that contradicts itself."""
    value = label.days if label.days is not None else label.watched
    if value is None or value < 0:
        return []
    return [Observed(value, label.days is not None, group, label.issue.rpartition("#")[0])]


def resolution_time_report(
    labelled: Sequence[LabelledIssue], book: Codebook, definition: Definition
) -> ResolutionTimeReport:
    colours = {code.label: code.colour for code in book.tops}
    by_category = groups(labelled, book)
    return ResolutionTimeReport(
        definition=told(definition),
        unit=definition.unit,
        seen=_last_seen([label.seen_at for label in labelled if label.seen_at], definition.zone),
        taxonomy=book.taxonomy,
        version=book.version,
        categories=tuple(
            CategoryTime(category, colours[category], summarise(category, days), log_box(category, days))
            for category, days in by_category.items()
        ),
        overall=summarise(ALL, [label.days for label in labelled if label.has_times]),
        curves=curves_by_group(observed(labelled, book), colours, definition.unit),
        several=sum(len(label.tops) > 1 and _is_timed(label) for label in labelled),
        open=_left_out(label for label in labelled if label.is_open),
        impossible=_left_out(label for label in labelled if label.is_impossible),
        followed_without=sum(not observation(label, ALL) for label in labelled),
        untimed=sum(not label.has_times for label in labelled),
    )


def _last_seen(moments: Sequence[datetime], zone: str) -> str:
    """The day on which the latest of them was read from its source."""
    return f"{max(moments).astimezone(ZoneInfo(zone)):%-d %b %Y} ({zone})" if moments else ""


def _is_timed(label: LabelledIssue) -> bool:
    return label.has_times and not label.is_open and not label.is_impossible


def _left_out(labelled: Iterable[LabelledIssue]) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(label.issue_id, label.issue, label.url, tuple(sorted(label.tops)) or (NONE,), label.because)
        for label in labelled
    )
