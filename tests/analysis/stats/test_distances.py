from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.distances import LEVELS, dkpro_masi, interval, jaccard, masi, number_of, passonneau, ratio, tree
from analysis.stats.ratings import NotOnScale
from tests.analysis.stats.published import points
from tests.analysis.stats.tables import few

NONE, A, B, AB, AC, ABC = (frozenset(codes) for codes in ("", "a", "b", "ab", "ac", "abc"))
SETS = (NONE, A, B, AB, AC, ABC)


def between(distance, left, right):
    return distance((left, right))[0, 1]


@pytest.mark.parametrize(
    ("left", "right", "by_jaccard", "by_passonneau"),
    [
        (A, A, 0, 0),
        (NONE, NONE, 0, 0),
        (A, B, 1, 1),
        (NONE, A, 1, 1 / 3),
        (A, AB, 1 / 2, 1 / 3),
        (AB, AC, 2 / 3, 2 / 3),
        (A, ABC, 2 / 3, 1 / 3),
    ],
)
def test_distances_of_sets(left, right, by_jaccard, by_passonneau):
    values = (left, right, A, B)  # others beside them change nothing
    assert jaccard(values)[0, 1] == pytest.approx(by_jaccard)
    assert passonneau(values)[0, 1] == pytest.approx(by_passonneau)
    assert masi(values)[0, 1] == pytest.approx(1 - (1 - by_jaccard) * (1 - by_passonneau))
    assert dkpro_masi(values)[0, 1] == pytest.approx(by_jaccard * by_passonneau)


def test_numbers():
    assert interval(points(1, 4, -2)).tolist() == [[0, 9, 9], [9, 0, 36], [9, 36, 0]]
    assert ratio(points(0, 1, 3)).tolist() == [[0, 1, 1], [1, 0, 0.25], [1, 0.25, 0]]
    assert [number_of(value) for value in (*points("1e2", "inf", "x"), AB, NONE)] == [100, None, None, None, None]


@pytest.mark.parametrize(
    ("distance", "value", "words"), [(interval, A, "not a number"), (ratio, points(-1)[0], "below 0")]
)
def test_values_without_a_place_are_named(distance, value, words):
    with pytest.raises(NotOnScale, match=words) as refused:
        distance((*points(1), value))
    assert refused.value.value == value


PARENTS = {"button": "ui", "dialog": "ui", "ui": "defect", "api": "defect"}


def test_near_codes_of_a_tree_disagree_less():
    button, dialog, ui, api, other = points("button", "dialog", "ui", "api", "other")
    distance = tree(PARENTS)
    assert between(distance, button, dialog) == pytest.approx(1 / 2)  # share ui and defect, of four
    assert between(distance, button, ui) == pytest.approx(1 / 3)
    assert between(distance, button, api) == pytest.approx(3 / 4)
    assert between(distance, button, other) == 1
    assert between(distance, button, button) == 0


def test_a_tree_without_levels_is_jaccard_and_a_circle_ends():
    assert tree({})(SETS).tolist() == jaccard(SETS).tolist()
    assert between(tree({"a": "b", "b": "a"}), A, B) == 0


@few
@given(st.sets(st.frozensets(st.sampled_from("abcd")), min_size=1, max_size=8))
def test_every_distance_of_sets_is_one(sets):
    values = tuple(sorted(sets, key=sorted))
    for distance in (*(LEVELS[name] for name in ("nominal", "jaccard", "masi", "passonneau")), tree({"a": "b"})):
        found = distance(values)
        assert (np.diagonal(found) == 0).all()
        assert (found == found.T).all()
        assert ((found >= 0) & (found <= 1)).all()
    apart = jaccard(values)
    assert all(apart[a, b] > 0 for a, b in combinations(range(len(values)), 2))
