"""Tables as text: comma, semicolon, tab or bar between the cells, in whatever encoding."""

import codecs
import csv
import io
from collections.abc import Iterator

from charset_normalizer import from_bytes

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook, assemble
from taxonomy.exchange.rows import columns_of, entries_in, rows_of
from taxonomy.services.structure import MAX_BYTES

DELIMITERS = ",;\t|"
MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}


def read_table(content: bytes) -> Codebook:
    text, remarks = decoded(content)
    csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
    lines = io.StringIO(text, newline="")
    header = lines.readline()
    delimiter = delimiter_of(header)
    names = next(csv.reader([header], delimiter=delimiter), [])
    places, left = columns_of(names)
    rows = list(rows_in(lines, delimiter, len(names)))
    return assemble({}, entries_in(rows, places), remarks + left)


def decoded(content: bytes) -> tuple[str, list[str]]:
    """The text, by its byte order mark, else as UTF-8, else as what is likeliest, which is told."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding), []
    except UnicodeDecodeError:
        best = from_bytes(content).best()
    if best is None:
        raise Invalid("The encoding of this table cannot be told. Save it as UTF-8 and try again.")
    return str(best), [f"The table is not UTF-8; it was read as {best.encoding}. Check its accents below."]


def delimiter_of(header: str) -> str:
    """The sign that cuts the first line into most cells."""
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([header], delimiter=sign), [])))


def rows_in(lines: io.StringIO, delimiter: str, width: int) -> Iterator[tuple[str, list[str]]]:
    """Place and cells of every row that is not blank. Invalid where a row has more cells than the first line."""
    reader = csv.reader(lines, delimiter=delimiter)
    line = 2
    try:
        for row in reader:
            if any(cell.strip() for cell in row[width:]):
                raise Invalid(
                    f"Line {line}: the row has {len(row)} cells, the first line {width}. "
                    "A quote or a delimiter may be missing."
                )
            if any(cell.strip() for cell in row):
                yield f"Line {line}", row
            line = reader.line_num + 2
    except csv.Error as error:
        raise Invalid(f"Line {line}: not a table's row ({error}). A quote may be missing.") from error


def write_table(book: Codebook) -> bytes:
    """With a byte order mark: without it Excel takes UTF-8 for something else."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows_of(book))
    return codecs.BOM_UTF8 + text.getvalue().encode()
