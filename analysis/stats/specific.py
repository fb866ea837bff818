"""What stands behind one coefficient: agreement on each value, the 2 × 2 of one code, and κ against no agreement."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from analysis.stats.batches import count
from analysis.stats.ratings import RatingMatrix, Value
from analysis.stats.scales import Setting, scale_by_weights


@dataclass(frozen=True)
class SpecificAgreement:
    """When one rater gives this value, how often another does. None where nobody gave it to an issue rated twice."""

    value: Value
    share: float | None


@dataclass(frozen=True)
class TwoByTwo:
    """One code between two raters. The indices are None without an issue that both rated; `positive` without one that
    either gave the code, `negative` without one that either did not."""

    both: int
    first_only: int
    second_only: int
    neither: int
    positive: float | None
    negative: float | None
    prevalence_index: float | None
    bias_index: float | None


@dataclass(frozen=True)
class NoAgreement:
    """Cohen's κ against κ = 0. None where κ is undefined or cannot vary."""

    z: float | None
    p: float | None


def specific_agreement(matrix: RatingMatrix) -> tuple[SpecificAgreement, ...]:
    """Each value in use. Two raters: Cicchetti & Feinstein 1990; several, over all pairs: de Vet et al. 2017."""
    counts = count(matrix.coded(), len(matrix.values))
    others = np.maximum(counts.sum(axis=1, keepdims=True) - 1, 0)
    agreeing, paired = (counts * (counts - 1)).sum(axis=0), (counts * others).sum(axis=0)
    return tuple(
        SpecificAgreement(value, _share(float(above), float(below)))
        for value, above, below in zip(matrix.values, agreeing, paired, strict=True)
    )


def two_by_two(matrix: RatingMatrix, code: str) -> TwoByTwo:
    """Issues that both of the two raters rated. Indices of prevalence and bias: Byrt, Bishop & Carlin 1993."""
    if len(matrix.raters) != 2:
        raise ValueError(f"A 2 × 2 table is of two raters; there are {len(matrix.raters)} here.")
    said = [(code in row[0], code in row[1]) for row in matrix.cells if row[0] is not None and row[1] is not None]
    a, b, c, d = (said.count(each) for each in ((True, True), (True, False), (False, True), (False, False)))
    return TwoByTwo(
        both=a,
        first_only=b,
        second_only=c,
        neither=d,
        positive=_share(2 * a, 2 * a + b + c),
        negative=_share(2 * d, 2 * d + b + c),
        prevalence_index=_share(a - d, len(said)),
        bias_index=_share(b - c, len(said)),
    )


def _share(above: float, below: float) -> float | None:
    return above / below if below else None


def against_none(matrix: RatingMatrix, setting: Setting | None = None) -> NoAgreement:
    """Two-sided z test of Cohen's κ = 0, by its error under that assumption (Fleiss, Cohen & Everitt 1969)."""
    scale = scale_by_weights(matrix, setting or Setting())
    if len(matrix.raters) != 2:
        raise ValueError(f"Cohen's κ compares two raters; there are {len(matrix.raters)} here.")
    codes = matrix.coded(scale.values)
    codes = codes[(codes >= 0).all(axis=1)]
    n, size = len(codes), len(scale.values)
    if not n:
        return NoAgreement(None, None)
    weights = np.eye(size) if scale.distance is None else 1 - scale.distance
    first, second = (np.bincount(codes[:, side], minlength=size) / n for side in (0, 1))
    observed, chance = float(weights[codes[:, 0], codes[:, 1]].mean()), float(first @ weights @ second)
    around = (weights @ second)[:, None] + first @ weights
    spread = float(first @ (weights - around) ** 2 @ second) - chance**2
    if spread <= 0 or chance == 1:
        return NoAgreement(None, None)
    z = (observed - chance) / sqrt(spread / n)
    return NoAgreement(z, 2 * NormalDist().cdf(-abs(z)))
