"""How many issues each stratum gives: whole numbers that add up, by rules anyone can repeat by hand."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from annotator.models import Allocation

NO_LABEL, OTHER_LABELS = "(no label)", "(other labels)"


def largest_remainder(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """n in proportion to the sizes: the whole part of each quota, and one more for the largest remainders; of equal
    ones for the larger stratum, then by name. Never more than a stratum has."""
    total = sum(sizes.values())
    given = {name: n * size // total for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(n * sizes[name] % total), -sizes[name], name))
    for name in by_remainder[: n - sum(given.values())]:
        given[name] += 1
    return given


def proportional(sizes: Mapping[str, int], n: int, *, minimum_one: bool) -> dict[str, int]:
    """By largest remainder. With a minimum, a stratum that would get none gets one, and the rest is divided anew among
    the others."""
    given = largest_remainder(sizes, n)
    ones: set[str] = set()
    while minimum_one and (none := {name for name, taken in given.items() if taken == 0}):
        ones |= none
        rest = {name: size for name, size in sizes.items() if name not in ones}
        given = largest_remainder(rest, n - len(ones)) | dict.fromkeys(ones, 1)
    return given


def equal(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """The same from each stratum; what a small one lacks comes from the others. What cannot be divided goes to the
    larger strata, then by name."""
    given = dict.fromkeys(sizes, 0)
    left = n
    while left:
        room = sorted((name for name in sizes if given[name] < sizes[name]), key=lambda name: (-sizes[name], name))
        share = min(left // len(room), min(sizes[name] - given[name] for name in room))
        for name in room if share else room[:left]:
            given[name] += share or 1
            left -= share or 1
    return given


def allot(sizes: Mapping[str, int], n: int, *, allocation: str, minimum_one: bool) -> dict[str, int]:
    if allocation == Allocation.EQUAL:
        return equal(sizes, n)
    return proportional(sizes, n, minimum_one=minimum_one)


def larger_without_less(
    sizes: Mapping[str, int], now: Mapping[str, int], n: int, *, allocation: str, minimum_one: bool
) -> int:
    """The smallest number of issues from n up in which no stratum has fewer than now: with largest remainders a larger
    sample can take fewer from one stratum."""
    for size in range(n, sum(sizes.values())):
        larger = allot(sizes, size, allocation=allocation, minimum_one=minimum_one)
        if all(larger[name] >= taken for name, taken in now.items()):
            return size
    return sum(sizes.values())


def by_commonness(labels: Iterable[Sequence[str]]) -> list[str]:
    """All labels, the commonest first, then by name."""
    counted = Counter(label for each in labels for label in set(each))
    return sorted(counted, key=lambda label: (-counted[label], label))


def label_stratum(labels: Sequence[str], order: Sequence[str]) -> str:
    """The first label of the order that the issue has, so that no issue is in two strata."""
    if not labels:
        return NO_LABEL
    return next((label for label in order if label in labels), OTHER_LABELS)
