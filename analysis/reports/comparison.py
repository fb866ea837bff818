"""Do the categories differ in resolution time. SciPy comes with this module, so only jobs import it."""

from collections.abc import Mapping, Sequence

from analysis.datasets import Codebook, LabelledIssue
from analysis.reports.resolution_time import ComparisonReport, GroupTest, PairTest, groups
from analysis.stats.comparisons import kruskal_wallis, mann_whitney
from analysis.stats.durations import closed
from analysis.stats.rank_pairs import each_pair
from analysis.stats.statistic import Statistic, magnitude


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
        pairs=tuple(map(_pair, each_pair(by_category, mann_whitney, "holm"))),
    )


def _measured(days: Mapping[str, Sequence[float | None]]) -> dict[str, list[float]]:
    return {category: closed(values).tolist() for category, values in days.items()}


def _overall(by_category: Mapping[str, Sequence[float]]) -> GroupTest:
    found = kruskal_wallis(by_category)
    return GroupTest(found.statistic, found.df, found.p, found.effect, found.n, found.left_out, found.undefined_because)


def _pair(found: Statistic) -> PairTest:
    (first, second), (n_first, n_second), effect = found.groups, found.sizes, found.effect
    return PairTest(
        first, second, n_first, n_second, found.statistic, found.p, found.p_adjusted, effect,
        None if effect is None else magnitude(effect), found.undefined_because,
    )  # fmt: skip
