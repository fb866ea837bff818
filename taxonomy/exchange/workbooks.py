"""Workbooks of Excel and LibreOffice (.xlsx): a sheet “Codes” with a row a code, a sheet “Taxonomy” with the rest."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.writer.excel import save_workbook

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook, assemble
from taxonomy.exchange.documents import HEAD
from taxonomy.exchange.rows import COLUMNS, as_meant, columns_of, entries_in, harmless, rows_of

CODES, TAXONOMY = "Codes", "Taxonomy"
LARGEST = 50 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 10_000, 60
LONGEST_CELL = 32_767  # of Excel; openpyxl cuts without a word
UNREADABLE = "This workbook cannot be opened. Save it again as .xlsx, or as CSV, and choose it again."
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, SyntaxError, TypeError,
    AttributeError, EOFError, NotImplementedError, OSError, IndexError,
)  # fmt: skip


def read_workbook(content: bytes) -> Codebook:
    check_unpacked_size(content)
    try:
        codes, head = sheets_in(content)
    except BROKEN as error:
        raise Invalid(UNREADABLE) from error
    if not codes:
        raise Invalid("This workbook has no sheet with rows.")
    if len(codes) > MOST_ROWS:
        raise Invalid(f"The sheet has more than {MOST_ROWS} rows. Keep only those of codes.")
    places, remarks = columns_of(codes[0])
    rows = [(f"Row {number}", row) for number, row in enumerate(codes[1:], start=2) if any(map(str.strip, row))]
    said = {row[0].strip(): as_meant(row[1]) for row in head if len(row) > 1 and row[0].strip() in HEAD}
    return assemble(said, entries_in(rows, places), remarks)


def check_unpacked_size(content: bytes) -> None:
    """A zip's reader takes no more out of a member than the archive says that it holds: the sum is a bound."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except BROKEN as error:
        raise Invalid(UNREADABLE) from error
    if size > LARGEST:
        raise Invalid("The workbook unpacks to far more than a codebook. Save its sheet as CSV and choose that.")


def sheets_in(content: bytes) -> tuple[list[list[str]], list[list[str]]]:
    """The rows of the codes and of what is said of the whole."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheets = {sheet.title: sheet for sheet in reversed(book.worksheets)}
    first = book.worksheets[0] if book.worksheets else None
    codes = list(rows_in(sheets.get(CODES, first), MOST_ROWS + 1))
    return codes, list(rows_in(sheets.get(TAXONOMY), len(HEAD)))


def rows_in(sheet: Any, most: int) -> Iterator[list[str]]:
    if sheet is None:
        return
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    for row in sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True):
        yield [cell_text(value) for value in row]


def cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("_x000D_", "")


def write_workbook(book: Codebook) -> bytes:
    sheets = {CODES: list(rows_of(book)), TAXONOMY: [head_row(name, getattr(book, name)) for name in HEAD]}
    for row in (row for rows in sheets.values() for row in rows):
        check_lengths(row)
    workbook = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    save_workbook(workbook, content)
    return content.getvalue()


def head_row(name: str, value: Any) -> list[str]:
    return [name, harmless(str(value) if isinstance(value, str) else str(value).lower())]


def check_lengths(row: list[str]) -> None:
    if longest := next((cell for cell in row if len(cell) > LONGEST_CELL), None):
        what = f"code “{row[COLUMNS.index('name')]}”" if len(row) == len(COLUMNS) else row[0]
        raise Invalid(
            f"A text of {what} has {len(longest)} characters, and a cell of a workbook holds {LONGEST_CELL}. "
            "Choose CSV or YAML."
        )
