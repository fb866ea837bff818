import pytest

from analysis.stats.ratings import RatingMatrix, describe

A, B, AB, NONE = frozenset("a"), frozenset("b"), frozenset("ab"), frozenset()

RATINGS = [(7, "ann", B), (7, "bo", AB), (3, "bo", NONE), (3, "cy", A), (9, "ann", A)]


@pytest.fixture
def matrix():
    return RatingMatrix.from_ratings(RATINGS)


def test_units_and_raters_keep_the_order_of_their_first_rating(matrix):
    assert matrix.units == (7, 3, 9)
    assert matrix.raters == ("ann", "bo", "cy")


def test_missing_is_not_none_of_these(matrix):
    assert matrix.cells == ((B, AB, None), (None, NONE, A), (A, None, None))


def test_a_second_rating_of_the_same_cell_is_refused_in_words():
    with pytest.raises(ValueError, match="bo has rated 3 twice"):
        RatingMatrix.from_ratings([*RATINGS, (3, "bo", NONE)])


def test_codes_are_sorted_and_without_the_empty_set(matrix):
    assert matrix.codes() == ("a", "b")


def test_values_have_an_order_that_does_not_depend_on_the_rows(matrix):
    assert matrix.values == (NONE, A, AB, B)
    assert RatingMatrix.from_ratings(reversed(RATINGS)).values == matrix.values


def test_coded_gives_positions_and_minus_one_where_missing(matrix):
    assert matrix.coded().tolist() == [[3, 2, -1], [-1, 0, 1], [1, -1, -1]]


def test_pair_keeps_the_units_that_either_rated_in_the_order_asked(matrix):
    pair = matrix.pair("cy", "ann")
    assert pair == RatingMatrix((7, 3, 9), ("cy", "ann"), ((None, B), (A, None), (None, A)))
    assert matrix.pair("bo", "cy").units == (7, 3)


@pytest.mark.parametrize(("a", "b", "words"), [("ann", "dee", "dee has rated nothing"), ("ann", "ann", "named twice")])
def test_pair_refuses_in_words(matrix, a, b, words):
    with pytest.raises(ValueError, match=words):
        matrix.pair(a, b)


def test_presence_asks_one_code_and_keeps_missing_apart(matrix):
    assert matrix.presence("a").cells == ((NONE, A, None), (None, NONE, A), (A, None, None))
    assert matrix.presence("unused").values == (NONE,)


def test_no_ratings_make_an_empty_matrix():
    empty = RatingMatrix.from_ratings([])
    assert (empty.units, empty.codes(), empty.coded().shape) == ((), (), (0, 0))


def test_a_value_is_described_by_its_codes():
    assert [describe(AB), describe(NONE)] == ["a + b", "none of these"]
