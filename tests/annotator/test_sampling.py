import hashlib
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.services.sampling import SEEDS, new_seed, order_for, ranked, sample_of

KEYS = [f"tidewater/captioner#{number}" for number in range(1, 11)]


def test_rank_is_what_the_documentation_says() -> None:
    """Anyone can repeat the draw with nothing but SHA-256: the expected order is computed here from the text."""
    by_hand = sorted(KEYS, key=lambda key: hashlib.sha256(("7/sample/" + key).encode("utf-8")).hexdigest())
    assert sample_of(KEYS, 4, seed=7) == by_hand[:4]


def test_sample_is_pinned_for_ever() -> None:
    assert sample_of(KEYS, 3, seed=2026) == PINNED


PINNED = ["tidewater/captioner#6", "tidewater/captioner#10", "tidewater/captioner#5"]


def test_sample_does_not_depend_on_the_order_of_the_candidates() -> None:
    assert sample_of(KEYS, 5, seed=1) == sample_of(reversed(KEYS), 5, seed=1)


def test_smaller_sample_of_the_same_seed_is_the_beginning_of_the_larger() -> None:
    assert sample_of(KEYS, 3, seed=5) == sample_of(KEYS, 8, seed=5)[:3]


def test_every_pair_is_drawn_about_equally_often() -> None:
    keys = KEYS[:5]
    counts = {pair: 0 for pair in combinations(keys, 2)}
    for seed in range(4000):
        first, second = sorted(sample_of(keys, 2, seed=seed), key=keys.index)
        counts[first, second] += 1
    chi_square = sum((count - 400) ** 2 / 400 for count in counts.values())
    assert chi_square < 27.88  # the 99.9 % point of chi-square with 9 degrees of freedom


@pytest.mark.parametrize("seed", [0, 1, SEEDS - 1])
def test_raters_meet_the_same_issues_in_different_orders(seed: int) -> None:
    first, second = (order_for(KEYS, rater, seed=seed) for rater in ("rater-1", "rater-2"))
    assert sorted(first) == sorted(second) == sorted(KEYS)
    assert first != second


@given(st.sets(st.text(min_size=1)), st.integers(0, SEEDS - 1))
def test_ranking_keeps_every_key_once(keys: set[str], seed: int) -> None:
    assert sorted(ranked(keys, seed=seed, purpose="sample")) == sorted(keys)


def test_new_seeds_are_in_range_and_differ() -> None:
    seeds = {new_seed() for _ in range(50)}
    assert len(seeds) == 50
    assert all(0 <= seed < SEEDS for seed in seeds)
