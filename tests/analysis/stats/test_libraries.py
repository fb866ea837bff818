"""Coefficients on arbitrary tables, against statsmodels."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given

from analysis.stats.coefficients import agreement
from tests.analysis.stats.tables import few, matrix_of_rows, tables

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the libraries' own imports warn of is not ours
    from statsmodels.stats import inter_rater


@few
@given(tables(raters=2, missing=False))
def test_cohen_and_its_standard_error_equal_statsmodels(rows):
    result = agreement(matrix_of_rows(rows), "cohen_kappa")
    assume(result.value is not None)
    table, _ = inter_rater.to_table(np.array(rows), bins=np.arange(4) - 0.5)
    with np.errstate(invalid="ignore", divide="ignore"):  # its z divides by an error of 0
        expected = inter_rater.cohens_kappa(table)
    assert result.value == pytest.approx(expected.kappa, abs=1e-12)
    assert result.se == pytest.approx(math.sqrt(max(expected.var_kappa, 0)), abs=1e-7)


@few
@given(tables(raters=3, missing=False))
def test_fleiss_equals_statsmodels(rows):
    result = agreement(matrix_of_rows(rows), "fleiss_kappa")
    assume(result.value is not None)
    counts, _ = inter_rater.aggregate_raters(np.array(rows))
    assert result.value == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-12)
