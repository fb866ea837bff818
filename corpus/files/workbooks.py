"""Workbooks of Excel and LibreOffice (.xlsx): the first sheet, read row by row."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from corpus.files import unpacking
from corpus.files.columns import Columns, RowReader, Table, check_columns, guess_columns
from corpus.files.entries import BadFile, Entry
from corpus.files.tables import PREVIEW, wrong_with, zoneless

UNREADABLE = "This workbook cannot be opened. Save it again as .xlsx, or as CSV, and choose it again."
BROKEN = (*unpacking.BROKEN, InvalidFileException, KeyError, ValueError, SyntaxError, TypeError, AttributeError)


@contextmanager
def sheet_rows(path: Path) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows of the first sheet, as values. BadFile when it is damaged or unpacks to too much."""
    check_size(path)
    with path.open("rb") as file:
        book = opened(file)
        try:
            if not book.worksheets:
                raise BadFile("This workbook has no sheet with rows.")
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its own size is not believed
            yield sheet.iter_rows(values_only=True)
        finally:
            book.close()


def opened(file: BinaryIO) -> Any:
    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except BROKEN as error:
        raise BadFile(UNREADABLE) from error


def check_size(path: Path) -> None:
    """A zip's reader takes no more out of a member than the archive says that it holds: the sum is a bound."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except unpacking.BROKEN as error:
        raise BadFile(UNREADABLE) from error
    if size > max(unpacking.ALWAYS, path.stat().st_size * unpacking.HIGHEST_RATIO):
        raise BadFile("The workbook unpacks to far more than text does. Save it as CSV and choose that.")


def cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("_x000D_", "\r")


def texts(rows: Iterator[tuple[Any, ...]], width: int) -> Iterator[list[str]]:
    """Rows as text, short ones filled up: a sheet does not keep empty cells at the end."""
    try:
        for row in rows:
            cells = [cell_text(value) for value in row]
            while len(cells) > width > 0 and not cells[-1]:
                cells.pop()
            yield cells + [""] * (width - len(cells))
    except BROKEN as error:
        raise BadFile(UNREADABLE) from error


def header_of(rows: Iterator[tuple[Any, ...]]) -> list[str]:
    names = next(texts(rows, 0), [])
    while names and not names[-1].strip():
        names.pop()
    if not names:
        raise BadFile("The first row must name the columns.")
    return [name.strip() for name in names]


def look_into(path: Path) -> Table:
    with sheet_rows(path) as rows:
        names = header_of(rows)
        first = list(islice(texts(rows, len(names)), PREVIEW))
    guess = guess_columns(names)
    return Table(names, first, guess, zoneless(first, names, guess))


def read_workbook(path: Path, columns: Columns, checkpoint: Mapping[str, int]) -> Iterator[Entry]:
    with sheet_rows(path) as rows:
        names = header_of(rows)
        check_columns(columns, names)
        reader = RowReader(columns, names)
        for number, row in enumerate(texts(rows, len(names)), start=1):
            if number > checkpoint.get("row", 0) and any(cell.strip() for cell in row):
                wrong = wrong_with(row, len(names))
                payload = None if wrong else reader.payload(row)
                yield Entry(number + 1, sum(map(len, row)), {"row": number}, payload, wrong, f"row {number + 1}")
