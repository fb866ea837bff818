"""The points that a rating can have, and what each disagreement between two of them counts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.stats.distances import LEVELS, ORDINAL, Distance, nominal, number_of
from analysis.stats.ratings import Array, NotOnScale, RatingMatrix, Value, describe

UNWEIGHTED = "unweighted"


@dataclass(frozen=True)
class Setting:
    """How ratings are compared.

    `weights`: a name of `WEIGHTS`, or agreement weights over `categories` (1 on the diagonal).
    `level`: of Krippendorff's α only; a name of `LEVELS`, `ORDINAL`, or a distance. Without one, α takes the weights.
    `categories`: the whole scale in its order, unused points too; codes in use that it has not are refused.
    """

    weights: str | Array = UNWEIGHTED
    level: str | Distance | None = None
    categories: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.weights, str) and self.weights not in WEIGHTS:
            raise ValueError(f"There are no weights {self.weights}. Known: {', '.join(WEIGHTS)}.")
        if isinstance(self.level, str) and self.level not in (*LEVELS, ORDINAL):
            raise ValueError(f"There is no level {self.level}. Known: {', '.join((*LEVELS, ORDINAL))}.")

    @property
    def is_weighted(self) -> bool:
        return not (isinstance(self.weights, str) and self.weights == UNWEIGHTED)


@dataclass(frozen=True)
class Scale:
    """`distance` is None where every disagreement counts 1; `ranked` says that it goes by the ranks of the ratings."""

    values: tuple[Value, ...]
    distance: Array | None
    ranked: bool = False


# A table of distances of more values would take more than 200 MB.
MOST_VALUES = 5_000


def scale_by_weights(matrix: RatingMatrix, setting: Setting) -> Scale:
    if not isinstance(setting.weights, str):
        return Scale(*_own(matrix, setting))
    if setting.weights == UNWEIGHTED:
        return Scale(_points(matrix, setting), None)
    values = _few(_in_order(matrix, setting))
    return Scale(values, WEIGHTS[setting.weights](values))


def scale_by_level(matrix: RatingMatrix, setting: Setting) -> Scale:
    level = setting.level
    if level is None:
        return scale_by_weights(matrix, setting)
    if level == ORDINAL:
        return Scale(_in_order(matrix, setting), None, ranked=True)
    distance = LEVELS[level] if isinstance(level, str) else level
    values = _points(matrix, setting)
    if distance is nominal:
        return Scale(values, None)
    apart = distance(_few(values))
    # α does not change with the unit of its distance, and observed agreement stays between 0 and 1.
    return Scale(values, apart / max(1.0, apart.max(initial=0)))


def _few(values: tuple[Value, ...]) -> tuple[Value, ...]:
    if len(values) > MOST_VALUES:
        raise NotOnScale(
            values[MOST_VALUES], f"There are {len(values):,} different answers, and {MOST_VALUES:,} can be compared."
        )
    return values


def _points(matrix: RatingMatrix, setting: Setting) -> tuple[Value, ...]:
    if not setting.categories:
        return matrix.values
    known = frozenset().union(*setting.categories)
    for value in matrix.values:
        if not value <= known:
            raise NotOnScale(value, f"“{describe(value)}” is not among the categories {_listed(setting.categories)}.")
    rest = (value for value in matrix.values if value not in setting.categories)
    return (*setting.categories, *rest)


def _in_order(matrix: RatingMatrix, setting: Setting) -> tuple[Value, ...]:
    """The scale in the order given, else by number, else by name. One code for each rating."""
    values = _points(matrix, setting)
    for value in values:
        if len(value) != 1:
            raise NotOnScale(
                value, f"“{describe(value)}” has no place on an ordered scale, which needs one code a rating."
            )
    if setting.categories or any(number_of(value) is None for value in values):
        return values
    return tuple(sorted(values, key=lambda value: number_of(value) or 0.0))


def _own(matrix: RatingMatrix, setting: Setting) -> tuple[tuple[Value, ...], Array]:
    weights = np.asarray(setting.weights, dtype=float)
    size = len(setting.categories)
    if weights.shape != (size, size):
        raise ValueError(f"Weights of your own need a row and a column for each of the {size} categories.")
    if (weights != weights.T).any() or (np.diagonal(weights) != 1).any() or not (weights <= 1).all():
        raise ValueError("Weights of your own are symmetric, 1 on the diagonal and at most 1 elsewhere.")
    values = _points(matrix, setting)
    if len(values) > size:
        raise NotOnScale(values[size], f"“{describe(values[size])}” is not among the categories of the weights.")
    return values, 1 - weights


def _listed(values: tuple[Value, ...]) -> str:
    return ", ".join(map(describe, values))


# Weights, as distances: 1 − weight. By rank on the scale, but ratio weights, which are of the numbers themselves.


def _apart(values: tuple[Value, ...]) -> Array:
    ranks = np.arange(len(values), dtype=float)
    return np.abs(ranks[:, None] - ranks)


def _over_largest(distance: Array) -> Array:
    return np.asarray(distance / max(distance.max(initial=0), np.finfo(float).tiny))


def linear(values: tuple[Value, ...]) -> Array:
    return _over_largest(_apart(values))


def quadratic(values: tuple[Value, ...]) -> Array:
    return _over_largest(_apart(values) ** 2)


def radical(values: tuple[Value, ...]) -> Array:
    return _over_largest(np.sqrt(_apart(values)))


def ordinal(values: tuple[Value, ...]) -> Array:
    """Pairs of scale points from the one to the other, both included (Gwet 2014, section 3.5)."""
    apart = _apart(values)
    return _over_largest(apart * (apart + 1))


def ratio(values: tuple[Value, ...]) -> Array:
    """((c − k) / (c + k))² over its largest; codes that are no numbers count by their rank from 1 on."""
    if all(number_of(value) is not None for value in values):
        return _over_largest(LEVELS["ratio"](values))
    return _over_largest(LEVELS["ratio"](tuple(frozenset([str(rank)]) for rank in range(1, len(values) + 1))))


WEIGHTS: dict[str, Callable[[tuple[Value, ...]], Array]] = {
    UNWEIGHTED: nominal,
    "linear": linear,
    "quadratic": quadratic,
    "ordinal": ordinal,
    "radical": radical,
    "ratio": ratio,
}
