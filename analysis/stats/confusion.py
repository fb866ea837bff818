"""Who said what while another said what: value pairs, with the units behind every cell.

Two ways to count, for rounds in which an issue may get several codes. `SETS` compares whole answers,
`CODES` compares single codes. Where every answer is one code or "none of these", both give one table.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import permutations, product

from analysis.stats.ratings import RatingMatrix, Value

SETS = "sets"
CODES = "codes"

COUNTED = {
    SETS: "Each issue counts once for a pair of raters, under the whole set of codes that each of them gave.",
    CODES: "Codes that both raters gave count once each on the diagonal. Each further code of one rater "
    "counts against each further code of the other, or against “none of these” where the other gave no "
    "further code. An issue with several codes can therefore count in several cells.",
}


@dataclass(frozen=True)
class ConfusionCell:
    """`count` value pairs; `units` names each unit behind them once."""

    row: Value
    column: Value
    count: int
    units: tuple[Hashable, ...]


@dataclass(frozen=True)
class Confusion:
    """`cells` holds the cells that are not empty, in the order of `values`, rows first."""

    rows: str
    columns: str
    counted: str
    values: tuple[Value, ...]
    cells: tuple[ConfusionCell, ...]
    n_units: int
    n_left_out: int

    @property
    def count(self) -> int:
        return sum(cell.count for cell in self.cells)


def confusion(matrix: RatingMatrix, a: str, b: str, *, by: str = SETS) -> Confusion:
    """Rater `a` in the rows, rater `b` in the columns. Units that only one of them rated are left out."""
    return _table(matrix.pair(a, b), ((0, 1),), by, a, b)


def pooled_confusion(matrix: RatingMatrix, *, by: str = SETS) -> Confusion:
    """All pairs of raters, each pair in both orders, so that the table is symmetric."""
    orders = tuple(permutations(range(len(matrix.raters)), 2))
    return _table(matrix, orders, by, "one rater", "another rater")


def _table(matrix: RatingMatrix, orders: tuple[tuple[int, int], ...], by: str, a: str, b: str) -> Confusion:
    if by not in _PAIRINGS:
        raise ValueError(f"A confusion table is counted by {SETS} or {CODES}, not by {by}.")
    behind: dict[tuple[Value, Value], list[Hashable]] = {}
    compared: set[Hashable] = set()
    for unit, left, right in _answers(matrix, orders):
        compared.add(unit)
        for pair in _PAIRINGS[by](left, right):
            behind.setdefault(pair, []).append(unit)
    values = tuple(sorted({value for pair in behind for value in pair}, key=sorted))
    cells = tuple(
        ConfusionCell(row, column, len(behind[row, column]), tuple(dict.fromkeys(behind[row, column])))
        for row, column in product(values, repeat=2)
        if (row, column) in behind
    )
    left_out = len(matrix.units) - len(compared)
    return Confusion(a, b, COUNTED[by], values, cells, len(compared), left_out)


def _answers(matrix: RatingMatrix, orders: tuple[tuple[int, int], ...]) -> Iterator[tuple[Hashable, Value, Value]]:
    for unit, row in zip(matrix.units, matrix.cells, strict=True):
        for first, second in orders:
            left, right = row[first], row[second]
            if left is not None and right is not None:
                yield unit, left, right


def _as_sets(left: Value, right: Value) -> list[tuple[Value, Value]]:
    return [(left, right)]


def _as_codes(left: Value, right: Value) -> list[tuple[Value, Value]]:
    shared = [(frozenset([code]), frozenset([code])) for code in left & right]
    if left == right and left:
        return shared
    return shared + list(product(_singles(left - right), _singles(right - left)))


def _singles(codes: Value) -> list[Value]:
    return [frozenset([code]) for code in codes] or [frozenset()]


_PAIRINGS: dict[str, Callable[[Value, Value], list[tuple[Value, Value]]]] = {SETS: _as_sets, CODES: _as_codes}
