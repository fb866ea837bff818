"""What the tests on resolution times say, as it is kept and shown. Made by `comparison`, which needs SciPy."""

from dataclasses import dataclass

from analysis.stats.statistic import Statistic


@dataclass(frozen=True)
class SetOfTests:
    """Tests of one division into groups: of what is resolved alone, with what is followed, and within repositories."""

    n: int
    still_open: int
    repositories: int
    closed: tuple[Statistic, ...]
    followed: tuple[Statistic, ...]
    within: tuple[Statistic, ...]

    @property
    def overall(self) -> Statistic | None:
        return next((row for row in self.closed if row.test == "kruskal_wallis"), None)

    @property
    def pairs(self) -> tuple[Statistic, ...]:
        return tuple(row for row in self.closed if row.test == "mann_whitney")


@dataclass(frozen=True)
class ComparisonReport:
    """`each`: an issue is in each of its categories; `single`: only issues with one, where `several` have more.

    `topic`: issues about the topic against those that are not, where any was decided to be so.
    """

    taxonomy: str
    version: int
    definition: str
    unit: str
    categories: tuple[str, ...]
    several: int
    each: SetOfTests
    single: SetOfTests | None
    topic: SetOfTests | None
