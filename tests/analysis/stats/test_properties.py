"""Coefficients on arbitrary tables, against their definitions pair by pair, and against krippendorff."""

from collections import Counter
from fractions import Fraction
from itertools import permutations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.stats.batches import Draws
from analysis.stats.coefficients import COEFFICIENTS, Prepared, agreement, patterns_of, prepare
from analysis.stats.scales import Setting
from tests.analysis.stats.published import points
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


WEIGHTS = {
    "unweighted": lambda a, b: Fraction(a == b),
    "linear": lambda a, b: 1 - Fraction(abs(a - b), 2),
    "quadratic": lambda a, b: 1 - Fraction((a - b) ** 2, 4),
    "ordinal": lambda a, b: 1 - Fraction(abs(a - b) * (abs(a - b) + 1), 6),
}


def shares(rows):
    """Mean over the issues of each value's share of the ratings."""
    rated = [[v for v in row if v is not None] for row in rows]
    rated = [row for row in rated if row]
    return [sum(Fraction(row.count(v), len(row)) for row in rated) / len(rated) for v in range(3)]


def expected_by_gwet(rows, weight):
    pi, total = shares(rows), sum(weight(a, b) for a in range(3) for b in range(3))
    return total * sum(p * (1 - p) for p in pi) / 6


def expected_by_fleiss(rows, weight):
    pi = shares(rows)
    return sum(pi[a] * pi[b] * weight(a, b) for a in range(3) for b in range(3))


def expected_by_conger(rows, weight):
    """A rating of one rater with a rating of another, drawn from each; raters who rated nothing are none."""
    columns = [[v for v in column if v is not None] for column in zip(*rows, strict=True)]
    pairs = list(permutations([column for column in columns if column], 2))
    return sum(Fraction(sum(weight(a, b) for a in x for b in y), len(x) * len(y)) for x, y in pairs) / len(pairs)


def expected_by_scale(rows, weight):
    return sum(weight(a, b) for a in range(3) for b in range(3)) / 9


def weighted_agreement(rows, weight):
    rated = [[v for v in row if v is not None] for row in rows]
    found = [[weight(a, b) for a, b in permutations(row, 2)] for row in rated if len(row) > 1]
    return sum(sum(pairs) / len(pairs) for pairs in found) / len(found) if found else None


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("gwet_ac", expected_by_gwet),
        ("fleiss_kappa", expected_by_fleiss),
        ("conger_kappa", expected_by_conger),
        ("brennan_prediger", expected_by_scale),
    ],
)
@few
@given(rows=tables(raters=3, missing=True))
def test_weighted_with_missing_ratings_equals_the_definition_in_exact_fractions(method, expected, weights, rows):
    setting = Setting(weights=weights, categories=points(0, 1, 2))
    value = agreement(matrix_of_rows(rows), method, setting=setting).value
    observed = weighted_agreement(rows, WEIGHTS[weights])
    chance = None if observed is None else corrected(observed, expected(rows, WEIGHTS[weights]))
    assert value == (None if chance is None else pytest.approx(float(chance), abs=1e-11))


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@few
@given(rows=tables(raters=4, missing=True))
def test_alpha_of_every_level_equals_krippendorff(level, rows):
    result = agreement(matrix_of_rows(rows), "krippendorff_alpha", setting=Setting(level=level))
    assume(result.value is not None)
    data = np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float)
    expected = krippendorff.alpha(reliability_data=data.T, level_of_measurement=level)
    assert result.value == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize("method", ["cohen_kappa", "gwet_ac", "conger_kappa", "krippendorff_alpha"])
@few
@given(rows=tables(raters=2, missing=True))
def test_standard_error_is_the_slope_along_each_issue(method, rows):
    """Against small finite steps instead of the complex ones, for coefficients that weigh an issue a little more."""
    matrix = matrix_of_rows(rows)
    found = prepare(matrix, method, Setting(), patterns_of(matrix))
    assume(isinstance(found, Prepared) and found.blank.n_units > 1)
    copies = found.patterns.copies.astype(float)
    nudged = copies + 1e-6 * np.eye(len(copies))
    slopes = (found.form.smooth_value(Draws(nudged)) - found.form.smooth_value(Draws(copies[None]))) / 1e-6
    assume(np.isfinite(slopes).all())
    n, ddof = found.n_sampled, found.form.ddof
    by_steps = np.sqrt(copies @ slopes**2 * n / (n - ddof))
    assert agreement(matrix, method).se == pytest.approx(by_steps, abs=1e-4)


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
@given(tables(raters=3, missing=True), st.randoms(use_true_random=False))
def test_order_of_units_and_raters_does_not_matter(rows, random):
    shuffled = [list(row) for row in rows]
    random.shuffle(shuffled)
    turned = [row[::-1] for row in shuffled]
    for method in set(COEFFICIENTS) - {"cohen_kappa", "scott_pi"}:
        before, after = (agreement(matrix_of_rows(r), method) for r in (rows, turned))
        assert after.undefined_because == before.undefined_because
        assert after.value == (None if before.value is None else pytest.approx(before.value, abs=1e-12))


@few
@given(tables(raters=2, missing=True))
def test_a_value_is_absent_exactly_when_a_reason_is_given(rows):
    for method in COEFFICIENTS:
        result = agreement(matrix_of_rows(rows), method)
        assert (result.value is None) == (result.undefined_because is not None)
