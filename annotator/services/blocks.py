"""Blocks: which k of n raters code an issue together, so that raters have what they should and every pair about the
same. Two of n, without capacities, is exact: any number of issues leaves raters and pairs within one. For larger k that
cannot always be (four raters, three an issue, two issues: one pair meets twice, another never); the pattern then comes
as near as exchanging finds, and the page shows how near.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, cycle, islice
from math import comb

Pair = tuple[str, str]
Block = tuple[str, ...]

MOST_KINDS = 150  # kinds of blocks between which places are exchanged
MOST_SWEEPS = 50


def pairs_of(block: Iterable[str]) -> list[Pair]:
    return list(combinations(sorted(block), 2))


def blocks_for(
    issues: int, raters: Sequence[str], k: int, needs: Mapping[str, int], before: Mapping[Pair, int]
) -> list[Block]:
    """A block for each issue; each rater is in as many as `needs` says, and pairs meet as equally as that allows."""
    is_even = max(needs.values()) - min(needs.values()) <= 1 and not before
    if is_even and k == 2:
        return renamed(list(islice(cycle(round_robin(raters)), issues)), needs)
    rounds = issues // comb(len(raters), k) if is_even else 0
    whole = list(combinations(raters, k)) * rounds
    left = dict(needs)
    for block in whole:
        for rater in block:
            left[rater] -= 1
    met = Counter(before)
    met.update(pair for block in whole for pair in pairs_of(block))
    rest = filled(issues - len(whole), k, left, met)
    return whole + exchanged(rest, met)


def renamed(blocks: Sequence[Block], needs: Mapping[str, int]) -> list[Block]:
    """The same pattern, in which those have one more who need it."""
    places = Counter(dict.fromkeys(needs, 0))
    places.update(rater for block in blocks for rater in block)
    takes = dict(
        zip(sorted(places, key=lambda name: -places[name]), sorted(needs, key=lambda name: -needs[name]), strict=True)
    )
    return [tuple(takes[rater] for rater in block) for block in blocks]


def round_robin(raters: Sequence[str]) -> list[Block]:
    """All pairs, in an order of which every beginning has the raters within one of each other."""
    if len(raters) % 2 == 0:
        return [pair for day in days(raters) for pair in day]
    return [pair for ring in rings(raters) for pair in around(ring)]


def days(raters: Sequence[str]) -> list[list[Block]]:
    """Of an even number: the days of a tournament, on each of which everybody meets one other (circle method)."""
    fixed, others = raters[0], list(raters[1:])
    found = list[list[Block]]()
    for turn in range(len(others)):
        ring = others[turn:] + others[:turn]
        half = len(ring) // 2
        found.append([(fixed, ring[0]), *((ring[step], ring[-step]) for step in range(1, half + 1))])
    return found


def rings(raters: Sequence[str]) -> list[list[str]]:
    """Of an odd number: rings through everybody that hold each pair once (Walecki's construction)."""
    fixed, others = raters[0], list(raters[1:])
    size = len(others)
    zigzag = [step // 2 if step % 2 == 0 else -(step + 1) // 2 for step in range(size)]
    return [[fixed, *(others[(turn + step) % size] for step in zigzag)] for turn in range(size // 2)]


def around(ring: Sequence[str]) -> list[Block]:
    """The pairs of an odd ring, every second one first, so that nobody is two ahead."""
    edges: list[Block] = [(ring[place], ring[(place + 1) % len(ring)]) for place in range(len(ring))]
    return edges[0:-1:2] + edges[-1:] + edges[1:-1:2]


def filled(issues: int, k: int, needs: Mapping[str, int], met: Counter[Pair]) -> list[Block]:
    """Issue by issue: whoever must be in every block that is left, then who has met the others least."""
    left, blocks = dict(needs), []
    for still in range(issues, 0, -1):
        block = [rater for rater, need in left.items() if need == still]
        if not block:
            block = [max(left, key=lambda rater: left[rater])]
        while len(block) < k:
            block.append(least_met(block, left, met))
        for rater in block:
            left[rater] -= 1
        met.update(pairs_of(block))
        blocks.append(tuple(block))
    return blocks


def least_met(block: Sequence[str], left: Mapping[str, int], met: Counter[Pair]) -> str:
    def price(rater: str) -> tuple[int, int]:
        return sum(met[pair_of(rater, other)] for other in block), -left[rater]

    return min((rater for rater, need in left.items() if need and rater not in block), key=price)


def pair_of(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def exchanged(blocks: Sequence[Block], met: Counter[Pair]) -> list[Block]:
    """Two blocks exchange a rater as long as that brings the pairs nearer to each other; nobody loses a place."""
    counted = Counter(tuple(sorted(block)) for block in blocks)
    sweeps = 0
    while len(counted) <= MOST_KINDS and sweeps < MOST_SWEEPS and sweep(counted, met):
        sweeps += 1
    return sorted(counted.elements())


def sweep(counted: Counter[Block], met: Counter[Pair]) -> bool:
    better = False
    for one, other in combinations(sorted(counted), 2):
        if counted[one] > 0 and counted[other] > 0 and (found := exchange(one, other, met)):
            counted.subtract((one, other))
            counted.update(found)
            better = True
    for block in [block for block, times in counted.items() if times <= 0]:
        del counted[block]
    return better


def exchange(one: Block, other: Block, met: Counter[Pair]) -> tuple[Block, Block] | None:
    """The first exchange that makes the sum of squares of the pairs smaller, done in `met`."""
    for leaves in sorted(set(one) - set(other)):
        for comes in sorted(set(other) - set(one)):
            changes = Counter[Pair]()
            for mate in set(one) - set(other) - {leaves}:
                changes[pair_of(leaves, mate)] -= 1
                changes[pair_of(comes, mate)] += 1
            for mate in set(other) - set(one) - {comes}:
                changes[pair_of(comes, mate)] -= 1
                changes[pair_of(leaves, mate)] += 1
            if sum(2 * met[pair] * by + by * by for pair, by in changes.items()) < 0:
                met.update(changes)
                return swapped(one, leaves, comes), swapped(other, comes, leaves)
    return None


def swapped(block: Block, leaves: str, comes: str) -> Block:
    return tuple(sorted({*block, comes} - {leaves}))
