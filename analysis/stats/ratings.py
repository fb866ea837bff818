"""Who rated what: the table that every agreement coefficient reads, and the result it gives back."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Value = frozenset[str]
Cell = Value | None


class NotOnScale(ValueError):
    """A value that the scale or level of measurement asked for has no place for."""

    def __init__(self, value: Value, sentence: str) -> None:
        super().__init__(sentence)
        self.value = value


def describe(value: Value) -> str:
    return " + ".join(sorted(value)) or "none of these"


@dataclass(frozen=True)
class RatingMatrix:
    """Units × raters. A cell is a set of codes; the empty set means "none of these", None means not rated."""

    units: tuple[Hashable, ...]
    raters: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @classmethod
    def from_ratings(cls, ratings: Iterable[tuple[Hashable, str, Value]]) -> Self:
        """Units and raters keep the order of their first rating. A second rating of a cell is refused."""
        given: dict[tuple[Hashable, str], Value] = {}
        for unit, rater, codes in ratings:
            if (unit, rater) in given:
                raise ValueError(f"{rater} has rated {unit} twice. Pass one rating for each unit and rater.")
            given[unit, rater] = frozenset(codes)
        units = tuple(dict.fromkeys(unit for unit, _ in given))
        raters = tuple(dict.fromkeys(rater for _, rater in given))
        return cls(units, raters, tuple(tuple(given.get((u, r)) for r in raters) for u in units))

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The distinct code sets in use, in an order that depends on nothing but the sets."""
        used = {cell for row in self.cells for cell in row if cell is not None}
        return tuple(sorted(used, key=sorted))

    def codes(self) -> tuple[str, ...]:
        return tuple(sorted(frozenset().union(*self.values)))

    def coded(self, values: tuple[Value, ...] = ()) -> NDArray[np.int64]:
        """Units × raters of positions in `values` (without any, of those in use), −1 where a rating is missing."""
        position: dict[Cell, int] = {value: at for at, value in enumerate(values or self.values)}
        position[None] = -1
        table = [[position[cell] for cell in row] for row in self.cells]
        return np.array(table, dtype=np.int64).reshape(len(self.units), len(self.raters))

    def pair(self, a: str, b: str) -> "RatingMatrix":
        """The ratings of two raters, over the units that at least one of them rated."""
        for rater in (a, b):
            if rater not in self.raters:
                raise ValueError(f"{rater} has rated nothing here.")
        if a == b:
            raise ValueError(f"A pair needs two raters; {a} was named twice.")
        left, right = self.raters.index(a), self.raters.index(b)
        rows = [(unit, (row[left], row[right])) for unit, row in zip(self.units, self.cells, strict=True)]
        kept = [(unit, row) for unit, row in rows if row != (None, None)]
        return RatingMatrix(tuple(unit for unit, _ in kept), (a, b), tuple(row for _, row in kept))

    def presence(self, code: str) -> "RatingMatrix":
        """The same ratings with one question asked of each: was this code used or not."""
        wanted = frozenset([code])
        cells = tuple(tuple(None if cell is None else cell & wanted for cell in row) for row in self.cells)
        return RatingMatrix(self.units, self.raters, cells)


@dataclass(frozen=True)
class Interval:
    """An interval and how it was made: `kind` in words. A bootstrap says its draws, how many of them had no value and
    are left out, and its seed; an analytic interval has no draws."""

    low: float
    high: float
    level: float
    kind: str
    draws: int = 0
    undefined_draws: int = 0
    seed: int | None = None


@dataclass(frozen=True)
class Agreement:
    """One coefficient. `value` is None exactly when `undefined_because` holds a sentence.

    The counts are of what entered the coefficient; `n_left_out` units did not.
    `observed` and `expected` are shares of agreement; `expected` is None without a correction for chance.
    """

    method: str
    value: float | None
    observed: float | None
    expected: float | None
    se: float | None
    interval: Interval | None
    n_units: int
    n_raters: int
    n_ratings: int
    n_left_out: int
    undefined_because: str | None
