"""Drawing and ordering by seed, the same on any machine, database and version of Python.

Generator "sha256-rank", version 1. The rank of an issue is the SHA-256 of `seed/purpose/owner/name#number` in UTF-8,
with the repository in lower case; candidates are put in the order of their ranks, and a sample of n is the first n.
The hash stands for a random number: each order of the candidates is as likely as any other over the seeds, each
set of n is too, and anyone can repeat a draw with the seed and the list of issues alone.
"""

import hashlib
import secrets
from collections.abc import Iterable

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
