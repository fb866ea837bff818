"""Imports from files: read a page, write it, tell how far it is."""

from collections.abc import Callable, Iterable
from functools import partial

from corpus import files, queries
from corpus.models import ImportRun
from corpus.records import Page
from corpus.services import uploads
from corpus.services.pages import write_page
from corpus.services.rehearsal import Rehearsal
from jobs.errors import Failed
from jobs.services import Run

ISSUES, COMMENTS, EVENTS = "issues", "comments", "events"
READERS = {ISSUES: files.issue_pages, COMMENTS: files.comment_pages, EVENTS: files.event_pages}
Write = Callable[[str, Page], None]


def import_file(run: Run) -> None:
    """Issues first, then comments, then events, of files of their own or of the same, each from its checkpoint on."""
    asked = queries.import_of(run.job)
    read_files(run, asked, partial(write_page, run, asked))


def try_file(run: Run) -> None:
    """The same, without writing: from the start on, however often it is interrupted."""
    asked = queries.import_of(run.job)
    rehearsal = Rehearsal(run, asked)
    rehearsal.begin()
    read_files(run, asked, rehearsal.take)


def read_files(run: Run, asked: ImportRun, write: Write) -> None:
    """Hand the pages of the files to `write`, with the part they belong to."""
    try:
        for part in READERS:
            if source := uploads.source_of(asked.options, part):
                path, kind, is_own = source
                total = files.count_records(path, kind) if is_own else None
                read_part(run, asked, part, READERS[part](path, kind, behind(asked, part)), total, write)
    except files.BadFile as problem:
        raise Failed(f"{problem} What was read stays.") from problem
    except FileNotFoundError as error:
        raise Failed("The uploaded file is no longer there. What was read stays; import the file again.") from error


def behind(asked: ImportRun, part: str) -> dict[str, int]:
    """What of this part is read already."""
    found: dict[str, int] = asked.checkpoint.get(part, {})
    return found


def read_part(run: Run, asked: ImportRun, part: str, pages: Iterable[Page], total: int | None, write: Write) -> None:
    done = behind(asked, part).get("done", 0)
    run.progress(done, total, unit=part)
    for page in pages:
        done += page.read
        page.checkpoint["done"] = done
        write(part, page)
        run.progress(done, total, unit=part)
