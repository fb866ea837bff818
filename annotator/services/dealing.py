"""Who codes which issue: the designs, balanced over raters and pairs. Pure: keys and aliases in, hands out.

Every choice is by seed and rule, so that a deal can be repeated like a draw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from annotator.models import Each
from annotator.services.blocks import Block, Pair, blocks_for, pair_of
from annotator.services.sampling import order_for, ranked
from studies.errors import Invalid

Hands = dict[str, list[str]]


@dataclass(frozen=True)
class Design:
    """`k` raters an issue (some, pool); `overlap` percent coded by all (overlap); the most a rater takes, by alias."""

    each: str = Each.EVERY
    k: int = 2
    overlap: int = 20
    capacities: Mapping[str, int] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What a round keeps of it."""
        told: dict[str, Any] = {"each": str(self.each)}
        if self.each in (Each.SOME, Each.POOL):
            told["k"] = self.k
        if self.each == Each.OVERLAP:
            told["overlap"] = self.overlap
        return told

    @classmethod
    def kept(cls, facts: Mapping[str, Any], capacities: Mapping[str, int]) -> "Design":
        return cls(facts.get("each", Each.EVERY), facts.get("k", 2), facts.get("overlap", 20), capacities)


@dataclass(frozen=True)
class Before:
    """What was dealt already: issues by rater, and issues that two raters share."""

    loads: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[Pair, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Balance:
    """Issues by rater and by pair of raters, in the order of the aliases given."""

    raters: dict[str, int]
    pairs: dict[Pair, int]

    @property
    def matrix(self) -> list[tuple[str, int, list[int | None]]]:
        """A row a rater: how many, and how many shared with each; with themselves None."""
        both = self.pairs | {(second, first): shared for (first, second), shared in self.pairs.items()}
        return [
            (first, number, [both.get((first, second)) for second in self.raters])
            for first, number in self.raters.items()
        ]

    @property
    def spread(self) -> int:
        """The most that two pairs differ by."""
        return max(self.pairs.values(), default=0) - min(self.pairs.values(), default=0)


def balance_of(hands: Mapping[str, Sequence[str]]) -> Balance:
    sets = {alias: set(keys) for alias, keys in hands.items()}
    pairs = {(first, second): len(sets[first] & sets[second]) for first, second in combinations(hands, 2)}
    return Balance({alias: len(keys) for alias, keys in sets.items()}, pairs)


def check_design(design: Design, raters: int) -> None:
    """Raises Invalid, by field, when so many raters cannot make it."""
    if design.each in (Each.SOME, Each.POOL) and not 1 <= design.k <= raters:
        raise Invalid({"k": f"With {raters} rater{'s' * (raters != 1)}, 1 to {raters} can code each issue."})
    if design.each == Each.OVERLAP and not 0 <= design.overlap <= 100:
        raise Invalid({"overlap": "The share that all code is 0 to 100 percent."})


def deal_hands(
    drawn: Sequence[str], aliases: Sequence[str], design: Design, *, seed: int, before: Before | None = None
) -> Hands:
    """The issues of each rater, in the order in which they meet them. Invalid when the capacities do not suffice."""
    check_design(design, len(aliases))
    before = before or Before()
    dealt = HOW[Each(design.each)](drawn, aliases, design, seed, before)
    check_capacities(dealt, design, before)
    return {alias: order_for(dealt[alias], alias, seed=seed) for alias in aliases}


def check_capacities(hands: Mapping[str, Sequence[str]], design: Design, before: Before) -> None:
    for alias, keys in hands.items():
        most, gets = design.capacities.get(alias), before.loads.get(alias, 0) + len(keys)
        if most is not None and gets > most:
            raise Invalid({"capacities": f"{alias} would get {gets:,} issues and can take {most:,}."})


def to_every(drawn: Sequence[str], aliases: Sequence[str], design: Design, seed: int, before: Before) -> Hands:
    return {alias: list(drawn) for alias in aliases}


def to_nobody(drawn: Sequence[str], aliases: Sequence[str], design: Design, seed: int, before: Before) -> Hands:
    """A pool is dealt as raters come; they must be able to take it all the same."""
    needs_of(len(drawn) * design.k, len(drawn), aliases, design, seed, before)
    return {alias: [] for alias in aliases}


def to_some(drawn: Sequence[str], aliases: Sequence[str], design: Design, seed: int, before: Before) -> Hands:
    """k raters an issue. Which raters stand where in the pattern, and which issue gets which raters, is by seed."""
    needs = needs_of(len(drawn) * design.k, len(drawn), aliases, design, seed, before)
    raters = ranked(aliases, seed=seed, purpose="deal")
    blocks = blocks_for(len(drawn), raters, design.k, needs, before.pairs)
    return handed_out(ranked(drawn, seed=seed, purpose="deal"), blocks, aliases)


def to_all_and_one(drawn: Sequence[str], aliases: Sequence[str], design: Design, seed: int, before: Before) -> Hands:
    shared = (design.overlap * len(drawn) + 50) // 100
    by_chance = ranked(drawn, seed=seed, purpose="overlap")
    rest = by_chance[shared:]
    loads = {alias: before.loads.get(alias, 0) + shared for alias in aliases}
    needs = needs_of(len(rest), len(rest), aliases, design, seed, Before(loads))
    singles: list[Block] = [(alias,) for alias in aliases for _ in range(needs[alias])]
    alone = handed_out(rest, singles, aliases)
    return {alias: by_chance[:shared] + alone[alias] for alias in aliases}


HOW = {Each.EVERY: to_every, Each.SOME: to_some, Each.OVERLAP: to_all_and_one, Each.POOL: to_nobody}


def handed_out(keys: Sequence[str], blocks: Sequence[Block], aliases: Sequence[str]) -> Hands:
    hands: Hands = {alias: [] for alias in aliases}
    for key, block in zip(keys, blocks, strict=True):
        for alias in block:
            hands[alias].append(key)
    return hands


def needs_of(
    total: int, most: int, aliases: Sequence[str], design: Design, seed: int, before: Before
) -> dict[str, int]:
    """How many issues each rater gets of `total` places, at most `most` and what they can take: as equal as that
    allows, with what they have already."""
    loads = {alias: before.loads.get(alias, 0) for alias in aliases}
    capacities = {alias: design.capacities.get(alias, loads[alias] + most) for alias in aliases}
    room = {alias: min(most, max(capacities[alias] - loads[alias], 0)) for alias in aliases}
    if sum(room.values()) < total:
        raise Invalid(
            {"capacities": f"The raters can take {sum(room.values()):,} codings, and {total:,} are needed. "
             "Raise what some can take, add raters, or draw fewer issues."}
        )  # fmt: skip
    given = dict.fromkeys(ranked(aliases, seed=seed, purpose="deal"), 0)
    for _ in range(total):
        open_to = (alias for alias in given if given[alias] < room[alias])
        given[min(open_to, key=lambda alias: loads[alias] + given[alias])] += 1
    return given


def before_of(hands: Mapping[str, Sequence[str]]) -> Before:
    balance = balance_of(hands)
    return Before(balance.raters, {pair_of(*pair): shared for pair, shared in balance.pairs.items()})
