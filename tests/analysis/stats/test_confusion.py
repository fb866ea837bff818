import pytest
from hypothesis import given

from analysis.stats.confusion import CODES, COUNTED, SETS, confusion, pooled_confusion
from analysis.stats.ratings import RatingMatrix
from tests.analysis.stats.published import golden, matrix_of
from tests.analysis.stats.tables import few, matrix_of_rows, tables

NONE = frozenset()
RATINGS = RatingMatrix.from_ratings(
    (unit, rater, frozenset(codes))
    for unit, row in enumerate(
        [("a", "a", "b"), ("a", "b", None), ("ab", "ac", None), ("ab", "a", None), ("", "", None)]
    )
    for rater, codes in zip("xyz", row, strict=True)
    if codes is not None
)


def cells(table):
    return {("".join(sorted(c.row)), "".join(sorted(c.column))): (c.count, c.units) for c in table.cells}


def test_sets_count_each_unit_once_under_the_whole_answers():
    table = confusion(RATINGS, "x", "y")
    assert cells(table) == {
        ("", ""): (1, (4,)),
        ("a", "a"): (1, (0,)),
        ("a", "b"): (1, (1,)),
        ("ab", "a"): (1, (3,)),
        ("ab", "ac"): (1, (2,)),
    }
    assert table.values == (NONE, frozenset("a"), frozenset("ab"), frozenset("ac"), frozenset("b"))
    assert (table.rows, table.columns, table.counted) == ("x", "y", COUNTED[SETS])


def test_codes_count_shared_codes_and_each_further_code_against_each_other():
    table = confusion(RATINGS, "x", "y", by=CODES)
    assert cells(table) == {
        ("", ""): (1, (4,)),
        ("a", "a"): (3, (0, 2, 3)),
        ("a", "b"): (1, (1,)),
        ("b", ""): (1, (3,)),
        ("b", "c"): (1, (2,)),
    }
    assert (table.counted, table.count) == (COUNTED[CODES], 7)


def test_the_other_order_turns_the_table():
    there, back = cells(confusion(RATINGS, "x", "y", by=CODES)), cells(confusion(RATINGS, "y", "x", by=CODES))
    assert back == {(column, row): found for (row, column), found in there.items()}


def test_units_that_only_one_of_the_two_rated_are_left_out_and_counted():
    table = confusion(RATINGS, "x", "z")
    assert (cells(table), table.n_units, table.n_left_out) == ({("a", "b"): (1, (0,))}, 1, 4)


def test_pooled_counts_each_pair_in_both_orders_and_names_a_unit_once():
    table = pooled_confusion(RATINGS)
    found = cells(table)
    assert found["a", "a"] == (2, (0,))
    assert found["a", "b"] == found["b", "a"] == (3, (0, 1))
    assert (table.rows, table.columns, table.n_units, table.n_left_out) == (
        "one rater",
        "another rater",
        5,
        0,
    )
    assert table.count == 2 * (3 + 4)


def test_published_table_is_found_again():
    data = golden("agreement.json")["data"]["cohen_1960_p37"]
    table = confusion(matrix_of(data), "first", "second")
    expected = {(str(r), str(c)): n for r, row in enumerate(data["table"]) for c, n in enumerate(row)}
    assert {pair: count for pair, (count, _) in cells(table).items()} == expected


def test_another_way_to_count_is_refused_in_words():
    with pytest.raises(ValueError, match="by sets or codes, not by words"):
        confusion(RATINGS, "x", "y", by="words")


@few
@given(tables(raters=3, missing=True))
def test_with_one_code_a_rating_both_ways_give_one_table(rows):
    matrix = matrix_of_rows(rows)
    by_sets, by_codes = pooled_confusion(matrix), pooled_confusion(matrix, by=CODES)
    assert by_sets.cells == by_codes.cells
    assert all(len(cell.units) <= cell.count for cell in by_sets.cells)
