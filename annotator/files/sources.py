"""Any file of codings as rows of text under named columns: tables, workbooks, JSON, Label Studio, doccano."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from annotator.files import label_studio
from corpus.files import BadFile, layout_of, tables, workbooks
from corpus.files.arrays import read_array
from corpus.files.entries import Entry
from corpus.files.kinds import LINES, TABLE, WORKBOOK, check_text
from corpus.files.lines import read_lines
from corpus.files.unpacking import inner_name, unpacked

PREVIEW = 20
SAMPLE = 2**18
# Objects of which the names of the columns are taken: later ones may leave some out, and bring no new ones.
LOOKED_AT = 200
Cells = dict[str, str]
Row = tuple[str, Cells | None, str]  # where it stands, its cells by column, or what is wrong with it


@dataclass(frozen=True)
class Source:
    """A file that was looked at: its columns, its first rows, and how it was decoded. `rows()` reads it whole."""

    path: Path
    name: str
    kind: str
    names: list[str]
    first: list[Cells]
    encoding: str = ""
    delimiter: str = ""

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. BadFile where the file breaks off."""
        return READERS[self.kind](self)


def open_source(path: Path, name: str, *, encoding: str = "") -> Source:
    """Look at the beginning. BadFile, with the remedy, when no codings can be in it."""
    with path.open("rb") as file:
        layout = layout_of(inner_name(file, name))
        if layout == WORKBOOK:
            return look_into_workbook(path, name)
        with unpacked(file) as content:
            start = content.read(SAMPLE)
    check_text(start, layout)
    if layout == TABLE:
        return look_at_table(path, name, start, encoding)
    return look_at_objects(path, name, listed=start.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"["))


def look_into_workbook(path: Path, name: str) -> Source:
    with workbooks.sheet_rows(path) as rows:
        names = distinct(workbooks.header_of(rows))
    return with_first(Source(path, name, WORKBOOK, names, []))


def look_at_table(path: Path, name: str, start: bytes, encoding: str) -> Source:
    encoding = encoding or tables.encoding_of(start)
    try:
        header = tables.opened(io.BytesIO(start), encoding).readline()
    except LookupError:
        raise BadFile(f"“{encoding}” is not an encoding. Choose one of the list.") from None
    delimiter = tables.delimiter_of(header)
    names = tables.names_in(header, delimiter)
    if not any(names):
        raise BadFile("The first line must name the columns.")
    return with_first(Source(path, name, TABLE, distinct(names), [], encoding, delimiter))


def look_at_objects(path: Path, name: str, *, listed: bool) -> Source:
    found = [entry.payload for entry in islice(objects_in(path, listed=listed), LOOKED_AT) if entry.payload]
    if not found:
        raise BadFile("No object could be read from this file. Codings stand in JSON objects, one an issue or coding.")
    if label_studio.recognises(found[0]):
        return with_first(Source(path, name, LABEL_STUDIO, label_studio.columns_of(found), []))
    names = list(dict.fromkeys(str(key) for payload in found for key in payload))
    return with_first(Source(path, name, LIST if listed else LINES, names, []))


def with_first(source: Source) -> Source:
    first = [cells for _, cells, _ in islice(source.rows(), PREVIEW) if cells]
    return Source(**{**vars(source), "first": first})


def distinct(names: list[str]) -> list[str]:
    """Each name once: a second column of the same name, or of none, is told apart by its place."""
    seen: set[str] = set()
    told = []
    for place, name in enumerate(names, start=1):
        unique = name if name and name not in seen else f"{name or 'column'} ({place})"
        seen.add(unique)
        told.append(unique)
    return told


@contextmanager
def content_of(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file, unpacked(file) as content:
        yield content


def rows_of_workbook(source: Source) -> Iterator[Row]:
    with workbooks.sheet_rows(source.path) as rows:
        width = len(workbooks.header_of(rows))
        for number, row in enumerate(workbooks.texts(rows, width), start=2):
            if any(cell.strip() for cell in row):
                yield as_row(source, f"row {number}", row, tables.wrong_with(row, width))


def rows_of_table(source: Source) -> Iterator[Row]:
    with content_of(source.path) as content:
        text = tables.opened(content, source.encoding)
        try:
            text.readline()
            for line, row, wrong in tables.table_rows(text, source.delimiter):
                yield as_row(source, f"line {line}", row, wrong or tables.wrong_with(row, len(source.names)))
        finally:
            text.detach()


def as_row(source: Source, place: str, row: list[str], wrong: str) -> Row:
    cells = {name: tables.showable(cell) for name, cell in zip(source.names, row, strict=False)}
    return place, None if wrong else cells, wrong


def objects_in(path: Path, *, listed: bool) -> Iterator[Entry]:
    with content_of(path) as content:
        yield from read_array(content, {}) if listed else read_lines(content, {})


def rows_of_objects(source: Source) -> Iterator[Row]:
    for entry in objects_in(source.path, listed=source.kind == LIST):
        cells = {name: as_text((entry.payload or {}).get(name)) for name in source.names}
        yield entry.where, cells if entry.payload is not None else None, entry.wrong


def rows_of_label_studio(source: Source) -> Iterator[Row]:
    for entry in objects_in(source.path, listed=True):
        if entry.payload is None:
            yield entry.where, None, entry.wrong
            continue
        for told in label_studio.rows_of(entry.payload):
            # Who skips a task skips it in every control.
            otherwise = label_studio.SKIPPED if label_studio.SKIPPED in told else None
            yield entry.where, {name: as_text(told.get(name, otherwise)) for name in source.names}, ""


def as_text(value: Any) -> str:
    """A value of JSON as the text of a cell; lists and objects stay JSON, so that several codes stay apart."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, str):
        return tables.showable(value)
    return tables.showable(json.dumps(value, ensure_ascii=False))


LIST, LABEL_STUDIO = "list", "label studio"
READERS: Mapping[str, Callable[[Source], Iterator[Row]]] = {
    TABLE: rows_of_table,
    WORKBOOK: rows_of_workbook,
    LINES: rows_of_objects,
    LIST: rows_of_objects,
    LABEL_STUDIO: rows_of_label_studio,
}
