"""Durations of which some have not ended: one row an observation, with its group and its stratum."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from analysis.stats.ratings import Array
from analysis.stats.statistic import large_enough


@dataclass(frozen=True)
class Observed:
    """How long it took, or has taken so far if it has not `ended` (it is censored there)."""

    value: float
    ended: bool
    group: str
    block: str = ""


@dataclass(frozen=True)
class Sample:
    """`group` and `block` are places in `groups` and `blocks`; without strata there is one block."""

    groups: tuple[str, ...]
    blocks: tuple[str, ...]
    value: Array
    ended: Array
    group: Array
    block: Array

    @classmethod
    def of(cls, rows: Iterable[Observed], groups: Iterable[str] = ()) -> "Sample":
        """Groups in the order given, then as they come; blocks as they come."""
        given = list(rows)
        names = {name: place for place, name in enumerate(dict.fromkeys([*groups, *(row.group for row in given)]))}
        strata = {name: place for place, name in enumerate(dict.fromkeys(row.block for row in given))}
        return cls(
            tuple(names),
            tuple(strata),
            np.array([row.value for row in given], dtype=float),
            np.array([row.ended for row in given], dtype=bool),
            np.array([names[row.group] for row in given], dtype=np.int64),
            np.array([strata[row.block] for row in given], dtype=np.int64),
        )

    @property
    def sizes(self) -> dict[str, int]:
        counts = np.bincount(self.group, minlength=len(self.groups))
        return {name: int(count) for name, count in zip(self.groups, counts, strict=True)}

    @property
    def still_open(self) -> int:
        return int((~self.ended).sum())

    def ended_values(self) -> dict[str, Array]:
        """What tests on ranks use: the observations that have ended, by group."""
        return {name: self.value[self.ended & (self.group == place)] for place, name in enumerate(self.groups)}

    def only(self, groups: Iterable[str]) -> "Sample":
        """These groups alone, in this order."""
        chosen = [self.groups.index(name) for name in groups]
        kept = np.isin(self.group, chosen)
        places = np.full(len(self.groups), -1)
        places[chosen] = np.arange(len(chosen))
        names = tuple(self.groups[place] for place in chosen)
        return self._where(kept, names, places[self.group])

    def ended_only(self) -> "Sample":
        return self._where(self.ended, self.groups, self.group)

    def pooled(self) -> "Sample":
        """Without strata."""
        return Sample(self.groups, ("",), self.value, self.ended, self.group, np.zeros_like(self.block))

    def large_groups(self) -> tuple["Sample", tuple[str, ...]]:
        """The groups that a test over all can use, and the names of those that it leaves out."""
        used, left_out = large_enough(self.sizes)
        return self.only(used), left_out

    def _where(self, kept: Array, groups: tuple[str, ...], group: Array) -> "Sample":
        return Sample(groups, self.blocks, self.value[kept], self.ended[kept], group[kept], self.block[kept])
