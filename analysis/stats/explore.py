"""Where disagreement sits, and what agreement would be if the codes or the question were others."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

from analysis.stats.coefficients import agreement
from analysis.stats.intervals import Analytic
from analysis.stats.ratings import Agreement, RatingMatrix, Value
from analysis.stats.scales import Setting

NONE = ""


@dataclass(frozen=True)
class Carried:
    """`share` of all disagreement, from 0 to 1. `codes`: one code, or two that were given for one another; ""
    stands where one rater gave nothing more."""

    codes: tuple[str, ...]
    share: float
    issues: int


@dataclass(frozen=True)
class WhatIf:
    """The coefficient if `codes` were one; `change` from what it is."""

    codes: tuple[str, ...]
    result: Agreement
    change: float | None


@dataclass(frozen=True)
class Compared:
    """One rater (or one stretch of issues) by name, with percent agreement and κ or α."""

    name: str
    percent: Agreement
    coefficient: Agreement


def mapped(matrix: RatingMatrix, change: Callable[[Value], Value]) -> RatingMatrix:
    cells = tuple(tuple(None if cell is None else change(cell) for cell in row) for row in matrix.cells)
    return RatingMatrix(matrix.units, matrix.raters, cells)


def merged(matrix: RatingMatrix, codes: Sequence[str], into: str) -> RatingMatrix:
    """All of `codes` read as one."""
    gone = frozenset(codes)
    return mapped(matrix, lambda value: value - gone | {into} if value & gone else value)


def one_level_up(matrix: RatingMatrix, parents: Mapping[str, str]) -> RatingMatrix:
    """Each code read as the code above it; codes at the top stay."""
    return mapped(matrix, lambda value: frozenset(parents.get(code) or code for code in value))


def carried_by_code(matrix: RatingMatrix) -> tuple[Carried, ...]:
    """The weight of a disagreeing pair, 1 / (m − 1) as in α, is shared evenly by the codes that only one gave."""
    return _carried(matrix, lambda left, right: [(code,) for code in sorted(left ^ right)])


def carried_by_pair(matrix: RatingMatrix) -> tuple[Carried, ...]:
    """The same weight, shared by the pairs of a code that only the one gave and one that only the other gave."""
    return _carried(matrix, _confused)


def _confused(left: Value, right: Value) -> list[tuple[str, ...]]:
    ours, theirs = left - right or {NONE}, right - left or {NONE}
    return [tuple(sorted(pair)) for pair in product(sorted(ours), sorted(theirs))]


def _carried(matrix: RatingMatrix, parts: Callable[[Value, Value], list[tuple[str, ...]]]) -> tuple[Carried, ...]:
    weight: defaultdict[tuple[str, ...], float] = defaultdict(float)
    issues: dict[tuple[str, ...], set[Hashable]] = {}
    for unit, row in zip(matrix.units, matrix.cells, strict=True):
        given = [cell for cell in row if cell is not None]
        for left, right in combinations(given, 2):
            found = parts(left, right) if left != right else []
            for codes in found:
                weight[codes] += 1 / (len(given) - 1) / len(found)
                issues.setdefault(codes, set()).add(unit)
    whole = sum(weight.values())
    ranked = sorted(weight, key=lambda codes: (-weight[codes], codes))
    return tuple(Carried(codes, weight[codes] / whole, len(issues[codes])) for codes in ranked)


def if_merged(
    matrix: RatingMatrix, method: str, *, setting: Setting | None = None, most: int = 10
) -> tuple[WhatIf, ...]:
    """For the `most` pairs of codes that carry most disagreement: what the coefficient would be, best first."""
    before = agreement(matrix, method, setting=setting).value
    pairs = [found.codes for found in carried_by_pair(matrix) if NONE not in found.codes][:most]
    found = [_if(matrix, codes, method, setting, before) for codes in pairs]
    return tuple(sorted(found, key=lambda each: -(each.change if each.change is not None else -2)))


def _if(
    matrix: RatingMatrix, codes: tuple[str, ...], method: str, setting: Setting | None, before: float | None
) -> WhatIf:
    result = agreement(merged(matrix, codes, codes[0]), method, setting=setting)
    change = None if result.value is None or before is None else result.value - before
    return WhatIf(codes, result, change)


def against_final(matrix: RatingMatrix, final: Mapping[Hashable, Value]) -> tuple[Compared, ...]:
    """Each rater with the final labels, by percent agreement and Cohen's κ. Issues without a label are left out."""
    return tuple(
        _two(rater, {unit: row[at] for unit, row in zip(matrix.units, matrix.cells, strict=True)}, final)
        for at, rater in enumerate(matrix.raters)
    )


def with_oneself(rater: str, first: Mapping[Hashable, Value], second: Mapping[Hashable, Value]) -> Compared:
    """Intra-rater agreement: the same rater on the same issues, the first time and the second."""
    return _two(rater, first, second)


def _two(name: str, left: Mapping[Hashable, Value | None], right: Mapping[Hashable, Value | None]) -> Compared:
    both = [unit for unit in left if left[unit] is not None and right.get(unit) is not None]
    pair = RatingMatrix(tuple(both), ("first", "second"), tuple((left[unit], right[unit]) for unit in both))
    figures = [agreement(pair, method, sure=Analytic()) for method in ("percent_agreement", "cohen_kappa")]
    return Compared(name, *figures)


def drift(matrix: RatingMatrix, *, stretches: int = 3) -> tuple[Compared, ...]:
    """The issues in the order in which they were coded, cut into stretches that differ by at most one issue."""
    n = len(matrix.units)
    cuts = [n * at // stretches for at in range(stretches + 1)]
    return tuple(_stretch(matrix, start, stop) for start, stop in pairwise(cuts) if start < stop)


def _stretch(matrix: RatingMatrix, start: int, stop: int) -> Compared:
    part = RatingMatrix(matrix.units[start:stop], matrix.raters, matrix.cells[start:stop])
    percent, alpha = (
        agreement(part, method, sure=Analytic()) for method in ("percent_agreement", "krippendorff_alpha")
    )
    return Compared(f"issues {start + 1} to {stop}", percent, alpha)
