"""Who codes which issue: balance over raters and pairs, by design."""

from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from annotator.models import Each
from annotator.services.blocks import round_robin
from annotator.services.dealing import Before, Design, Hands, balance_of, before_of, deal_hands
from studies.errors import Invalid


def keys(number: int) -> list[str]:
    return [f"tidewater/captioner#{each}" for each in range(1, number + 1)]


def aliases(number: int) -> list[str]:
    return [f"rater-{each}" for each in range(1, number + 1)]


def some(issues: int, raters: int, k: int, *, seed: int = 1, **options: Any) -> Hands:
    return deal_hands(keys(issues), aliases(raters), Design(Each.SOME, k, **options), seed=seed)


def raters_an_issue(hands: Hands) -> Counter[int]:
    return Counter(Counter(key for hand in hands.values() for key in hand).values())


def spread(counts: Any) -> int:
    return max(counts) - min(counts)


@pytest.mark.parametrize("raters", range(2, 10))
def test_two_of_n_leaves_raters_and_pairs_within_one(raters: int) -> None:
    for issues in range(1, 50):
        hands = some(issues, raters, 2)
        balance = balance_of(hands)
        assert raters_an_issue(hands) == {2: issues}
        assert spread(balance.raters.values()) <= 1
        assert balance.spread <= 1


@pytest.mark.parametrize("raters", range(2, 14))
def test_a_tournament_has_every_pair_once(raters: int) -> None:
    pairs = [frozenset(pair) for pair in round_robin(aliases(raters))]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {frozenset(pair) for pair in combinations(aliases(raters), 2)}


@pytest.mark.parametrize(("raters", "k", "most"), [(3, 3, 0), (4, 3, 2), (5, 3, 2), (6, 3, 2), (7, 3, 1), (6, 4, 2)])
def test_more_than_two_of_n_are_exact_by_rater_and_near_by_pair(raters: int, k: int, most: int) -> None:
    """Three of four raters and two issues: any two blocks share a pair that another pair never meets."""
    worst = 0
    for issues in range(1, 40):
        hands = some(issues, raters, k)
        balance = balance_of(hands)
        assert raters_an_issue(hands) == {k: issues}
        assert spread(balance.raters.values()) <= 1
        worst = max(worst, balance.spread)
    assert worst <= most


@pytest.mark.parametrize(("raters", "k"), [(4, 3), (6, 3), (5, 2)])
def test_whole_turns_are_exact_by_pair(raters: int, k: int) -> None:
    blocks = len(list(combinations(range(raters), k)))
    assert balance_of(some(blocks * 3, raters, k)).spread == 0


def test_capacities_are_kept_and_the_rest_is_even() -> None:
    hands = some(30, 4, 2, capacities={"rater-1": 6, "rater-2": 10})
    balance = balance_of(hands)
    assert balance.raters == {"rater-1": 6, "rater-2": 10, "rater-3": 22, "rater-4": 22}
    assert raters_an_issue(hands) == {2: 30}


def test_a_capacity_of_nothing_gives_nothing() -> None:
    assert balance_of(some(10, 3, 2, capacities={"rater-2": 0})).raters == {"rater-1": 10, "rater-2": 0, "rater-3": 10}


def test_a_capacity_that_just_suffices() -> None:
    for seed in range(20):
        assert balance_of(some(5, 3, 2, capacities={"rater-1": 3}, seed=seed)).raters["rater-1"] == 3


@pytest.mark.parametrize("each", [Each.SOME, Each.OVERLAP])
def test_too_little_room_is_refused_with_the_numbers(each: Each) -> None:
    design = Design(each, 2, 0, {"rater-1": 2, "rater-2": 2})
    with pytest.raises(Invalid) as refusal:
        deal_hands(keys(10), aliases(2), design, seed=1)
    assert "can take 4 codings" in refusal.value.message_dict["capacities"][0]


def test_whoever_cannot_take_all_is_named_when_all_code_all() -> None:
    with pytest.raises(Invalid) as refusal:
        deal_hands(keys(3), aliases(2), Design(capacities={"rater-2": 2}), seed=1)
    assert refusal.value.message_dict == {"capacities": ["rater-2 would get 3 issues and can take 2."]}


@pytest.mark.parametrize(("share", "shared"), [(0, 0), (20, 4), (33, 7), (100, 20)])
def test_a_share_is_coded_by_all_and_the_rest_by_one(share: int, shared: int) -> None:
    hands = deal_hands(keys(20), aliases(3), Design(Each.OVERLAP, overlap=share), seed=1)
    assert raters_an_issue(hands) == {number: times for number, times in ((3, shared), (1, 20 - shared)) if times}
    balance = balance_of(hands)
    assert set(balance.pairs.values()) == {shared}
    assert spread(balance.raters.values()) <= 1


def test_an_overlap_keeps_capacities() -> None:
    hands = deal_hands(keys(20), aliases(3), Design(Each.OVERLAP, overlap=20, capacities={"rater-1": 5}), seed=1)
    assert sorted(balance_of(hands).raters.items())[0] == ("rater-1", 5)


@pytest.mark.parametrize(
    ("design", "field"),
    [(Design(Each.SOME, 4), "k"), (Design(Each.SOME, 0), "k"), (Design(Each.OVERLAP, overlap=101), "overlap")],
)
def test_what_the_raters_cannot_make_is_refused(design: Design, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        deal_hands(keys(3), aliases(3), design, seed=1)
    assert set(refusal.value.message_dict) == {field}


def test_a_pool_is_dealt_to_nobody_beforehand() -> None:
    assert deal_hands(keys(3), aliases(2), Design(Each.POOL), seed=1) == {"rater-1": [], "rater-2": []}


def test_a_deal_is_the_same_again_and_another_with_another_seed() -> None:
    assert some(30, 4, 2) == some(30, 4, 2)
    assert some(30, 4, 2) != some(30, 4, 2, seed=2)


def test_the_deal_is_pinned() -> None:
    hands = some(4, 3, 2, seed=2026)
    assert {alias: [int(key.split("#")[1]) for key in hand] for alias, hand in hands.items()} == PINNED


def test_raters_meet_their_issues_in_orders_of_their_own() -> None:
    hands = deal_hands(keys(10), aliases(2), Design(), seed=1)
    assert sorted(hands["rater-1"]) == sorted(hands["rater-2"])
    assert hands["rater-1"] != hands["rater-2"]


def test_more_issues_are_dealt_so_that_all_together_are_even() -> None:
    first = some(7, 5, 2)
    more = keys(16)[7:]
    second = deal_hands(more, aliases(5), Design(Each.SOME, 2), seed=1, before=before_of(first))
    both = balance_of({alias: first[alias] + second[alias] for alias in first})
    assert spread(both.raters.values()) <= 1
    assert both.spread <= 1


def test_what_was_dealt_before_counts_against_the_capacity() -> None:
    before = Before({"rater-1": 5})
    with pytest.raises(Invalid, match="rater-1 would get 6"):
        deal_hands(keys(1), aliases(2), Design(capacities={"rater-1": 5}), seed=1, before=before)


def test_many_kinds_of_blocks_are_dealt_too() -> None:
    hands = some(300, 14, 4)
    assert raters_an_issue(hands) == {4: 300}
    assert spread(balance_of(hands).raters.values()) <= 1


def test_no_pair_is_favoured_over_the_seeds() -> None:
    """One issue, two of four: over many seeds each of the six pairs gets it equally often."""
    counts = Counter[tuple[str, ...]]()
    for seed in range(3000):
        hands = some(1, 4, 2, seed=seed)
        counts[tuple(alias for alias, hand in hands.items() if hand)] += 1
    assert len(counts) == 6
    assert sum((count - 500) ** 2 / 500 for count in counts.values()) < 20.52  # 99.9 %, 5 degrees of freedom


PINNED = {
    "rater-1": [3, 2, 4],
    "rater-2": [1, 4, 2],
    "rater-3": [1, 3],
}
