"""Issues that say what an earlier one says: MinHash finds the pairs that may be alike, then their texts are compared.

Two texts are alike when the Jaccard index of their shingles (runs of three words of title and body, without regard
to case and punctuation) is at least 0.8. Bands of five rows, 25 of them, miss a pair of exactly 0.8 in 1 of 20,000
cases (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4): 1 − (1 − 0.8⁵)²⁵. What is found is
the same on every run; texts of fewer than five words are too short to tell.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from rensa import RMinHash

ALIKE = 0.8
WORDS_IN_SHINGLE, FEWEST_WORDS = 3, 5
BANDS, ROWS = 25, 5
SEED = 1
# In a crowd of texts that share a template, each is compared with the oldest ones only.
CROWD = 50
KEPT_TEXTS = 1000
WORD = re.compile(r"\w+")

Shingles = frozenset[str]


class Pair(NamedTuple):
    """An issue and the earliest one that it is like."""

    issue: int
    of: int
    similarity: float


def shingles(title: str, body: str) -> Shingles:
    """Empty when the text is too short to tell."""
    words = WORD.findall(f"{title}\n{body}".casefold())
    if len(words) < FEWEST_WORDS:
        return frozenset()
    last = len(words) - WORDS_IN_SHINGLE + 1
    return frozenset(" ".join(words[start : start + WORDS_IN_SHINGLE]) for start in range(last))


def jaccard(first: Shingles, second: Shingles) -> float:
    both = len(first & second)
    return both / (len(first) + len(second) - both)


class Search:
    """Takes issues, the oldest first, and keeps 125 numbers of each; texts are asked for again where they count."""

    def __init__(self, shingles_of: Callable[[int], Shingles]) -> None:
        self.shingles_of = lru_cache(maxsize=KEPT_TEXTS)(shingles_of)
        self.issues: list[int] = []
        self.digests = array("I")

    def add(self, issue: int, title: str, body: str) -> None:
        if text := shingles(title, body):
            self.issues.append(issue)
            self.digests.extend(RMinHash.digests_from_token_sets([sorted(text)], BANDS * ROWS, SEED)[0])

    def found(self) -> Iterator[Pair]:
        """One pair for each issue that is like an earlier one, with the earliest, in the order of the issues."""
        for place, earlier in sorted(self.candidates().items()):
            text = self.shingles_of(self.issues[place])
            for other in sorted(earlier):
                if (similarity := jaccard(text, self.shingles_of(self.issues[other]))) >= ALIKE:
                    yield Pair(self.issues[place], self.issues[other], similarity)
                    break

    def candidates(self) -> dict[int, set[int]]:
        """For each issue, by its place in the order of age, the earlier ones that share a band with it."""
        found: dict[int, set[int]] = defaultdict(set)
        digests = np.frombuffer(self.digests, dtype=np.uint32).reshape(-1, BANDS * ROWS)
        for first in range(0, BANDS * ROWS, ROWS):
            for together in same_rows(digests[:, first : first + ROWS]):
                for number, place in enumerate(together[1:], 1):
                    found[place].update(together[: min(number, CROWD)])
        return found


def same_rows(band: "np.ndarray[Any, Any]") -> Iterator[list[int]]:
    """The places of rows that are equal, group by group, each in ascending order."""
    if not len(band):
        return
    order = np.lexsort(band.T[::-1])
    changes = np.flatnonzero((band[order][1:] != band[order][:-1]).any(axis=1)) + 1
    for group in np.split(order, changes):
        if len(group) > 1:
            yield sorted(group.tolist())
