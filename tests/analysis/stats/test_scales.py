import numpy as np
import pytest

from analysis.stats.ratings import NotOnScale
from analysis.stats.scales import WEIGHTS, Setting, scale_by_level, scale_by_weights
from tests.analysis.stats.published import points, rate

ABC = points("a", "b", "c")


def weights(name, *codes):
    return (1 - WEIGHTS[name](points(*codes))).round(6).tolist()


def test_weights_by_rank():
    assert weights("unweighted", 1, 2) == [[1, 0], [0, 1]]
    assert weights("linear", "low", "mid", "high") == [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    assert weights("quadratic", 1, 2, 7) == [[1, 0.75, 0], [0.75, 1, 0.75], [0, 0.75, 1]]
    assert weights("radical", 1, 2, 7)[0] == [1, pytest.approx(1 - 0.5**0.5, abs=1e-6), 0]
    assert weights("ordinal", 1, 2, 3)[0] == [1, pytest.approx(1 - 1 / 3, abs=1e-6), 0]
    assert weights("linear", "only") == [[1]]


def test_ratio_weights_are_of_the_numbers_and_of_ranks_where_there_are_none():
    assert weights("ratio", 1, 3, 9)[0] == [1, pytest.approx(1 - (2 / 4) ** 2 / (8 / 10) ** 2, abs=1e-6), 0]
    assert weights("ratio", "a", "b", "c") == weights("ratio", 1, 2, 3)


def test_points_are_in_the_order_given_else_by_number_else_by_name():
    rows = rate("ab", "ca")
    assert scale_by_weights(rows, Setting("linear")).values == ABC
    assert scale_by_weights(rows, Setting("linear", categories=ABC[::-1])).values == ABC[::-1]
    numbers = (
        rate("91", "55")
        .presence("none")
        .from_ratings([(0, "x", frozenset(["10"])), (0, "y", frozenset(["9"])), (1, "x", frozenset(["-1"]))])
    )
    assert scale_by_weights(numbers, Setting("linear")).values == points(-1, 9, 10)


def test_unused_points_stand_on_the_scale_and_whole_answers_beside_it():
    ab = frozenset("ab")
    rows = rate("ab").from_ratings([(0, "x", ab), (0, "y", frozenset("a"))])
    assert scale_by_weights(rows, Setting(categories=ABC)).values == (*ABC, ab)


def test_level_is_of_alpha_alone_and_without_one_the_weights_hold():
    rows = rate("12", "21")
    assert scale_by_weights(rows, Setting(level="interval")).distance is None
    assert scale_by_level(rows, Setting(level="interval")).distance.tolist() == [[0, 1], [1, 0]]
    assert scale_by_level(rows, Setting(level="nominal", weights="linear")).distance is None
    assert scale_by_level(rows, Setting(weights="linear")).distance.tolist() == [[0, 1], [1, 0]]
    assert scale_by_level(rows, Setting(level="ordinal")).ranked
    own = scale_by_level(rows, Setting(level=lambda values: 7 * (1 - np.eye(len(values)))))
    assert own.distance.tolist() == [[0, 1], [1, 0]]  # 7 is the largest


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"weights": "cubic"}, "no weights cubic. Known: unweighted, linear"),
        ({"level": "hue"}, "no level hue. Known: nominal, interval"),
    ],
)
def test_an_unknown_name_is_refused_in_words(setting, words):
    with pytest.raises(ValueError, match=words):
        Setting(**setting)


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ([[1, 0]], "a row and a column for each of the 2 categories"),
        ([[1, 0], [0.5, 1]], "symmetric"),
        ([[0.5, 0], [0, 1]], "1 on the diagonal"),
        ([[1, 2], [2, 1]], "at most 1 elsewhere"),
    ],
)
def test_weights_of_ones_own_that_are_none_are_refused(own, words):
    with pytest.raises(ValueError, match=words):
        scale_by_weights(rate("ab"), Setting(weights=own, categories=points("a", "b")))


def test_weights_of_ones_own_have_no_place_for_several_codes():
    rows = rate("ab").from_ratings([(0, "x", frozenset("ab")), (0, "y", frozenset("a"))])
    with pytest.raises(NotOnScale, match=r"“a \+ b” is not among the categories of the weights"):
        scale_by_weights(rows, Setting(weights=np.eye(2), categories=points("a", "b")))
