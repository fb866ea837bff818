"""Ratings from a table of text, in long form (`unit,rater,code`) or wide form (a column a rater).

Long: several codes of one rating stand in repeated rows or are joined by “|”; a row without a code says that none
fits, and a missing rating has no row. Wide: an empty cell is missing, “|” alone says that none fits; units are
numbered by row unless the first column names them.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from analysis.stats.ratings import RatingMatrix, Value

UNIT = ("unit", "units", "issue", "item", "id", "subject", "case", "document", "")
RATER = ("rater", "coder", "annotator", "judge", "observer")
CODE = ("code", "codes", "rating", "label", "labels", "category", "value")
DELIMITERS = ",;\t"
BETWEEN_CODES = "|"
LONG, WIDE = "long", "wide"
MOST_RATINGS = 200_000


class Unreadable(ValueError):
    """What is wrong, and in which line of the file; without a line, with the whole."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"Line {line}: {reason}" if line else reason)
        self.line = line


@dataclass(frozen=True)
class Read:
    """`lines`: for each value the line where it stands first."""

    form: str
    matrix: RatingMatrix
    lines: dict[Value, int]


@dataclass
class _Cells:
    """Ratings as they come, with the line of each."""

    codes: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    lines: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def add(self, line: int, unit: str, rater: str, written: str) -> None:
        at = (unit, rater)
        for code in _codes(written) or [""]:
            before = self.lines.setdefault(at, {})
            if code in before:
                said = f"code {code}" if code else "no code"
                raise Unreadable(f"{rater} gives {unit} {said} a second time, after line {before[code]}.", line)
            if before and "" in (code, *before):
                other = next(iter(before.values()))
                raise Unreadable(f"{rater} gives {unit} a code and, in line {other} or here, none.", line)
            before[code] = line
            self.codes.setdefault(at, set()).update([code] if code else [])
        if len(self.codes) > MOST_RATINGS:
            raise Unreadable(f"There are more than {MOST_RATINGS:,} ratings, which is more than is read at once.", line)

    def read(self, form: str) -> Read:
        if not self.codes:
            raise Unreadable("There is no rating below the line of headings.")
        ratings = [(unit, rater, frozenset(codes)) for (unit, rater), codes in self.codes.items()]
        lines: dict[Value, int] = {}
        for unit, rater, value in ratings:
            lines.setdefault(value, min(self.lines[unit, rater].values()))
        return Read(form, RatingMatrix.from_ratings(ratings), lines)


def read_ratings(text: str) -> Read:
    """Raises `Unreadable` with line and reason."""
    rows = _rows(text)
    line, head = next(rows, (0, []))
    if not line:
        raise Unreadable("The table is empty. It begins with a line of headings: unit,rater,code, or a column a rater.")
    names = [name.casefold() for name in head]
    columns = [_named(names, known) for known in (UNIT[:-1], RATER, CODE)]
    if columns[1] is not None or columns[2] is not None:
        return _long(rows, columns, len(head), line)
    return _wide(rows, head, line)


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable("the text is not UTF-8. Save the table as CSV UTF-8.", line) from None


def codes_of(written: str) -> tuple[str, ...]:
    """A list of categories, separated by commas or by “|”, in its order."""
    parts = written.split(BETWEEN_CODES if BETWEEN_CODES in written else ",")
    found = [part.strip() for part in parts if part.strip()]
    if len(set(found)) < len(found):
        twice = next(code for code in found if found.count(code) > 1)
        raise Unreadable(f"The categories name {twice} twice.")
    return tuple(found)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line each begins in."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable("this is not text but a binary file. Save the table as CSV.", line)
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(DELIMITERS, key=first.count), strict=True)
    line = 1
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield line, [cell.strip() for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"the quotes do not close ({error}).", line) from None


def _named(names: Sequence[str], known: Iterable[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _codes(written: str) -> list[str]:
    return [code for part in written.split(BETWEEN_CODES) if (code := part.strip())]


def _long(rows: Iterator[tuple[int, list[str]]], columns: list[int | None], width: int, line: int) -> Read:
    unit, rater, code = columns
    if unit is None or rater is None or code is None:
        missing = " and ".join(name for name, at in zip(("unit", "rater", "code"), columns, strict=True) if at is None)
        raise Unreadable(f"there is no column {missing}. The long form has unit, rater and code.", line)
    cells = _Cells()
    for at, row in rows:
        _check_width(row, width, at)
        for name, column in (("unit", unit), ("rater", rater)):
            if not row[column]:
                raise Unreadable(f"there is no {name}.", at)
        cells.add(at, row[unit], row[rater], row[code])
    return cells.read(LONG)


def _wide(rows: Iterator[tuple[int, list[str]]], head: list[str], line: int) -> Read:
    named = head[0].casefold() in UNIT
    raters = head[named:]
    _check_raters(raters, line)
    cells, seen = _Cells(), dict[str, int]()
    for number, (at, row) in enumerate(rows, start=1):
        _check_width(row, len(head), at)
        unit = row[0] if named else str(number)
        if not unit:
            raise Unreadable("there is no unit.", at)
        if unit in seen:
            raise Unreadable(f"unit {unit} stands in line {seen[unit]} already.", at)
        seen[unit] = at
        for rater, written in zip(raters, islice(row, named, None), strict=True):
            if written:
                cells.add(at, unit, rater, written)
    return cells.read(WIDE)


def _check_raters(raters: list[str], line: int) -> None:
    if not raters or not all(raters):
        raise Unreadable("A column of ratings has no rater's name in the line of headings.", line)
    twice = next((rater for rater in raters if raters.count(rater) > 1), None)
    if twice:
        raise Unreadable(f"Two columns are named {twice}.", line)


def _check_width(row: list[str], width: int, line: int) -> None:
    if len(row) != width:
        raise Unreadable(f"there are {len(row)} cells where the headings name {width}.", line)
