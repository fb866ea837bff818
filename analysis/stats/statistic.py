"""What every test and every estimate on durations says: one row of one shape, and a reason wherever it has no value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Any

from numpy.typing import ArrayLike

Groups = Mapping[str, ArrayLike]

# With two values in each of two groups the smallest p of any rank test is 0.33: no answer is possible.
FEWEST = 3
LEVEL = 0.95
# Least |δ| that is called so (Romano et al. 2006); anything less is negligible.
_MAGNITUDES = ((0.474, "large"), (0.33, "medium"), (0.147, "small"))


@dataclass(frozen=True)
class Statistic:
    """One test of some groups, or one estimate with its interval (then `statistic` is the estimate itself).

    `sizes` are the observations used, by group; `left_out` the groups that were not, because they are too small.
    Figures are None where they do not exist; without any, `undefined_because` holds a sentence.
    """

    test: str
    groups: tuple[str, ...]
    sizes: tuple[int, ...]
    method: str
    statistic: float | None = None
    df: int | None = None
    p: float | None = None
    p_adjusted: float | None = None
    effect: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    undefined_because: str | None = None
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        numbers = (getattr(self, field.name) for field in fields(self))
        if not all(isfinite(number) for number in numbers if isinstance(number, float)):
            raise ValueError("A figure that is not finite is no figure: say why it is undefined.")

    @property
    def n(self) -> int:
        return sum(self.sizes)

    def because(self, reason: str) -> "Statistic":
        return replace(self, undefined_because=reason)


def as_row(found: Statistic) -> dict[str, Any]:
    """The fields of the command's JSON, in their order."""
    left_out = f" Left out, fewer than {FEWEST} observations: {', '.join(found.left_out)}." if found.left_out else ""
    return {
        "test": found.test, "groups": list(found.groups), "statistic": found.statistic, "df": found.df,
        "p": found.p, "p_adjusted": found.p_adjusted, "effect": found.effect,
        "ci_low": found.ci_low, "ci_high": found.ci_high, "n": found.n,
        "method": found.method + left_out, "undefined_because": found.undefined_because,
    }  # fmt: skip


def too_few(sizes: Mapping[str, int]) -> str | None:
    """Why these groups cannot be tested, or None. Names the groups that are too small."""
    small = [f"{group} has {size}" for group, size in sizes.items() if size < FEWEST]
    if small:
        return f"Too few observations for a test: {', '.join(small)}; each group needs {FEWEST}."
    return None if len(sizes) > 1 else ONE_GROUP


def large_enough(sizes: Mapping[str, int]) -> tuple[list[str], tuple[str, ...]]:
    """The groups that a test over all can use, and those that it leaves out."""
    used = [group for group, size in sizes.items() if size >= FEWEST]
    return used, tuple(group for group in sizes if group not in used)


ONE_GROUP = f"A comparison needs two groups with {FEWEST} observations or more each."
EQUAL = "All values are equal, so there are no ranks to compare."


def pairs_of(groups: Sequence[str]) -> list[tuple[str, str]]:
    return [(a, b) for place, a in enumerate(groups) for b in groups[place + 1 :]]


def magnitude(delta: float) -> str:
    """Of Cliff's δ, in a word."""
    return next((word for least, word in _MAGNITUDES if abs(delta) >= least), "negligible")
