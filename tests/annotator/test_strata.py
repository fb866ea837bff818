"""How many issues each stratum gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.services.sampling import SEEDS, rank, stratified_sample
from annotator.services.strata import (
    allot,
    by_commonness,
    equal,
    label_stratum,
    larger_without_less,
    largest_remainder,
    proportional,
)

SIZES = {"a": 50, "b": 30, "c": 15, "d": 5}
STRATA = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 60), min_size=1, max_size=8)


def test_largest_remainder_by_hand() -> None:
    """Quotas of 7 of 100: 3.5, 2.1, 1.05, 0.35; the one left goes to the largest remainder."""
    assert largest_remainder(SIZES, 7) == {"a": 4, "b": 2, "c": 1, "d": 0}


def test_equal_remainders_go_to_the_larger_stratum_then_by_name() -> None:
    assert largest_remainder({"b": 10, "a": 10}, 1) == {"b": 0, "a": 1}
    assert largest_remainder({"a": 10, "b": 30}, 2) == {"a": 0, "b": 2}


def test_a_minimum_of_one_is_taken_from_the_others() -> None:
    assert proportional(SIZES, 7, minimum_one=True) == {"a": 3, "b": 2, "c": 1, "d": 1}
    assert proportional({"a": 97, "b": 1, "c": 1, "d": 1}, 4, minimum_one=True) == dict.fromkeys("abcd", 1)


def test_equal_sizes_fill_small_strata_first() -> None:
    assert equal(SIZES, 40) == {"a": 12, "b": 12, "c": 11, "d": 5}
    assert equal(SIZES, 100) == SIZES


@given(STRATA, st.data())
@pytest.mark.parametrize("allocation", ["proportional", "equal"])
@pytest.mark.parametrize("minimum_one", [True, False])
def test_sizes_add_up_and_fit(allocation: str, minimum_one: bool, sizes: dict[str, int], data: st.DataObject) -> None:
    n = data.draw(st.integers(len(sizes), sum(sizes.values())) if len(sizes) <= sum(sizes.values()) else st.just(1))
    allotted = allot(sizes, n, allocation=allocation, minimum_one=minimum_one)
    assert sum(allotted.values()) == n
    assert allotted.keys() == sizes.keys()
    assert all(0 <= allotted[name] <= sizes[name] for name in sizes)
    if minimum_one or allocation == "equal":
        assert min(allotted.values()) >= 1


def test_a_larger_sample_may_take_fewer_from_a_stratum_and_the_next_that_does_not_is_found() -> None:
    """The paradox of Alabama."""
    sizes = {"a": 6, "b": 6, "c": 2}
    now = largest_remainder(sizes, 10)
    assert (now, largest_remainder(sizes, 11)) == ({"a": 4, "b": 4, "c": 2}, {"a": 5, "b": 5, "c": 1})
    assert larger_without_less(sizes, now, 11, allocation="proportional", minimum_one=False) == 12
    assert larger_without_less(sizes, sizes, 14, allocation="equal", minimum_one=False) == 14


def test_an_issue_belongs_to_its_commonest_label() -> None:
    labels = [["bug", "model"], ["model"], ["bug"], ["model", "docs"], [], ["docs"]]
    order = by_commonness(labels)
    assert order == ["model", "bug", "docs"]
    assert [label_stratum(each, order) for each in labels] == ["model", "model", "bug", "model", "(no label)", "docs"]
    assert label_stratum(["new"], order) == "(other labels)"


KEYS = {f"tidewater/captioner#{number}": "even" if number % 2 == 0 else "odd" for number in range(1, 21)}


def test_each_stratum_gives_its_first_ranks_in_the_order_of_the_draw() -> None:
    drawn = stratified_sample(KEYS, {"odd": 2, "even": 3}, seed=7)
    by_rank = sorted(KEYS, key=lambda key: rank(7, "sample", key))
    odd, even = ([key for key in by_rank if KEYS[key] == name] for name in ("odd", "even"))
    assert set(drawn) == {*odd[:2], *even[:3]}
    assert drawn == [key for key in by_rank if key in drawn]


def test_every_issue_of_a_stratum_is_drawn_about_equally_often() -> None:
    counts = dict.fromkeys(KEYS, 0)
    for seed in range(3000):
        for key in stratified_sample(KEYS, {"odd": 3, "even": 1}, seed=seed):
            counts[key] += 1
    expected = {"odd": 3000 * 3 / 10, "even": 3000 / 10}
    # Within a stratum counts are negatively correlated: the statistic is scaled by (1 − n/N) and has 9 degrees each.
    left = {"odd": 0.7, "even": 0.9}
    for name in expected:
        of_stratum = [count for key, count in counts.items() if KEYS[key] == name]
        chi_square = sum((count - expected[name]) ** 2 / expected[name] for count in of_stratum) / left[name] * 9 / 10
        assert chi_square < 27.88  # the 99.9 % point with 9 degrees of freedom


@given(st.integers(0, SEEDS - 1))
def test_strata_are_exact_for_any_seed(seed: int) -> None:
    drawn = stratified_sample(KEYS, {"odd": 4, "even": 1}, seed=seed)
    assert sorted(KEYS[key] for key in drawn) == ["even", "odd", "odd", "odd", "odd"]
