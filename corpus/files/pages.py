"""Any file as pages of records, in bounded memory."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from corpus.files import archive, github, lines, tables, workbooks
from corpus.files.arrays import read_array
from corpus.files.columns import Columns, RowReader
from corpus.files.entries import Entry
from corpus.files.kinds import ARRAY, BY_NAME, LINES, WORKBOOK, Kind
from corpus.files.unpacking import unpacked
from corpus.records import BadRecord, Page, Problem

PAGE_RECORDS = 1000
PAGE_BYTES = 8 * 2**20
Take = Callable[[Page, Mapping[str, Any], str], None]


def count_records(path: Path, kind: Kind) -> int | None:
    """How many records the file has, good or bad; None where counting would be reading it whole."""
    if kind.layout in (ARRAY, WORKBOOK) or kind.shape == archive.SHAPE.name:
        return None
    with content_of(path) as content:
        return tables.count_rows(content, columns_of(kind)) if kind.columns else lines.count_lines(content)


def issue_pages(path: Path, kind: Kind, checkpoint: Mapping[str, int]) -> Iterator[Page]:
    """Pages of issues from where the checkpoint says; an empty one begins at the start."""
    read = RowReader(kind.columns, []).read if kind.columns else BY_NAME[kind.shape].read_issue

    def take(page: Page, payload: Mapping[str, Any], place: str) -> None:
        found = read(payload)
        if found is None:
            page.pull_requests += 1
        else:
            page.add_issue(found[0], place)
            note(page, place, found[1])

    return pages(entries(path, kind, checkpoint, "issue"), take)


def comment_pages(path: Path, kind: Kind, checkpoint: Mapping[str, int]) -> Iterator[Page]:
    """Pages of comments: of a file of comments, or of those that stand in a file with their issues."""
    read = BY_NAME[kind.shape].read_comments or (lambda payload: [github.read_lone_comment(payload)])

    def take(page: Page, payload: Mapping[str, Any], place: str) -> None:
        for record, notes in read(payload):
            page.add_comment(record, place)
            note(page, place, notes)

    found = entries(path, kind, checkpoint, "comment")
    # What cannot be read at all was told when the issues of the same file were read.
    return pages((entry for entry in found if entry.payload or not kind.holds("comments")), take)


def event_pages(path: Path, kind: Kind, checkpoint: Mapping[str, int]) -> Iterator[Page]:
    """Pages of events: of a file of events, or of those that stand in a file with their issues."""
    read = BY_NAME[kind.shape].read_events or github.read_lone_events

    def take(page: Page, payload: Mapping[str, Any], place: str) -> None:
        found = list(read(payload))
        page.passed_over += not found
        for record, notes in found:
            page.add_event(record, place)
            note(page, place, notes)

    return pages(entries(path, kind, checkpoint, "event"), take)


def note(page: Page, place: str, notes: list[str]) -> None:
    page.problems += [Problem(place, sentence, skipped=False) for sentence in notes]


def entries(path: Path, kind: Kind, checkpoint: Mapping[str, int], part: str) -> Iterator[Entry]:
    if kind.layout == WORKBOOK:
        return workbooks.read_workbook(path, columns_of(kind), checkpoint)
    if kind.shape == archive.SHAPE.name:
        return archive.read_events(path, checkpoint, part)
    return entries_of_text(path, kind, checkpoint)


def entries_of_text(path: Path, kind: Kind, checkpoint: Mapping[str, int]) -> Iterator[Entry]:
    with content_of(path) as content:
        if kind.columns:
            yield from tables.read_table(content, kind.columns, checkpoint)
        elif kind.layout == LINES:
            yield from lines.read_lines(content, checkpoint)
        else:
            yield from read_array(content, checkpoint)


@contextmanager
def content_of(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file, unpacked(file) as content:
        yield content


def columns_of(kind: Kind) -> Columns:
    if kind.columns is None:
        raise ValueError("a table is read with its columns")
    return kind.columns


def pages(entries: Iterator[Entry], take: Take) -> Iterator[Page]:
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


def add(page: Page, entry: Entry, take: Take) -> None:
    if entry.payload is None:
        page.problems.append(Problem(entry.where, entry.wrong))
        return
    try:
        take(page, entry.payload, entry.where)
    except BadRecord as problem:
        page.problems.append(Problem(entry.where, str(problem)))
