"""How far two values are apart: from 0 for the same to 1 (interval: without bound). Sources are in docs/method.md."""

from collections.abc import Callable, Mapping

import numpy as np

from analysis.stats.ratings import Array, NotOnScale, Value, describe

# Values → square matrix: 0 on the diagonal, symmetric, not below 0.
Distance = Callable[[tuple[Value, ...]], Array]


def nominal(values: tuple[Value, ...]) -> Array:
    """0 for the same set of codes, 1 for any other (Krippendorff 2011, section on nominal data)."""
    return 1.0 - np.eye(len(values))


def interval(values: tuple[Value, ...]) -> Array:
    """(c − k)², for codes that are numbers (Krippendorff 2011)."""
    at = numbers(values)
    return np.asarray((at[:, None] - at) ** 2)


def ratio(values: tuple[Value, ...]) -> Array:
    """((c − k) / (c + k))², for codes that are numbers from 0 up (Krippendorff 2011)."""
    at = numbers(values)
    for value, number in zip(values, at, strict=True):
        if number < 0:
            raise NotOnScale(value, f"“{describe(value)}” lies below 0; a ratio scale begins at 0.")
    both = at[:, None] + at
    return np.asarray(np.divide(at[:, None] - at, both, out=np.zeros_like(both), where=both != 0) ** 2)


def jaccard(values: tuple[Value, ...]) -> Array:
    """1 − shared codes / all codes of the two sets (Jaccard 1912); two empty sets are the same."""
    shared, union = _overlap(values)
    return 1 - np.divide(shared, union, out=np.ones_like(shared), where=union != 0)


def masi(values: tuple[Value, ...]) -> Array:
    """1 − J M: Jaccard's index times 1 (same), 2/3 (one within the other), 1/3 (overlap), 0 (Passonneau 2006)."""
    return np.asarray(1 - (1 - jaccard(values)) * (1 - passonneau(values)))


def dkpro_masi(values: tuple[Value, ...]) -> Array:
    """(1 − J) times the distance of Passonneau 2004, which DKPro Statistics calls MASI. Not the usual MASI."""
    return np.asarray(jaccard(values) * passonneau(values))


def passonneau(values: tuple[Value, ...]) -> Array:
    """0 (same), 1/3 (one within the other), 2/3 (overlap), 1 (nothing shared): the older distance of Passonneau 2004.

    The empty set lies within any other.
    """
    shared, union = _overlap(values)
    size = np.diagonal(shared)
    within = shared == np.minimum(size[:, None], size)
    apart = np.where(within, 1 / 3, 2 / 3)
    return np.where(union == shared, 0.0, np.where((shared == 0) & ~within, 1.0, apart))


def tree(parents: Mapping[str, str]) -> Distance:
    """Jaccard's distance once every code stands with all codes above it. `parents`: code → the code above it.

    Siblings are nearer than strangers, a code and the one above it nearer still; without a hierarchy it is `jaccard`.
    """

    def with_ancestors(value: Value) -> Value:
        found = set(value)
        for code in value:
            while (code := parents.get(code, "")) and code not in found:
                found.add(code)
        return frozenset(found)

    def distance(values: tuple[Value, ...]) -> Array:
        return jaccard(tuple(map(with_ancestors, values)))

    return distance


def _overlap(values: tuple[Value, ...]) -> tuple[Array, Array]:
    """How many codes two values share, and how many they have together."""
    codes = {code: at for at, code in enumerate(sorted(frozenset().union(*values)))}
    has = np.zeros((len(values), len(codes)))
    for row, value in enumerate(values):
        has[row, [codes[code] for code in value]] = 1
    shared = has @ has.T
    size = np.diagonal(shared)
    return shared, size[:, None] + size - shared


def number_of(value: Value) -> float | None:
    """The number that a value is; None for several codes, for none, and for words."""
    if len(value) != 1:
        return None
    try:
        number = float(next(iter(value)))
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def numbers(values: tuple[Value, ...]) -> Array:
    found = [number_of(value) for value in values]
    for value, number in zip(values, found, strict=True):
        if number is None:
            raise NotOnScale(value, f"“{describe(value)}” is not a number; this level of measurement needs numbers.")
    return np.array(found, dtype=float)


ORDINAL = "ordinal"
LEVELS: dict[str, Distance] = {
    "nominal": nominal,
    "interval": interval,
    "ratio": ratio,
    "jaccard": jaccard,
    "masi": masi,
    "passonneau": passonneau,
    "dkpro_masi": dkpro_masi,
}
