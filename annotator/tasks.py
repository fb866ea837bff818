"""Imports of codings as jobs: read the file, then tell or write what came of it, in one step."""

from collections.abc import Callable, Iterator

from annotator.files import Found, Mapping, open_source, read
from annotator.files.sources import Row
from annotator.models import CodingImport
from annotator.queries.imported import coding_import_of
from annotator.services.importing.writing import write_import, write_trial
from corpus.files import BadFile
from corpus.services.uploads import path_of
from jobs.errors import Failed
from jobs.services import Run

TOLD_EVERY = 500


def try_codings(run: Run) -> None:
    carry_out(run, write_trial)


def import_codings(run: Run) -> None:
    carry_out(run, write_import)


def carry_out(run: Run, write: Callable[..., None]) -> None:
    asked = coding_import_of(run.job)
    found = read_file(run, asked)
    run.progress(found.rows, found.rows, unit="rows", note="writing" if not asked.dry else "comparing")
    write(run=run, asked=asked, found=found)


def read_file(run: Run, asked: CodingImport) -> Found:
    mapping = Mapping.of_json(asked.mapping)
    try:
        source = open_source(path_of(asked.kept), asked.name, encoding=mapping.encoding)
        return read(counted(run, source.rows()), mapping)
    except BadFile as problem:
        raise Failed(f"{problem} Nothing was imported.") from problem
    except FileNotFoundError as error:
        raise Failed("The uploaded file is no longer there. Choose it again.") from error


def counted(run: Run, rows: Iterator[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            run.progress(number, unit="rows")
        yield row
