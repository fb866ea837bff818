"""Drawing and ordering by seed, the same on any machine, database and version of Python.

Generator "sha256-rank", version 1. The rank of an issue is the SHA-256 of `seed/purpose/owner/name#number` in UTF-8,
with the repository in lower case; candidates are put in the order of their ranks, and a sample of n is the first n.
The hash stands for a random number: each order of the candidates is as likely as any other over the seeds, each
set of n is too, and anyone can repeat a draw with the seed and the list of issues alone. A stratified sample takes the
first of each stratum, as many as were allotted to it.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

GENERATOR = "sha256-rank"
GENERATOR_VERSION = 1
SEEDS = 2**31


def new_seed() -> int:
    return secrets.randbelow(SEEDS)


def rank(seed: int, purpose: str, key: str) -> str:
    return hashlib.sha256(f"{seed}/{purpose}/{key}".encode()).hexdigest()


def ranked(keys: Iterable[str], *, seed: int, purpose: str) -> list[str]:
    """The keys in the random order of this seed and purpose; the order in which they come does not matter."""
    return sorted(keys, key=lambda key: rank(seed, purpose, key))


def sample_of(keys: Iterable[str], size: int, *, seed: int) -> list[str]:
    """A simple random sample without replacement, in the order of the draw."""
    return ranked(keys, seed=seed, purpose="sample")[:size]


def order_for(keys: Iterable[str], rater: str, *, seed: int) -> list[str]:
    """The order in which one rater, named by alias, meets the issues of a sample."""
    return ranked(keys, seed=seed, purpose=f"order of {rater}")


def stratified_sample(strata: Mapping[str, str], allotted: Mapping[str, int], *, seed: int) -> list[str]:
    """Of each stratum (`strata` says which an issue belongs to) the first as many as allotted, in the order of the draw
    over all."""
    left = dict(allotted)
    drawn = []
    for key in ranked(strata, seed=seed, purpose="sample"):
        if left.get(strata[key], 0) > 0:
            left[strata[key]] -= 1
            drawn.append(key)
    return drawn


def draw(strata: Mapping[str, str], sample: Mapping[str, Any]) -> list[str]:
    """The draw that a round's stored facts describe, from the list of its candidates; nothing else is needed."""
    if of_strata := sample.get("strata"):
        allotted = {name: taken for name, _, taken in of_strata["sizes"]}
        return stratified_sample(strata, allotted, seed=sample["seed"])
    return sample_of(strata, sample["size"], seed=sample["seed"])
