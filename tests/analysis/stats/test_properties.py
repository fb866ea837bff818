"""Coefficients on arbitrary tables, against their definitions pair by pair, and against krippendorff."""

from collections import Counter
from fractions import Fraction
from itertools import permutations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.stats.coefficients import COEFFICIENTS, agreement
from tests.analysis.stats.tables import few, matrix_of_rows, tables


def share(pairs):
    return Fraction(sum(a == b for a, b in pairs), len(pairs))


def chance(left, right):
    """Agreement of one rating drawn from each of two lists."""
    a, b = Counter(left), Counter(right)
    return Fraction(sum(a[value] * b[value] for value in a), len(left) * len(right))


def corrected(observed, expected):
    return None if expected == 1 else (observed - expected) / (1 - expected)


def cohen(rows):
    left, right = zip(*rows, strict=True)
    return corrected(share(rows), chance(left, right))


def fleiss(rows):
    pooled = [value for row in rows for value in row]
    observed = sum(share(list(permutations(row, 2))) for row in rows) / len(rows)
    return corrected(observed, chance(pooled, pooled))


def percent(rows):
    given_twice = [[v for v in row if v is not None] for row in rows]
    shares = [share(list(permutations(row, 2))) for row in given_twice if len(row) > 1]
    return sum(shares) / len(shares) if shares else None


@pytest.mark.parametrize(
    ("method", "definition", "raters", "missing"),
    [
        ("cohen_kappa", cohen, 2, False),
        ("fleiss_kappa", fleiss, 3, False),
        ("percent_agreement", percent, 3, True),
    ],
)
@few
@given(data=st.data())
def test_equals_the_definition_in_exact_fractions(method, definition, raters, missing, data):
    rows = data.draw(tables(raters, missing))
    expected, value = definition(rows), agreement(matrix_of_rows(rows), method).value
    assert value == (None if expected is None else pytest.approx(float(expected), abs=1e-12))


@few
@given(tables(raters=4, missing=True))
def test_alpha_equals_krippendorff(rows):
    result = agreement(matrix_of_rows(rows), "krippendorff_alpha")
    assume(result.value is not None)
    data = np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float)
    expected = krippendorff.alpha(reliability_data=data.T, level_of_measurement="nominal")
    assert result.value == pytest.approx(expected, abs=1e-12)


@few
@given(tables(raters=3, missing=True), st.randoms(use_true_random=False))
def test_order_of_units_and_raters_does_not_matter(rows, random):
    shuffled = [list(row) for row in rows]
    random.shuffle(shuffled)
    turned = [row[::-1] for row in shuffled]
    for method in ("percent_agreement", "fleiss_kappa", "krippendorff_alpha"):
        before, after = (agreement(matrix_of_rows(r), method) for r in (rows, turned))
        assert after.undefined_because == before.undefined_because
        assert after.value == (None if before.value is None else pytest.approx(before.value, abs=1e-12))


@few
@given(tables(raters=2, missing=True))
def test_a_value_is_absent_exactly_when_a_reason_is_given(rows):
    for method in COEFFICIENTS:
        result = agreement(matrix_of_rows(rows), method)
        assert (result.value is None) == (result.undefined_because is not None)
