"""A study's issues as columns of numbers: what the board is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.filters import NO, YES
from corpus.models import IssueLabel
from studies.models import Study

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """For each issue the position of its value among the values."""

    values: list[str]
    codes: Numbers

    def fitting(self, wanted: Iterable[str]) -> Mask:
        allowed = np.isin(np.array(self.values, dtype=object), list(wanted))
        return np.asarray(allowed[self.codes]) if self.values else np.zeros(len(self.codes), bool)

    def counts(self, mask: Mask) -> dict[str, int]:
        found = np.bincount(self.codes[mask], minlength=len(self.values))
        return {value: int(count) for value, count in zip(self.values, found, strict=True)}


@dataclass(frozen=True)
class Labels:
    """A row for each value of each issue; an issue without one has one row with the empty name."""

    rows: Numbers
    column: Column
    issues: int

    def fitting(self, wanted: Iterable[str]) -> Mask:
        mask = np.zeros(self.issues, bool)
        mask[self.rows[self.column.fitting(wanted)]] = True
        return mask

    def counts(self, mask: Mask) -> dict[str, int]:
        return self.column.counts(mask[self.rows])

    def without(self, rows: Numbers) -> "Labels":
        """As if nothing were known of the issues in these places: they fit no value, not even the empty one."""
        kept = ~np.isin(self.rows, rows)
        return Labels(self.rows[kept], Column(self.column.values, self.column.codes[kept]), self.issues)

    def of(self, row: int) -> list[str]:
        """The values of one issue, the empty one left out."""
        return sorted(self.column.values[code] for code in self.column.codes[self.rows == row] if code in self.said)

    @property
    def said(self) -> list[int]:
        return [code for code, value in enumerate(self.column.values) if value]


def seconds(stamps: Sequence[str | None]) -> Numbers:
    """From what a database writes for a time in UTC, seconds since 1970; -1 for none."""
    return np.array(
        np.array([stamp[:19] if stamp else "1969-12-31 23:59:59" for stamp in stamps], dtype="datetime64[s]"),
        dtype=np.int64,
    )


def column(values: Sequence[Any]) -> Column:
    positions: dict[Any, int] = {}
    codes = np.array([positions.setdefault(value, len(positions)) for value in values], dtype=np.int64)
    return Column([{True: YES, False: NO}.get(value, str(value)) for value in positions], codes)


def labels(study: Study, ids: Numbers) -> Labels:
    return spread(IssueLabel.objects.filter(issue__facts__study=study).values_list("issue", "name"), ids)


def spread(pairs: Iterable[tuple[int, str]], ids: Numbers, otherwise: str = "") -> Labels:
    """Pairs of issue and value; an issue of which there is none has the other value."""
    found = list(pairs)
    having = np.array([issue_id for issue_id, _ in found], dtype=np.int64)
    known = np.isin(having, ids)
    without = np.flatnonzero(~np.isin(ids, having))
    names = [name for (_, name), here in zip(found, known, strict=True) if here]
    rows = np.concatenate([np.searchsorted(ids, having[known]), without])
    return Labels(rows, column(names + [otherwise] * len(without)), len(ids))


def places(order: NDArray[np.intp]) -> Numbers:
    made = np.empty(len(order), dtype=np.int64)
    made[order] = np.arange(len(order))
    return made
