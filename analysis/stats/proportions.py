"""How sure a share is."""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist


def wilson(count: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Score interval of a share (Wilson 1927), without continuity correction. ValueError when there are no cases."""
    if not 0 <= count <= n or not n:
        raise ValueError("A share needs a count between 0 and the number of cases, and at least one case.")
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = count / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding must not push an interval past the ends of the scale.
    return max(0.0, centre - half), min(1.0, centre + half)


def goodman(counts: Sequence[int], *, level: float = 0.95) -> tuple[tuple[float, float], ...]:
    """Intervals of all shares of one whole at once (Goodman 1965): Wilson's, each at the level 1 − (1 − level) / k."""
    return tuple(wilson(count, sum(counts), level=1 - (1 - level) / len(counts)) for count in counts)
