"""Issues and comments from files: JSON Lines in the shape of GitHub's REST objects, or a table with five columns.

Files are read in pages and bounded memory. A line that cannot be used becomes a problem with its
number; the rest is read.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from corpus.payloads import is_pull_request, read_comment, read_issue, read_row
from corpus.records import BadRecord, Page, Problem

COLUMNS = ("title", "body", "url", "created_at", "closed_at")
DELIMITERS = ",;\t|"
TABLE, LINES = ".csv", ".jsonl"
PAGE_RECORDS = 500
PAGE_BYTES = 8 * 2**20
LONGEST_RECORD = 16 * 2**20
BOM = "\ufeff"


class BadFile(Exception):
    """The file as a whole cannot be read; the sentence says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """One record as it stands: the line it begins on, its size, where the next one begins; `payload` or `wrong`."""

    line: int
    size: int
    position: dict[str, int]
    payload: Mapping[str, Any] | None = None
    wrong: str = ""


def kind_of(name: str) -> str:
    """`.csv` or `.jsonl` by the name's ending. BadFile for any other."""
    ending = Path(name).suffix.lower()
    if ending in (".jsonl", ".ndjson", ".json"):
        return LINES
    if ending in (".csv", ".tsv", ".txt"):
        return TABLE
    raise BadFile("This kind of file cannot be read. Choose JSON Lines (.jsonl) or a table (.csv).")


def check(file: IO[bytes], name: str) -> str:
    """Look at the file's beginning and return its kind. BadFile when nothing in it could be read."""
    kind = kind_of(name)
    start = file.read(65536)
    file.seek(0)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile("This file is UTF-16. Save it as UTF-8 and choose it again.")
    if start.startswith(b"\x1f\x8b") or start.startswith(b"PK"):
        raise BadFile("This file is compressed. Unpack it and choose what is inside.")
    if not start.strip(b" \t\r\n\xef\xbb\xbf\x00"):
        raise BadFile("This file is empty.")
    if kind == LINES:
        check_lines(start)
    else:
        delimiter_of(start.decode("utf-8-sig", "replace").lstrip().splitlines()[0])
    return kind


def check_lines(start: bytes) -> None:
    text = start.decode("utf-8-sig", "replace").lstrip()
    if text.startswith("["):
        raise BadFile("This file is one JSON list. JSON Lines has one issue a line: jq -c '.[]' makes it so.")
    if not text.startswith("{"):
        raise BadFile("This file does not begin with a JSON object. JSON Lines has one issue a line.")


def delimiter_of(header: str) -> str:
    """The delimiter under which the header names all five columns. BadFile, naming what is missing, when none does."""
    found = {delimiter: names_in(header, delimiter) for delimiter in DELIMITERS}
    best = max(found, key=lambda delimiter: len(set(COLUMNS) & set(found[delimiter])))
    missing = [column for column in COLUMNS if column not in found[best]]
    if missing:
        raise BadFile(f"The first line must name the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    return best


def names_in(header: str, delimiter: str) -> list[str]:
    row = next(csv.reader([header], delimiter=delimiter), [])
    return [name.strip().strip(BOM).lower() for name in row]


def count_records(path: Path, kind: str) -> int:
    """How many records the file has, good or bad."""
    entries = table_entries if kind == TABLE else line_entries
    with path.open("rb") as file:
        return sum(1 for _ in entries(file, {}, parse=False))


def issue_pages(path: Path, kind: str, checkpoint: Mapping[str, int]) -> Iterator[Page]:
    """Pages of issues from where the checkpoint says; an empty one begins at the start."""
    entries = table_entries if kind == TABLE else line_entries
    take = take_row if kind == TABLE else take_issue
    with path.open("rb") as file:
        yield from pages(entries(file, checkpoint), take)


def comment_pages(path: Path, checkpoint: Mapping[str, int]) -> Iterator[Page]:
    with path.open("rb") as file:
        yield from pages(line_entries(file, checkpoint), take_comment)


def pages(entries: Iterator[Entry], take: Callable[[Page, Mapping[str, Any], str], None]) -> Iterator[Page]:
    page, records, size = Page(), 0, 0
    for entry in entries:
        add(page, entry, take)
        page.checkpoint = dict(entry.position)
        records, size = records + 1, size + entry.size
        if records >= PAGE_RECORDS or size >= PAGE_BYTES:
            yield page
            page, records, size = Page(), 0, 0
    if records:
        yield page


def add(page: Page, entry: Entry, take: Callable[[Page, Mapping[str, Any], str], None]) -> None:
    place = f"line {entry.line}"
    if entry.payload is None:
        page.problems.append(Problem(place, entry.wrong))
        return
    try:
        take(page, entry.payload, place)
    except BadRecord as problem:
        page.problems.append(Problem(place, str(problem)))


def take_issue(page: Page, payload: Mapping[str, Any], place: str) -> None:
    if is_pull_request(payload):
        page.pull_requests += 1
        return
    record, notes = read_issue(payload)
    page.add_issue(record, place)
    page.problems += [Problem(place, note, skipped=False) for note in notes]


def take_row(page: Page, payload: Mapping[str, Any], place: str) -> None:
    if is_pull_request({"html_url": payload.get("url")}):
        page.pull_requests += 1
        return
    record, notes = read_row(payload)
    page.add_issue(record, place)
    page.problems += [Problem(place, note, skipped=False) for note in notes]


def take_comment(page: Page, payload: Mapping[str, Any], place: str) -> None:
    record, notes = read_comment(payload)
    page.add_comment(record, place)
    page.problems += [Problem(place, note, skipped=False) for note in notes]


def line_entries(file: BinaryIO, checkpoint: Mapping[str, int], *, parse: bool = True) -> Iterator[Entry]:
    """The lines of a JSON Lines file that are not blank. A checkpoint has the byte and the line to begin at."""
    line = checkpoint.get("line", 0)
    file.seek(checkpoint.get("byte", 0))
    while raw := file.readline(LONGEST_RECORD):
        line += 1
        whole = read_to_line_end(file, raw)
        if whole and not raw.strip(b" \t\r\n\xef\xbb\xbf"):
            continue
        payload, wrong = parse_line(raw, whole) if parse else (None, "")
        yield Entry(line, len(raw), {"byte": file.tell(), "line": line}, payload, wrong)


def read_to_line_end(file: BinaryIO, raw: bytes) -> bool:
    """Skip what is left of an overlong line. True when the line was whole."""
    whole = raw.endswith(b"\n") or len(raw) < LONGEST_RECORD
    rest = raw
    while not whole and rest and not rest.endswith(b"\n"):
        rest = file.readline(LONGEST_RECORD)
    return whole


def parse_line(raw: bytes, whole: bool) -> tuple[Mapping[str, Any] | None, str]:
    """The object on the line, or what is wrong with it."""
    if not whole:
        return None, f"The line is longer than {LONGEST_RECORD // 2**20} MB."
    try:
        value = json.loads(raw.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        return None, f"Not UTF-8 from byte {error.start + 1} on. Save the file as UTF-8 and import it again."
    except json.JSONDecodeError as error:
        return None, f"Not JSON: {error.msg} at character {error.pos + 1}."
    except (ValueError, RecursionError):
        return None, "Not JSON that can be read: a number too long, or lists nested too deep."
    if not isinstance(value, dict):
        return None, "Not a JSON object with the fields of an issue or a comment."
    return value, ""


def table_entries(file: BinaryIO, checkpoint: Mapping[str, int], *, parse: bool = True) -> Iterator[Entry]:
    """The rows of a table. A checkpoint has the number of rows that are behind us: quotes may span lines, so they
    are read over again."""
    csv.field_size_limit(LONGEST_RECORD)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        header = text.readline()
        delimiter = delimiter_of(header)
        names = names_in(header, delimiter)
        for number, (line, row, wrong) in enumerate(table_rows(text, delimiter), start=1):
            if number > checkpoint.get("row", 0):
                payload, wrong = parse_row(names, row, wrong) if parse else (None, "")
                yield Entry(line, sum(map(len, row)), {"row": number}, payload, wrong)
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


def parse_row(names: list[str], row: list[str], wrong: str) -> tuple[Mapping[str, Any] | None, str]:
    if wrong:
        return None, wrong
    if len(row) != len(names):
        return (
            None,
            f"The row has {len(row)} cells, the first line {len(names)}. A quote or a delimiter may be missing.",
        )
    if any("\udc80" <= character <= "\udcff" for cell in row for character in cell):
        return None, "Not UTF-8. Save the file as UTF-8 and import it again."
    return dict(zip(names, row, strict=True)), ""
