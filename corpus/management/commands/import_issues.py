"""Import files without a browser: `manage.py import_issues FILE --study SLUG [--comments FILE] [--dry-run]`.

Ends with 0 when every record was taken, 1 when some were refused, 2 when the import failed, 3 when it could not begin.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from corpus import files, queries
from corpus.management.progress import Bar, Lines
from corpus.models import ImportRun
from corpus.services import uploads
from corpus.services.imports import request_file_import, request_trial
from jobs import services
from jobs.models import Job, State
from studies.models import Membership, Role, Study, User

REFUSED, FAILED, NOT_BEGUN = 1, 2, 3
LOOK_EVERY = 0.5


class Command(BaseCommand):
    help = "Imports issues, and their comments, from files into a study."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="issues: JSON, JSON Lines, CSV, TSV or XLSX; .gz, .zst or .zip")
        parser.add_argument("--study", required=True, help="the study's short name, as in its address")
        parser.add_argument("--comments", type=Path, help="GitHub's comment objects as JSON or JSON Lines")
        parser.add_argument("--by", help="e-mail address of the lead who imports; by default the study's first")
        parser.add_argument("--columns", type=Path, help="what a table's columns mean, as JSON: fields, zone, tracker")
        parser.add_argument("--dry-run", action="store_true", help="tell what would come of it, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = ask(options)
        except (ValidationError, OSError, ValueError) as error:
            raise CommandError(sentence_of(error), returncode=NOT_BEGUN) from error
        with told_meanwhile(asked.job, Bar(self.stderr) if sys.stderr.isatty() else Lines(self.stdout)):
            finish(asked.job)
        asked = queries.get_import(asked.job.study, asked.pk)
        if asked.dry:
            uploads.remove(*uploads.kept_by(asked.options))
        self.report(asked)

    def report(self, asked: ImportRun) -> None:
        """Say what came of it; end with the code that fits."""
        if asked.job.state != State.DONE:
            raise CommandError(asked.job.error or f"The import is {asked.job.state}.", returncode=FAILED)
        would = "would be " if asked.dry else ""
        refused = queries.problems_of(asked).filter(skipped=True).count()
        self.stdout.write(
            f"{asked.new} issues {would}new, {asked.changed} changed, {asked.same} the same; "
            f"{asked.comments} comments; {asked.pull_requests} pull requests left out; "
            f"{refused} records refused."
        )
        for problem in queries.problems_of(asked).iterator():
            self.stderr.write(f"{problem.place}: {problem.sentence}")
        if refused:
            raise CommandError(f"Refused: {refused}. The rest was read.", returncode=REFUSED)


def finish(job: Job) -> None:
    """Do the job here, or wait for the runner that was faster."""
    if services.run(job.pk):
        return
    while Job.objects.get(pk=job.pk).is_open:
        time.sleep(LOOK_EVERY)


def ask(options: dict[str, Any]) -> ImportRun:
    study, by = study_and_lead(options["study"], options["by"])
    columns = columns_in(options["columns"])
    with opened(options["file"]) as issues, opened(options["comments"]) as comments:
        if issues is None:
            raise CommandError("Name a file of issues.", returncode=NOT_BEGUN)
        if not options["dry_run"]:
            return request_file_import(study=study, issues=issues, comments=comments, columns=columns, by=by)
        upload = uploads.receive(issues, comments)
    return request_trial(study=study, upload=upload, columns=columns, by=by)


@contextmanager
def opened(path: Path | None) -> Iterator["File[bytes] | None"]:
    if path is None:
        yield None
        return
    with path.open("rb") as file:
        yield File(file, name=path.name)


def study_and_lead(slug: str, email: str | None) -> tuple[Study, User]:
    leads = Membership.objects.filter(study__slug=slug, role=Role.LEAD, left_at__isnull=True, user__isnull=False)
    if email:
        leads = leads.filter(user__email__iexact=email)
    membership = leads.select_related("study", "user").order_by("pk").first()
    if membership is None:
        who = f" with a lead {email}" if email else ""
        raise CommandError(
            f"There is no study {slug}{who}. Its short name stands in its address.", returncode=NOT_BEGUN
        )
    return membership.study, membership.user


def columns_in(path: Path | None) -> files.Columns | None:
    """ValueError when the file is not the JSON of columns."""
    if path is None:
        return None
    try:
        return files.Columns(**json.loads(path.read_text()))
    except TypeError:
        names = ", ".join(files.Columns.__dataclass_fields__)
        raise ValueError(f"{path} does not tell columns. It is a JSON object with any of: {names}.") from None


def sentence_of(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


@contextmanager
def told_meanwhile(job: Job, teller: Bar | Lines) -> Iterator[None]:
    """Tell how far the job is, from its row, while it is worked on in this thread."""
    over = threading.Event()
    thread = threading.Thread(target=tell, args=(job.pk, teller, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        teller.end()


def tell(job_id: int, teller: Bar | Lines, over: threading.Event) -> None:
    began = time.monotonic()
    while not over.wait(LOOK_EVERY):
        job = Job.objects.only("done", "total", "unit").get(pk=job_id)
        teller.show(job.done, job.total, job.unit, time.monotonic() - began)
    connection.close()
