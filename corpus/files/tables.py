"""Tables as text: comma, semicolon, tab or bar between the cells, in whatever encoding."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from charset_normalizer import from_bytes

from corpus.files import entries
from corpus.files.columns import Columns, RowReader, Table, check_columns, guess_columns
from corpus.files.entries import BadFile, Entry
from corpus.files.moments import has_no_zone
from corpus.payloads import UNSTORABLE

DELIMITERS = ",;\t|"
BOM = "\ufeff"
SAMPLE = 2**18
PREVIEW = 20
WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}


def encoding_of(start: bytes) -> str:
    """By the byte order mark, else UTF-8 where that reads, else what charset-normalizer takes for likeliest."""
    for mark, encoding in WIDE.items():
        if start.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        best = from_bytes(start).best()
        return best.encoding if best else "utf-8-sig"
    return "utf-8-sig"


def delimiter_of(header: str) -> str:
    """The delimiter that cuts the first line into most cells. Issue texts are no guide: they hold every sign."""
    return max(DELIMITERS, key=lambda delimiter: len(names_in(header, delimiter)))


def names_in(header: str, delimiter: str) -> list[str]:
    row = next(csv.reader([header], delimiter=delimiter), [])
    return [showable(name).strip().strip(BOM) for name in row]


def showable(cell: str) -> str:
    """The cell without what no page and no database can hold."""
    return UNSTORABLE.sub("\ufffd", cell)


def opened(content: BinaryIO, encoding: str) -> io.TextIOWrapper:
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(content, encoding=encoding, errors=errors, newline="")


def look(content: BinaryIO, *, encoding: str = "") -> Table:
    """The table's columns and first rows. BadFile when the encoding is not one, or the first line names nothing."""
    start = content.read(SAMPLE)
    encoding = encoding or encoding_of(start)
    try:
        text = opened(io.BytesIO(start), encoding)
    except LookupError:
        raise BadFile(f"“{encoding}” is not an encoding. Choose one of the list.") from None
    header = text.readline()
    delimiter = delimiter_of(header)
    names = names_in(header, delimiter)
    if not any(names):
        raise BadFile("The first line must name the columns.")
    rows = [
        [showable(cell) for cell in row]
        for _, row, wrong in first_rows(text, delimiter)
        if not wrong and len(row) == len(names)
    ]
    guess = guess_columns(names, encoding=encoding, delimiter=delimiter)
    return Table(names, rows, guess, zoneless(rows, names, guess))


def first_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    for _, found in zip(range(PREVIEW), table_rows(text, delimiter), strict=False):
        yield found


def zoneless(rows: list[list[str]], names: list[str], columns: Columns) -> bool:
    """Whether a date of the first rows has no zone."""
    places = [names.index(columns.fields[name]) for name in ("created_at", "closed_at") if name in columns.fields]
    return any(has_no_zone(row[at]) for row in rows for at in places)


def read_table(content: BinaryIO, columns: Columns, checkpoint: Mapping[str, int]) -> Iterator[Entry]:
    """The rows. A checkpoint has the number of rows that are behind us: quotes may span lines, so they are read
    over again."""
    csv.field_size_limit(entries.LONGEST_RECORD)
    text = opened(content, columns.encoding)
    try:
        names = names_in(text.readline(), columns.delimiter)
        check_columns(columns, names)
        reader = RowReader(columns, names)
        for number, (line, row, wrong) in enumerate(table_rows(text, columns.delimiter), start=1):
            if number > checkpoint.get("row", 0):
                wrong = wrong or wrong_with(row, len(names))
                payload = None if wrong else reader.payload(row)
                yield Entry(line, sum(map(len, row)), {"row": number}, payload, wrong)
    finally:
        text.detach()


def count_rows(content: BinaryIO, columns: Columns) -> int:
    csv.field_size_limit(entries.LONGEST_RECORD)
    text = opened(content, columns.encoding)
    try:
        text.readline()
        return sum(1 for _ in table_rows(text, columns.delimiter))
    finally:
        text.detach()


def table_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Line, cells and what is wrong, for every row that is not blank. The header is line 1."""
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        line = reader.line_num + 2
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [], f"Not a table's row ({error}). A quote may be missing."
            continue
        if any(cell.strip() for cell in row):
            yield line, row, ""


def wrong_with(row: list[str], width: int) -> str:
    if len(row) != width:
        return f"The row has {len(row)} cells, the first line {width}. A quote or a delimiter may be missing."
    if any("\udc80" <= character <= "\udcff" for cell in row if not cell.isascii() for character in cell):
        return "Not of the encoding chosen for this file. Choose another one, or save the file as UTF-8."
    return ""
