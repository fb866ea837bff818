"""How alike two names are. The only place that loads RapidFuzz."""

from collections.abc import Iterable
from itertools import combinations

from rapidfuzz import fuzz, utils

ALIKE = 75


def alikeness(name: str, other: str) -> int:
    """0 to 100: equal words in whatever order, case and punctuation apart, are 100."""
    return round(fuzz.token_sort_ratio(name, other, processor=utils.default_process))


def alike(name: str, others: Iterable[str]) -> list[tuple[str, int]]:
    """Those that are nearly `name`, the most alike first."""
    found = {other: alikeness(name, other) for other in others}
    return sorted(((other, score) for other, score in found.items() if score >= ALIKE), key=lambda row: (-row[1], row))


def pairs_alike(names: Iterable[str], most: int) -> list[tuple[int, int, int]]:
    """Places of two names and how alike they are, the most alike first, at most so many."""
    found = [
        (score, one, other)
        for (one, name), (other, second) in combinations(enumerate(names), 2)
        if (score := alikeness(name, second)) >= ALIKE
    ]
    return [(one, other, score) for score, one, other in sorted(found, key=lambda row: (-row[0], row))[:most]]
