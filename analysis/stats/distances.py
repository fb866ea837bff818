"""How far two values are apart, for the coefficients that take a distance."""

from collections.abc import Callable

import numpy as np

from analysis.stats.ratings import Array, Value

# Values in use → square matrix: 0 on the diagonal, above 0 elsewhere, symmetric.
Distance = Callable[[tuple[Value, ...]], Array]


def nominal(values: tuple[Value, ...]) -> Array:
    """0 for the same set of codes, 1 for any other (Krippendorff 2011, section on nominal data)."""
    return 1.0 - np.eye(len(values))
