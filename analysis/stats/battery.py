"""The tests by their names, as a command, a page and a job ask for them, over one sample."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from analysis.stats.adjustment import with_adjusted
from analysis.stats.comparisons import cliffs_delta, hodges_lehmann, kruskal_wallis, mann_whitney, vargha_delaney
from analysis.stats.hazards import cox, log_rank
from analysis.stats.names import IN_STRATA, NAMES
from analysis.stats.rank_pairs import conover, dunn, each_pair
from analysis.stats.samples import Sample
from analysis.stats.statistic import ONE_GROUP, Groups, Statistic, pairs_of
from analysis.stats.stratified import van_elteren
from analysis.stats.survival import medians, restricted_mean_difference

OnRanks = Callable[[Groups, str], list[Statistic]]
OnTimes = Callable[[Sample, str, str], list[Statistic]]

# What has ended alone; a second argument is how p is adjusted.
_RANKS: dict[str, OnRanks] = {
    "mann_whitney": lambda groups, how: each_pair(groups, mann_whitney, how),
    "cliffs_delta": lambda groups, how: each_pair(groups, cliffs_delta, how),
    "a12": lambda groups, how: each_pair(groups, vargha_delaney, how),
    "hodges_lehmann": lambda groups, how: each_pair(groups, hodges_lehmann, how),
    "kruskal_wallis": lambda groups, how: [kruskal_wallis(groups)],
    "dunn": dunn,
    "conover": conover,
}
# Open ones too; a third argument names the limits of the curve. Strata only where the name says so, and in Cox's model.
_TIMES: dict[str, OnTimes] = {
    "km": lambda sample, how, limits: medians(sample, limits),
    "logrank": lambda sample, how, limits: [log_rank(sample.pooled())],
    "peto": lambda sample, how, limits: [log_rank(sample.pooled(), rho=1)],
    "rmst": lambda sample, how, limits: _restricted_means(sample, how),
    "cox": lambda sample, how, limits: cox(sample),
    "stratified_logrank": lambda sample, how, limits: [log_rank(sample)],
    "van_elteren": lambda sample, how, limits: [_of_ended(van_elteren(sample), sample)],
}


def usual(groups: int, *, blocks: bool) -> tuple[str, ...]:
    """What is worth asking of so many groups, in the order of a report."""
    if groups < 2:
        return ("km",)
    on_ranks = ("kruskal_wallis", "dunn", "cliffs_delta") if groups > 2 else ("mann_whitney", "hodges_lehmann")
    whole = (*on_ranks, "km", "logrank", "rmst")
    return (*whole, "van_elteren", "stratified_logrank", "cox") if blocks else (*whole, "cox")


def run(sample: Sample, tests: Iterable[str], *, how: str = "holm", limits: str = "log") -> list[Statistic]:
    """The rows of each test in turn. ValueError for a name that is none, or one that needs strata without them."""
    asked = list(tests)
    check_names(asked, blocks=len(sample.blocks) > 1)
    groups = sample.ended_values()
    return [row for name in asked for row in _rows(name, sample, groups, how, limits)]


def check_names(tests: Sequence[str], *, blocks: bool) -> None:
    for name in tests:
        if name not in NAMES:
            raise ValueError(f"There is no test “{name}”. There are: {', '.join(NAMES)}.")
        if name in IN_STRATA and not blocks:
            raise ValueError(f"“{name}” compares within strata: name a column of strata, such as the repository.")


def _rows(name: str, sample: Sample, groups: Groups, how: str, limits: str) -> list[Statistic]:
    if len(groups) < 2 and name != "km":
        return [Statistic(name, sample.groups, tuple(sample.sizes.values()), f"{NAMES[name]}.").because(ONE_GROUP)]
    if name in _RANKS:
        return [_of_ended(row, sample) for row in _RANKS[name](groups, how)]
    return _TIMES[name](sample, how, limits)


def _of_ended(row: Statistic, sample: Sample) -> Statistic:
    """Ranks know no open observations: each row says how many were left out for it."""
    count = sample.only(row.groups).still_open
    return replace(row, method=f"{row.method} Of what has ended; {count} still open, left out.") if count else row


def _restricted_means(sample: Sample, how: str) -> list[Statistic]:
    rows = [restricted_mean_difference(sample.only(pair)) for pair in pairs_of(sample.groups)]
    return with_adjusted(rows, how)
