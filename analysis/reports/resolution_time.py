"""How long issues took to close, by category: figures here, tests in `comparison`, which needs SciPy.

Resolution time: from the creation of an issue to its last close, in days. Open issues have none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.datasets import Codebook, LabelledIssue
from analysis.reports.agreement import NONE
from analysis.stats.durations import DurationSummary, LogBox, log_box, summarise

DEFINITION = (
    "Resolution time is the time from an issue’s creation to its close, in days, as GitHub gives both times: "
    "for an issue that was closed, reopened and closed again, its last close. "
    "Issues that are still open have none; they are counted and named."
)


@dataclass(frozen=True)
class CategoryTime:
    category: str
    colour: int
    summary: DurationSummary
    box: LogBox


@dataclass(frozen=True)
class LeftOut:
    """An issue without a resolution time: the key, its address, and its categories."""

    issue_id: int
    issue: str
    url: str
    categories: tuple[str, ...]


@dataclass(frozen=True)
class ResolutionTimeReport:
    """Unit: issues in each of their categories. `overall` counts each issue once, also those without a category."""

    definition: str
    taxonomy: str
    version: int
    categories: tuple[CategoryTime, ...]
    overall: DurationSummary
    several: int
    open: tuple[LeftOut, ...]
    impossible: tuple[LeftOut, ...]
    untimed: int = 0

    @property
    def not_drawn(self) -> int:
        """Durations of exactly 0: they have no place on a log axis."""
        return sum(row.box.zeros for row in self.categories)


@dataclass(frozen=True)
class GroupTest:
    """Kruskal–Wallis: H corrected for ties, ε² = H / (n − 1)."""

    h: float | None
    df: int | None
    p: float | None
    epsilon_squared: float | None
    n: int
    groups_left_out: tuple[str, ...]
    undefined_because: str | None


@dataclass(frozen=True)
class PairTest:
    """Mann–Whitney with continuity correction, Cliff's δ (positive: the first takes longer), p after Holm."""

    first: str
    second: str
    n_first: int
    n_second: int
    u: float | None
    p: float | None
    p_holm: float | None
    delta: float | None
    size: str | None
    undefined_because: str | None


@dataclass(frozen=True)
class ComparisonReport:
    """Tests over the closed issues. `one_category_only` leaves out the `several` issues that are in two groups."""

    taxonomy: str
    version: int
    categories: tuple[str, ...]
    overall: GroupTest
    several: int
    one_category_only: GroupTest | None
    pairs: tuple[PairTest, ...]


def groups(labelled: Sequence[LabelledIssue], book: Codebook) -> dict[str, list[float | None]]:
    """Days by top category, in the order of the taxonomy; None for open issues. Without those of unknown times."""
    labelled = [label for label in labelled if label.has_times]
    return {code.label: [label.days for label in labelled if code.label in label.tops] for code in book.tops}


def resolution_time_report(labelled: Sequence[LabelledIssue], book: Codebook) -> ResolutionTimeReport:
    colours = {code.label: code.colour for code in book.tops}
    by_category = groups(labelled, book)
    return ResolutionTimeReport(
        definition=DEFINITION,
        taxonomy=book.taxonomy,
        version=book.version,
        categories=tuple(
            CategoryTime(category, colours[category], summarise(category, days), log_box(category, days))
            for category, days in by_category.items()
        ),
        overall=summarise("All issues", [label.days for label in labelled if label.has_times]),
        several=sum(len(label.tops) > 1 and _is_timed(label) for label in labelled),
        open=_left_out(label for label in labelled if label.is_open),
        impossible=_left_out(label for label in labelled if label.is_impossible),
        untimed=sum(not label.has_times for label in labelled),
    )


def _is_timed(label: LabelledIssue) -> bool:
    return label.has_times and not label.is_open and not label.is_impossible


def _left_out(labelled: Iterable[LabelledIssue]) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(label.issue_id, label.issue, label.url, tuple(sorted(label.tops)) or (NONE,)) for label in labelled
    )
