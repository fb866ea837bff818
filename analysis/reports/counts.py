"""How many issues have which category. An issue counts once in each of its categories, and once as an issue."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.datasets import Codebook, LabelledIssue
from analysis.reports.agreement import NONE
from analysis.stats.proportions import wilson


@dataclass(frozen=True)
class CategoryCount:
    """`share` is of the labelled issues, with its 95 % Wilson interval; None where no issue has a label."""

    category: str
    colour: int
    issues: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CountsReport:
    """Unit: issues. `off_topic` were decided to be not about the topic: no category's share is of them.

    `labels` adds up the categories, so it passes `issues` by what `several` issues have more.

    With `carried`, labels of earlier versions are read under this one; `waiting` issues cannot be and are left out;
    `none_before` are none of these from before codes were added. Without, `under_others` have their label under
    another version of the taxonomy and are not counted.
    """

    taxonomy: str
    version: int
    issues: int
    labels: int
    several: int
    none: int
    open: int
    repositories: int
    undecided: int
    carried: bool
    waiting: int
    under_others: int
    none_before: int
    off_topic: int
    categories: tuple[CategoryCount, ...]


def counts_report(
    labelled: Sequence[LabelledIssue],
    book: Codebook,
    *,
    undecided: int,
    carried: bool = False,
    waiting: int = 0,
    under_others: int = 0,
    none_before: int = 0,
    off_topic: int = 0,
) -> CountsReport:
    """Top categories in the order of the taxonomy. `undecided`: coded issues of closed rounds without a decision."""
    n = len(labelled)
    tops = [label.tops for label in labelled]
    none = sum(not categories for categories in tops)
    counted = [_count(code.label, code.colour, sum(code.label in each for each in tops), n) for code in book.tops]
    if none:
        counted.append(_count(NONE, 0, none, n))
    return CountsReport(
        taxonomy=book.taxonomy,
        version=book.version,
        issues=n,
        labels=sum(map(len, tops)),
        several=sum(len(categories) > 1 for categories in tops),
        none=none,
        open=sum(label.is_open for label in labelled),
        repositories=len({label.issue.partition("#")[0] for label in labelled}),
        undecided=undecided,
        carried=carried,
        waiting=waiting,
        under_others=under_others,
        none_before=none_before,
        off_topic=off_topic,
        categories=tuple(counted),
    )


def _count(category: str, colour: int, issues: int, n: int) -> CategoryCount:
    if not n:
        return CategoryCount(category, colour, 0, None, None, None)
    low, high = wilson(issues, n)
    return CategoryCount(category, colour, issues, issues / n, low, high)
