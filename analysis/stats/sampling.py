"""How many issues to code: for the precision of a share, and for the precision of κ between two raters."""

from math import ceil
from statistics import NormalDist

# What floating point leaves above a whole number must not cost an issue.
ROUNDING = 1e-9


def z_of(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError("A confidence lies between 0 and 1.")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def size_for_share(
    margin: float, *, confidence: float = 0.95, share: float = 0.5, population: int | None = None
) -> int:
    """Issues of a simple random sample, so that a share is known within ± `margin`: Cochran 1977, with his correction
    for a finite population. n0 = z² p (1 − p) / e²; n = n0 / (1 + (n0 − 1) / N)."""
    if not 0 < margin < 1:
        raise ValueError("A margin lies between 0 and 1.")
    if not 0 < share < 1:
        raise ValueError("An expected share lies between 0 and 1.")
    if population is not None and population < 1:
        raise ValueError("A population has at least one issue.")
    endless = z_of(confidence) ** 2 * share * (1 - share) / margin**2
    if population is None:
        return ceil(endless - ROUNDING)
    return min(ceil(endless / (1 + (endless - 1) / population) - ROUNDING), population)


def kappa_variance(kappa: float, prevalence: float) -> float:
    """N times the asymptotic variance of κ for two raters and two categories, when both use a code equally often
    (Bloch & Kraemer 1989): (1 − κ) [(1 − κ)(1 − 2κ) + κ (2 − κ) / (2 π (1 − π))]."""
    if not 0 < prevalence < 1:
        raise ValueError("A prevalence lies between 0 and 1.")
    if not 0 <= kappa < 1:
        raise ValueError("An expected kappa lies between 0 and less than 1.")
    spread = 2 * prevalence * (1 - prevalence)
    return (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / spread)


def size_for_kappa(half_width: float, *, kappa: float, prevalence: float, confidence: float = 0.95) -> int:
    """Issues that both raters code, so that the interval of κ is about κ ± `half_width`: z² V / w²."""
    if not 0 < half_width < 1:
        raise ValueError("Half a width lies between 0 and 1.")
    return ceil(z_of(confidence) ** 2 * kappa_variance(kappa, prevalence) / half_width**2 - ROUNDING)
