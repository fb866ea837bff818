"""Do the categories differ in resolution time. SciPy comes with this module, so only jobs import it."""

from collections.abc import Mapping, Sequence

from analysis.datasets import Codebook, LabelledIssue
from analysis.reports.resolution_time import ComparisonReport, GroupTest, PairTest, groups
from analysis.stats.comparisons import PairComparison, compare_pairs, kruskal_wallis
from analysis.stats.durations import closed


def comparison_report(labelled: Sequence[LabelledIssue], book: Codebook) -> ComparisonReport:
    timed = [label for label in labelled if label.days is not None and label.days >= 0]
    single = [label for label in timed if len(label.tops) < 2]
    by_category = _measured(groups(timed, book))
    return ComparisonReport(
        taxonomy=book.taxonomy,
        version=book.version,
        categories=tuple(by_category),
        overall=_overall(by_category),
        several=len(timed) - len(single),
        one_category_only=_overall(_measured(groups(single, book))) if len(single) < len(timed) else None,
        pairs=tuple(map(_pair, compare_pairs(by_category))),
    )


def _measured(days: Mapping[str, Sequence[float | None]]) -> dict[str, list[float]]:
    return {category: closed(values).tolist() for category, values in days.items()}


def _overall(by_category: Mapping[str, Sequence[float]]) -> GroupTest:
    found = kruskal_wallis(by_category)
    return GroupTest(
        found.h, found.df, found.p, found.epsilon_squared, found.n, found.left_out, found.undefined_because
    )


def _pair(found: PairComparison) -> PairTest:
    return PairTest(
        found.first, found.second, found.n_first, found.n_second,
        found.test.u, found.test.p, found.p_holm, found.effect.value, found.effect.magnitude,
        found.test.undefined_because or found.effect.undefined_because,
    )  # fmt: skip
