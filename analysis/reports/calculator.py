"""Agreement of a table of ratings from anywhere: what was asked, the figures, and how they are written down."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.stats.coefficients import COEFFICIENTS, MOST_RATERS_IN_PAIRS, Plan, agreements
from analysis.stats.intervals import Analytic, Bootstrap
from analysis.stats.ratings import Agreement, NotOnScale, RatingMatrix
from analysis.stats.reading import Read, Unreadable, codes_of, read_ratings
from analysis.stats.scales import UNWEIGHTED, Setting

WEIGHTS = ("unweighted", "linear", "quadratic", "ordinal", "radical", "ratio")
LEVELS = ("nominal", "ordinal", "interval", "ratio", "jaccard", "masi")
ANALYTIC, BOOTSTRAP, NONE = "analytic", "bootstrap", "none"
INTERVALS = (ANALYTIC, BOOTSTRAP, NONE)
KEYS = (
    "coefficient",
    "value",
    "observed",
    "expected",
    "se",
    "ci_low",
    "ci_high",
    "n_units",
    "n_raters",
    "undefined_because",
)
Cell = str | float | None


@dataclass(frozen=True)
class Asked:
    """`coefficients` empty: all that the table and the weights allow. `level` None: α takes the weights."""

    coefficients: tuple[str, ...] = ()
    weights: str = UNWEIGHTED
    level: str | None = None
    categories: str = ""
    ci: str = ANALYTIC
    seed: int = 1


@dataclass(frozen=True)
class Calculated:
    """The figures, and what was read: issues and raters of the whole table."""

    results: tuple[Agreement, ...]
    form: str
    units: int
    raters: tuple[str, ...]
    ratings: int
    none: int


def calculate(text: str, asked: Asked) -> Calculated:
    """Raises `Unreadable`, with the line where there is one."""
    read = read_ratings(text)
    cells = [cell for row in read.matrix.cells for cell in row if cell is not None]
    return Calculated(
        results=tuple(_results(read, asked)),
        form=read.form,
        units=len(read.matrix.units),
        raters=read.matrix.raters,
        ratings=len(cells),
        none=sum(not cell for cell in cells),
    )


def _results(read: Read, asked: Asked) -> list[Agreement]:
    categories = tuple(frozenset([code]) for code in codes_of(asked.categories))
    setting = Setting(weights=asked.weights, level=asked.level, categories=categories)
    methods = asked.coefficients or applicable(read.matrix, setting)
    try:
        return agreements(read.matrix, list(dict.fromkeys(methods)), setting=setting, sure=_plan(asked))
    except NotOnScale as error:
        raise Unreadable(str(error), read.lines.get(error.value)) from None


def _plan(asked: Asked) -> Plan | None:
    plans: dict[str, Plan | None] = {ANALYTIC: Analytic(), BOOTSTRAP: Bootstrap(seed=asked.seed), NONE: None}
    return plans[asked.ci]


def applicable(matrix: RatingMatrix, setting: Setting) -> list[str]:
    """What is made for so many raters and for these weights; a value that data leave undefined still says why."""
    raters = len(matrix.raters)
    return [
        name
        for name, coefficient in COEFFICIENTS.items()
        if not (coefficient.only_pairs and raters > 2)
        and not (coefficient.all_pairs and raters > MOST_RATERS_IN_PAIRS)
        and not (setting.is_weighted and not coefficient.weighted)
    ]


def row_of(found: Agreement) -> dict[str, Cell]:
    spread = found.interval
    cells = (
        found.method,
        found.value,
        found.observed,
        found.expected,
        found.se,
        spread.low if spread else None,
        spread.high if spread else None,
        found.n_units,
        found.n_raters,
        found.undefined_because,
    )
    return dict(zip(KEYS, cells, strict=True))


def as_json(results: Sequence[Agreement]) -> str:
    return json.dumps([row_of(found) for found in results], ensure_ascii=False, indent=2)


def as_csv(results: Sequence[Agreement]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, KEYS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row_of(found) for found in results)
    return out.getvalue()


HEADS = ("Coefficient", "Value", "SE", "95 % interval", "Observed", "Expected", "Issues", "Raters")


def as_table(results: Sequence[Agreement]) -> str:
    """Columns that stand below each other; what is undefined says why in a line below."""
    lines = [HEADS, *(shown(found) for found in results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    rows.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*rows, "", *notes(results)]).rstrip() + "\n"


def shown(found: Agreement) -> tuple[str, ...]:
    """A line below `HEADS`."""
    spread = f"[{decimal(found.interval.low)}, {decimal(found.interval.high)}]" if found.interval else ""
    figures = (decimal(found.value) or "undefined", decimal(found.se), spread)
    shares = (decimal(found.observed), decimal(found.expected))
    return (label_of(found), *figures, *shares, f"{found.n_units:,}", f"{found.n_raters:,}")


def label_of(found: Agreement) -> str:
    return COEFFICIENTS[found.method].label


def decimal(value: float | None) -> str:
    """Four decimals with a true minus, and no minus before nothing."""
    return "" if value is None else f"{round(value, 4) + 0.0:.4f}".replace("-", "−")


def notes(results: Sequence[Agreement]) -> list[str]:
    """How the intervals were made, draws without a value, and why something is undefined."""
    kinds: dict[str, list[str]] = {}
    for found in results:
        if found.interval:
            drawn = f", {found.interval.draws:,} draws, seed {found.interval.seed}" if found.interval.draws else ""
            kinds.setdefault(f"{found.interval.kind}{drawn}", []).append(label_of(found))
    told = [f"Interval: {kind} ({', '.join(labels)})." for kind, labels in kinds.items()]
    for found in results:
        if found.interval and found.interval.undefined_draws:
            lost, draws = found.interval.undefined_draws, found.interval.draws
            told.append(f"{label_of(found)}: {lost:,} of {draws:,} draws had no value and are left out.")
    return told + [f"{label_of(found)}: {found.undefined_because}" for found in results if found.undefined_because]


def as_latex(results: Sequence[Agreement]) -> str:
    """A tabular for the booktabs package."""
    body = [" & ".join(_in_latex(cell) for cell in line) + r" \\" for line in map(shown, results)]
    head = " & ".join(_in_latex(name) for name in HEADS) + r" \\"
    return "\n".join(
        [r"\begin{tabular}{lrrlrrrr}", r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}"]
    )


def _in_latex(text: str) -> str:
    for plain, written in (
        ("%", r"\%"),
        ("−", "$-$"),
        ("κ", r"$\kappa$"),
        ("α", r"$\alpha$"),
        ("π", r"$\pi$"),
        ("–", "--"),
    ):
        text = text.replace(plain, written)
    return text
