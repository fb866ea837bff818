"""Durations from a table of text: CSV with heads, separated by commas, semicolons or tabs.

Nothing is left out in silence: a line that cannot be read is told with its number and the reason, and nothing computed.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from math import isfinite

from analysis.stats.samples import Observed, Sample

SEPARATORS = (",", ";", "\t")
MOST_PROBLEMS = 20
_ENDED = {"1": True, "true": True, "yes": True, "closed": True, "0": False, "false": False, "no": False, "open": False}
_WORDS = "closed or open, yes or no, true or false, 1 or 0"


class BadTable(ValueError):
    """What is wrong with the table, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Layout:
    """The names of the columns; without `event` everything has ended, without `block` there is one stratum."""

    value: str
    group: str
    event: str = ""
    block: str = ""

    @property
    def named(self) -> list[str]:
        return [name for name in (self.value, self.group, self.event, self.block) if name]


def decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable([f"The file is not UTF-8 text (byte {error.start + 1}). Save it as CSV in UTF-8."]) from error


def read_durations(text: str, layout: Layout) -> Sample:
    """BadTable tells the first twenty lines that cannot be used."""
    lines = _lines(text.removeprefix("\ufeff"))
    _, cells = next(lines, (1, []))
    heads = [head.strip() for head in cells]
    _check_heads(heads, layout)
    return _sample(lines, heads, layout)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line on which it begins."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadTable([f"Line {line} is not CSV: {error}."]) from error


def _separator(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(SEPARATORS, key=first.count)


def _check_heads(heads: list[str], layout: Layout) -> None:
    if not any(heads):
        raise BadTable(["The table is empty. Its first line names the columns."])
    twice = sorted({head for head in heads if head and heads.count(head) > 1})
    if twice:
        raise BadTable([f"Line 1 names a column twice: {', '.join(twice)}."])
    missing = [name for name in layout.named if name not in heads]
    if missing:
        raise BadTable([f"There is no column “{name}”. The columns are: {', '.join(heads)}." for name in missing])


def _sample(lines: Iterator[tuple[int, list[str]]], heads: list[str], layout: Layout) -> Sample:
    read, problems = list[Observed](), list[str]()
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            read.append(_observed(cells, heads, layout))
        except ValueError as error:
            problems.append(f"Line {line}: {error}")
        if len(problems) == MOST_PROBLEMS:
            raise BadTable([*problems, "There may be more; the reading ended here."])
    if problems:
        raise BadTable(problems)
    if not read:
        raise BadTable(["There is no line below the heads, so there is nothing to compare."])
    return Sample.of(read, groups=sorted({row.group for row in read}))


def _observed(cells: list[str], heads: list[str], layout: Layout) -> Observed:
    if len(cells) != len(heads):
        raise ValueError(f"it has {len(cells)} cells, and there are {len(heads)} columns.")
    row = dict(zip(heads, (cell.strip() for cell in cells), strict=True))
    for name in (layout.group, layout.block):
        if name and not row[name]:
            raise ValueError(f"{name} is empty.")
    ended = _ended(layout.event, row[layout.event]) if layout.event else True
    return Observed(_number(layout.value, row[layout.value]), ended, row[layout.group], row.get(layout.block, ""))


def _number(name: str, cell: str) -> float:
    if not cell:
        raise ValueError(f"{name} is empty. Of an open issue it is the time until the data were collected.")
    try:
        value = float(cell)
    except ValueError:
        hint = " Write decimals with a point." if cell.replace(",", ".", 1).replace(".", "", 1).isdigit() else ""
        raise ValueError(f"“{cell}” in {name} is not a number.{hint}") from None
    if not isfinite(value):
        raise ValueError(f"“{cell}” in {name} is not a finite number.")
    if value < 0:
        raise ValueError(f"{cell} in {name} is below zero. No time ends before it begins.")
    return value


def _ended(name: str, cell: str) -> bool:
    if cell.lower() not in _ENDED:
        raise ValueError(f"“{cell}” in {name} does not say whether it has ended: {_WORDS}.")
    return _ENDED[cell.lower()]
