"""The lists that samples were drawn from."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from annotator.models import Population


@dataclass(frozen=True)
class Listed:
    """What was there to draw: ids and strata ("" where there are none) by `owner/name#number`, as it was then."""

    issues: dict[str, int]
    strata: dict[str, str]


def digest_of(strata: Mapping[str, str]) -> str:
    """SHA-256 of the lines `key`, tab, stratum, in the order of the keys: the same on any machine."""
    text = "".join(f"{key}\t{strata[key]}\n" for key in sorted(strata))
    return hashlib.sha256(text.encode()).hexdigest()


def packed(listed: Listed) -> bytes:
    lines = (f"{key}\t{listed.strata[key]}\t{listed.issues[key]}\n" for key in sorted(listed.issues))
    return zlib.compress("".join(lines).encode())


def unpacked(population: Population) -> Listed:
    lines = zlib.decompress(bytes(population.packed)).decode().split("\n")[:-1]
    rows = [line.split("\t") for line in lines]
    return Listed({key: int(pk) for key, _, pk in rows}, {key: stratum for key, stratum, _ in rows})
