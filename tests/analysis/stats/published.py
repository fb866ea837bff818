"""Reads published data sets into the product's own shapes."""

import json
from pathlib import Path

from analysis.stats.ratings import RatingMatrix
from analysis.stats.scales import Setting

GOLDEN = Path(__file__).parents[2] / "golden"


def golden(name):
    """A golden file by name, or any file of that form by its whole path."""
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def one(code):
    return frozenset([str(code)])


def points(*codes):
    return tuple(map(one, codes))


def rate(*rows):
    """Rows of words, one letter a rater; "." is missing, "-" is none of these."""
    return RatingMatrix.from_ratings(
        (unit, f"r{rater}", frozenset() if letter == "-" else frozenset(letter))
        for unit, row in enumerate(rows)
        for rater, letter in enumerate(row)
        if letter != "."
    )


def matrix_of(data):
    """The matrix of a published data set: `ratings`, `table` or `counts`."""
    return RatingMatrix.from_ratings(_READERS[data["type"]](data))


def matrix_of_case(case, data):
    matrix = matrix_of(data[case["data"]])
    return matrix.pair(*case["raters"]) if "raters" in case else matrix


def setting_of(case):
    categories = points(*case.get("categories", ()))
    return Setting(weights=case.get("weights", "unweighted"), level=case.get("level"), categories=categories)


def _from_ratings(data):
    for unit, row in enumerate(data["ratings"]):
        for rater, value in zip(data["raters"], row, strict=True):
            if value is not None:
                yield unit, rater, frozenset(value) if isinstance(value, list) else one(value)


def _from_table(data):
    unit = 0
    for row, counts in enumerate(data["table"]):
        for column, count in enumerate(counts):
            for _ in range(count):
                yield unit, "first", one(row)
                yield unit, "second", one(column)
                unit += 1


def _from_counts(data):
    for unit, counts in enumerate(data["counts"]):
        values = [value for value, count in enumerate(counts) for _ in range(count)]
        for rater, value in enumerate(values):
            yield unit, f"rater {rater}", one(value)


_READERS = {"ratings": _from_ratings, "table": _from_table, "counts": _from_counts}
