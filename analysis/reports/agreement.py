"""How far the raters of a closed round agree: over all, by pair, by code, and what was taken for what."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from analysis.datasets import Codebook, CodeEntry, RoundRatings, mapped
from analysis.stats.coefficients import agreements
from analysis.stats.confusion import CODES, SETS, confusion, pooled_confusion
from analysis.stats.intervals import Bootstrap
from analysis.stats.ratings import Agreement, RatingMatrix, Value
from annotator.states import Kind

PLAN = Bootstrap(draws=10_000, level=0.95, seed=1)
# Below this many issues with a code, its interval is too wide to say much.
FEW_ISSUES = 10
NONE = "None of these"
SEVERAL = " + "
ALL_CODES, TOP_CATEGORIES = "codes", "top"
# Pairs from which on a cell takes the next darker step.
HEAT = (1, 5, 10, 25, 50)


@dataclass(frozen=True)
class PairAgreement:
    first: str
    second: str
    percent: Agreement
    kappa: Agreement


@dataclass(frozen=True)
class CodeAgreement:
    """One code as used or not used. `issues` have it from at least one rater, `prevalence` is its share of codings."""

    label: str
    name: str
    depth: int
    issues: int
    prevalence: float | None
    percent: Agreement
    kappa: Agreement
    alpha: Agreement
    warning: str


@dataclass(frozen=True)
class ConfusionCell:
    """`step` is the darkness, 0 to 5; `same` where both raters said the same."""

    row: str
    column: str
    count: int
    step: int
    same: bool
    issues: tuple[int, ...]


@dataclass(frozen=True)
class ConfusionTable:
    """All cells row by row, the empty ones too. `rows` and `columns` name whose answers these are."""

    level: str
    rows: str
    columns: str
    counted: str
    values: tuple[str, ...]
    cells: tuple[tuple[ConfusionCell, ...], ...]
    count: int
    issues: int


@dataclass(frozen=True)
class AgreementReport:
    """`codings` counts ratings; unclear, skipped, absent ones and those that say not about our topic are
    none and stand beside it.

    Codings were `given_under` one version and are read under `version`. `waiting` issues are left out: they wait to be
    coded again. `again` ratings come from re-coding rounds; `none_before` say none of these from before codes were
    added. In screening the two answers are compared and not the criteria behind them; who was unsure is `unclear`.
    `unblinded` ratings were given by who had broken the blind; `alpha_blind` is without them, None where there are
    none.
    """

    round: int
    taxonomy: str
    version: int
    issues: int
    raters: tuple[str, ...]
    codings: int
    unclear: int
    skipped: int
    absent: int
    off_topic: int
    alpha: Agreement
    fleiss: Agreement
    percent: Agreement
    pairs: tuple[PairAgreement, ...]
    codes: tuple[CodeAgreement, ...]
    confusions: tuple[ConfusionTable, ...]
    draws: int
    seed: int
    given_under: int
    waiting: int
    proposed: int
    again: int
    none_before: int
    screening: bool
    unblinded: int = 0
    alpha_blind: Agreement | None = None


def agreement_report(ratings: RoundRatings) -> AgreementReport:
    matrix, book, missing = ratings.matrix, ratings.codebook, ratings.not_rated
    alpha, fleiss, percent = _figures(matrix, "krippendorff_alpha", "fleiss_kappa", "percent_agreement")
    return AgreementReport(
        round=ratings.number,
        taxonomy=book.taxonomy,
        version=book.version,
        issues=ratings.issues,
        raters=matrix.raters,
        codings=sum(cell is not None for row in matrix.cells for cell in row),
        unclear=missing.unclear,
        skipped=missing.skipped,
        absent=missing.absent,
        off_topic=missing.off_topic,
        alpha=alpha,
        fleiss=fleiss,
        percent=percent,
        pairs=tuple(_pair(matrix, a, b) for a, b in combinations(matrix.raters, 2)),
        codes=() if ratings.kind == Kind.SCREENING else tuple(by_code(matrix, book)),
        confusions=tuple(confusion_tables(matrix, book)) if len(matrix.raters) > 1 else (),
        draws=PLAN.draws,
        seed=PLAN.seed,
        given_under=ratings.given_under,
        waiting=len(ratings.waiting),
        proposed=ratings.proposed,
        again=ratings.again,
        none_before=ratings.none_before,
        screening=ratings.kind == Kind.SCREENING,
        unblinded=ratings.unblinded,
        alpha_blind=_figures(ratings.blind, "krippendorff_alpha")[0] if ratings.blind else None,
    )


def _figures(matrix: RatingMatrix, *methods: str) -> list[Agreement]:
    return agreements(matrix, methods, sure=PLAN)


def _pair(matrix: RatingMatrix, a: str, b: str) -> PairAgreement:
    return PairAgreement(a, b, *_figures(matrix.pair(a, b), "percent_agreement", "cohen_kappa"))


def by_code(matrix: RatingMatrix, book: Codebook) -> Iterator[CodeAgreement]:
    """A code counts as used when it or a code below it was used."""
    whole = mapped(matrix, book.with_parents)
    kappa = "cohen_kappa" if len(matrix.raters) == 2 else "fleiss_kappa"
    for code in book.codes:
        yield _code(code, whole.presence(code.label), kappa)


def _code(code: CodeEntry, presence: RatingMatrix, method: str) -> CodeAgreement:
    given = [cell for row in presence.cells for cell in row if cell is not None]
    issues = sum(any(row) for row in presence.cells)
    percent, kappa, alpha = _figures(presence, "percent_agreement", method, "krippendorff_alpha")
    return CodeAgreement(
        label=code.label,
        name=code.name,
        depth=code.depth,
        issues=issues,
        prevalence=sum(map(bool, given)) / len(given) if given else None,
        percent=percent,
        kappa=kappa,
        alpha=alpha,
        warning=f"few: {issues} issue{'s' * (issues != 1)}" if 0 < issues < FEW_ISSUES else "",
    )


def confusion_tables(matrix: RatingMatrix, book: Codebook) -> Iterator[ConfusionTable]:
    """One table over all codes; where codes stand below others, one over the top categories before it."""
    if len(book.tops) < len(book.codes):
        yield _table(TOP_CATEGORIES, mapped(matrix, book.to_tops), book)
    yield _table(ALL_CODES, matrix, book)


def _table(level: str, matrix: RatingMatrix, book: Codebook) -> ConfusionTable:
    """Two raters face each other; of more, every pair is counted in both orders."""
    several = any(len(value) > 1 for value in matrix.values)
    by = CODES if several else SETS
    two = len(matrix.raters) == 2
    found = confusion(matrix, *matrix.raters, by=by) if two else pooled_confusion(matrix, by=by)
    order = {code.label: place for place, code in enumerate(book.codes)}
    values = sorted(found.values, key=lambda value: (not value, [order[label] for label in value]))
    cells = {(cell.row, cell.column): cell for cell in found.cells}

    def cell(row: Value, column: Value) -> ConfusionCell:
        behind = cells.get((row, column))
        count, issues = (behind.count, behind.units) if behind else (0, ())
        return ConfusionCell(named(row), named(column), count, heat(count), row == column, tuple(map(issue_id, issues)))

    return ConfusionTable(
        level=level,
        rows=found.rows,
        columns=found.columns,
        counted=found.counted,
        values=tuple(named(value) for value in values),
        cells=tuple(tuple(cell(row, column) for column in values) for row in values),
        count=found.count,
        issues=found.n_units,
    )


def issue_id(unit: object) -> int:
    """Units of a matrix that `datasets` made are the ids of issues."""
    if not isinstance(unit, int):
        raise TypeError(f"{unit!r} is not the id of an issue.")
    return unit


def named(value: Value) -> str:
    return SEVERAL.join(sorted(value)) or NONE


def heat(count: int) -> int:
    return sum(count >= least for least in HEAT)


def sentence(report: AgreementReport) -> str:
    """What a paper could print."""
    carried = f"{report.given_under} as of version " if report.given_under != report.version else ""
    where = f"round {report.round}, version {carried}{report.version}"
    name, found = headline(report)
    beside = left_out(report) + not_blind(report)
    if found.value is None:
        return f"{name} is undefined for {where}. {found.undefined_because}{beside}"
    spread = f" {interval(found)}" if found.interval else ""
    raters, issues, codings = found.n_raters, found.n_units, found.n_ratings
    what = "belongs or does not" if report.screening else "nominal"
    return (
        f"{name} = {coefficient(found.value)}{spread}, {what}, {raters} raters, "
        f"{issues:,} issues, {codings:,} codings, {where}.{beside}"
    )


def headline(report: AgreementReport) -> tuple[str, Agreement]:
    """Screening by two is told by Cohen’s κ, all else by α."""
    if report.screening and len(report.pairs) == 1:
        return "Cohen’s κ", report.pairs[0].kappa
    return "Krippendorff’s α", report.alpha


def left_out(report: AgreementReport) -> str:
    if not report.waiting:
        return ""
    one = report.waiting == 1
    waits, holds, are = ("waits", "holds", "is") if one else ("wait", "hold", "are")
    under = f"{waits} for re-coding under version {report.version}"
    proposed = f"{holds} a proposed code that version {report.version} has not"
    why = {0: under, report.waiting: proposed}.get(report.proposed, f"{under} or {proposed}")
    return f" {report.waiting:,} of {report.issues:,} issues {why} and {are} left out."


def not_blind(report: AgreementReport) -> str:
    if not report.unblinded:
        return ""
    one = report.unblinded == 1
    return f" {report.unblinded:,} of the codings {'was' if one else 'were'} given after the blind was broken."


def coefficient(value: float) -> str:
    """Two decimals with a true minus, and no minus before nothing."""
    shown = f"{value:.2f}"
    return "0.00" if shown == "-0.00" else shown.replace("-", "−")


def interval(found: Agreement | None) -> str:
    if found is None or found.interval is None:
        return ""
    return f"[{coefficient(found.interval.low)}, {coefficient(found.interval.high)}]"
