"""Arbitrary rating tables for property tests: rows of numbers, None where a rating is missing."""

from hypothesis import settings
from hypothesis import strategies as st

from analysis.stats.ratings import RatingMatrix
from tests.analysis.stats.published import one

few = settings(max_examples=40, deadline=None)


def tables(raters, missing):
    value = st.sampled_from([0, 1, 2, None] if missing else [0, 1, 2])
    return st.lists(st.lists(value, min_size=raters, max_size=raters), min_size=2, max_size=12)


def matrix_of_rows(rows):
    cells = tuple(tuple(None if value is None else one(value) for value in row) for row in rows)
    return RatingMatrix(tuple(range(len(rows))), tuple(f"r{r}" for r in range(len(rows[0]))), cells)
