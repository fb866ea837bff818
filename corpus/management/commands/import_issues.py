"""Import files without a browser:
`manage.py import_issues FILE --study SLUG [--comments FILE] [--events FILE] [--dry-run]`.

Ends with 0 when every record was taken, 1 when some were refused, 2 when the import failed, 3 when it could not begin.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from corpus import files
from corpus.management.running import NOT_BEGUN, add_study, carry_out, report, sentence_of, study_and_lead
from corpus.models import ImportRun
from corpus.services import uploads
from corpus.services.imports import request_file_import, request_trial


class Command(BaseCommand):
    help = "Imports issues, and their comments and events, from files into a study."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="issues: JSON, JSON Lines, CSV, TSV or XLSX; .gz, .zst or .zip")
        parser.add_argument("--comments", type=Path, help="GitHub's comment objects as JSON or JSON Lines")
        parser.add_argument("--events", type=Path, help="GitHub's or GH Archive's events as JSON or JSON Lines")
        parser.add_argument("--columns", type=Path, help="what a table's columns mean, as JSON: fields, zone, tracker")
        add_study(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = ask(options)
        except (ValidationError, OSError, ValueError) as error:
            raise CommandError(sentence_of(error), returncode=NOT_BEGUN) from error
        asked = carry_out(self, asked)
        if asked.dry:
            uploads.remove(*uploads.kept_by(asked.options))
        report(self, asked)


def ask(options: dict[str, Any]) -> ImportRun:
    study, by = study_and_lead(options["study"], options["by"])
    columns = columns_in(options["columns"])
    paths = options["file"], options["comments"], options["events"]
    with opened(paths[0]) as issues, opened(paths[1]) as comments, opened(paths[2]) as events:
        if issues is None:
            raise CommandError("Name a file of issues.", returncode=NOT_BEGUN)
        if not options["dry_run"]:
            return request_file_import(
                study=study, issues=issues, comments=comments, events=events, columns=columns, by=by
            )
        upload = uploads.receive(issues, comments, events)
    return request_trial(study=study, upload=upload, columns=columns, by=by)


@contextmanager
def opened(path: Path | None) -> Iterator["File[bytes] | None"]:
    if path is None:
        yield None
        return
    with path.open("rb") as file:
        yield File(file, name=path.name)


def columns_in(path: Path | None) -> files.Columns | None:
    """ValueError when the file is not the JSON of columns."""
    if path is None:
        return None
    try:
        return files.Columns(**json.loads(path.read_text()))
    except TypeError:
        names = ", ".join(files.Columns.__dataclass_fields__)
        raise ValueError(f"{path} does not tell columns. It is a JSON object with any of: {names}.") from None
