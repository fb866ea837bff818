"""Import from GitHub without a browser: `manage.py collect owner/name … --study SLUG [--from FILE] [--dry-run]`.

Ends with 0 when everything was read, 1 when some repositories or records were not, 2 when the import failed, 3 when it
could not begin. A limit of requests is waited for; stopped in between, the job goes on in the next runner.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from corpus.management.running import NOT_BEGUN, add_study, carry_out, report, sentence_of, study_and_lead
from corpus.models import ImportRun
from corpus.services.collecting import STATES, request_github_import

SPANS = ("created", "updated")
PARTS = ("comments", "events", "bots")


class Command(BaseCommand):
    help = "Imports issues, comments and events of repositories on GitHub into a study."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repositories", nargs="*", help="owner/name, or addresses")
        parser.add_argument("--from", type=Path, dest="file", help="a text file with the same")
        parser.add_argument("--state", choices=STATES, default="all")
        for name in SPANS:
            parser.add_argument(f"--{name}-from", type=date.fromisoformat, metavar="DAY", help="first day, in UTC")
            parser.add_argument(f"--{name}-to", type=date.fromisoformat, metavar="DAY", help="last day, in UTC")
        parser.add_argument("--labels", default="", help="divided by commas; an issue must have all of them")
        parser.add_argument("--words", default="", help='words, "phrases", -not, beginnings*, in title or text')
        for name in PARTS:
            parser.add_argument(f"--without-{name}", action="store_true")
        parser.add_argument("--token-variable", help="the environment variable that holds a token for this import")
        add_study(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = ask(options)
        except (ValidationError, OSError, ValueError) as error:
            raise CommandError(sentence_of(error), returncode=NOT_BEGUN) from error
        report(self, carry_out(self, asked))


def ask(options: dict[str, Any]) -> ImportRun:
    study, by = study_and_lead(options["study"], options["by"])
    listed = options["file"].read_text() if options["file"] else ""
    chosen: dict[str, Any] = {part: not options[f"without_{part}"] for part in PARTS}
    for name in SPANS:
        chosen[f"{name}_from"] = midnight(options[f"{name}_from"])
        chosen[f"{name}_to"] = midnight(options[f"{name}_to"], days=1)
    return request_github_import(
        study=study,
        repositories="\n".join([*options["repositories"], listed]),
        state=options["state"],
        labels=options["labels"],
        words=options["words"],
        token=os.environ.get(options["token_variable"] or "", ""),
        dry=options["dry_run"],
        by=by,
        **chosen,
    )


def midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return datetime.combine(day, time(), UTC) + timedelta(days=days) if day else None
