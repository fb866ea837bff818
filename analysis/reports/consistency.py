"""How far each rater agrees with themselves: the first and the second coding of the same issue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from analysis.datasets.twice import RoundTwice, Twice
from analysis.reports.agreement import PLAN
from analysis.stats.coefficients import agreement
from analysis.stats.ratings import Agreement, RatingMatrix

# Fewer issues than this, coded twice by one rater, say too little to be told as a figure.
LEAST = 5


@dataclass(frozen=True)
class SameRater:
    """`given` issues came again, `coded` of them were coded, `rated` of these are ratings both times. `days` is the
    median between the two submits."""

    rater: str
    given: int
    coded: int
    rated: int
    days: float | None
    percent: Agreement
    kappa: Agreement


@dataclass(frozen=True)
class Other:
    """An issue that a rater coded otherwise the second time."""

    rater: str
    issue_id: int
    issue: str
    first: str
    second: str
    days: int


@dataclass(frozen=True)
class ConsistencyReport:
    number: int
    hidden_in: int
    after_days: int
    least: int
    raters: tuple[SameRater, ...]
    others: tuple[Other, ...]


def consistency_report(found: RoundTwice) -> ConsistencyReport:
    by_rater = {alias: [each for each in found.twice if each.second.rater == alias] for alias in found.given}
    return ConsistencyReport(
        number=found.number,
        hidden_in=found.hidden_in,
        after_days=found.after_days,
        least=LEAST,
        raters=tuple(same_rater(alias, found.given[alias], twice) for alias, twice in by_rater.items()),
        others=tuple(other(each) for each in found.twice if each.values and each.values[0] != each.values[1]),
    )


def same_rater(alias: str, given: int, twice: Sequence[Twice]) -> SameRater:
    both = [(each.second.issue_id, each.values) for each in twice if each.values]
    matrix = RatingMatrix(tuple(issue for issue, _ in both), ("first", "second"), tuple(values for _, values in both))
    return SameRater(
        rater=alias,
        given=given,
        coded=len(twice),
        rated=len(both),
        days=median(each.days for each in twice) if twice else None,
        percent=figure(matrix, "percent_agreement"),
        kappa=figure(matrix, "cohen_kappa"),
    )


def figure(matrix: RatingMatrix, method: str) -> Agreement:
    found = agreement(matrix, method, sure=PLAN)
    if len(matrix.units) >= LEAST:
        return found
    number = len(matrix.units)
    why = f"{number} issue{'s were' if number != 1 else ' was'} rated twice; fewer than {LEAST} say too little."
    return replace(found, value=None, observed=None, expected=None, se=None, interval=None, undefined_because=why)


def other(each: Twice) -> Other:
    return Other(each.second.rater, each.second.issue_id, each.second.issue, said(each, 0), said(each, 1), each.days)


def said(each: Twice, time: int) -> str:
    return " + ".join(sorted(each.values[time])) if each.values and each.values[time] else "None of these"


def sentence(report: ConsistencyReport, rater: SameRater, name: str) -> str:
    """What a paper could print of one rater."""
    if rater.percent.value is None:
        return f"{name}: undefined. {rater.percent.undefined_because}"
    kappa = f"{rater.kappa.value:.2f}".replace("-", "−") if rater.kappa.value is not None else "undefined"
    return (
        f"{name} coded {rater.rated:,} issues a second time after {report.after_days} days or more (median "
        f"{rater.days:.0f}): {rater.percent.value * 100:.1f} % the same, Cohen’s κ = {kappa}."
    )
