"""Import codings without a browser:
`manage.py import_codings FILE --study SLUG (--taxonomy NAME | --of-version ID [--propose]) [--dry-run]`.

Ends with 0 when all was taken, 1 when something was left out, 2 when the import failed, 3 when it could not begin.
"""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotator.models import CodingImport
from annotator.queries.imported import get_coding_import, problems_of
from annotator.services.importing.asking import request_file
from annotator.states import UnknownCodes
from corpus.management.running import FAILED, NOT_BEGUN, REFUSED, add_study, finish, sentence_of, study_and_lead
from corpus.services import uploads
from jobs.models import State


class Command(BaseCommand):
    help = "Imports codings that were made elsewhere as a closed round of their own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a table, Label Studio's JSON or doccano's JSONL")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--taxonomy", help="make a taxonomy of this name of the codes in the file")
        which.add_argument("--of-version", type=int, help="id of the published version they are of")
        parser.add_argument("--propose", action="store_true", help="codes it has not become proposals, not a version")
        parser.add_argument("--mapping", type=Path, help="JSON with what columns mean, where the guess is not right")
        parser.add_argument("--raters", type=Path, help="JSON with the alias of a member by the name in the file")
        add_study(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        study, by = study_and_lead(options["study"], options["by"])
        try:
            with options["file"].open("rb") as content:
                made = request_file(
                    study=study, file=File(content, name=options["file"].name), mapping=object_in(options["mapping"]),
                    target=target_of(options), dry=options["dry_run"], by=by,
                )  # fmt: skip
        except (ValidationError, OSError, ValueError) as error:
            raise CommandError(sentence_of(error), returncode=NOT_BEGUN) from error
        finish(made.job)
        if made.dry:
            uploads.remove(made.kept)
        self.report(get_coding_import(study, made.pk))

    def report(self, run: CodingImport) -> None:
        for problem in problems_of(run).iterator():
            self.stderr.write(f"{problem.place}: {problem.sentence}")
        if run.job.state != State.DONE:
            raise CommandError(run.job.error or f"The import is {run.job.state}.", returncode=FAILED)
        self.stdout.write(sentence(run))
        if left_out := problems_of(run).filter(skipped=True).count():
            raise CommandError(f"Left out: {left_out}. The rest was taken.", returncode=REFUSED)


def target_of(options: dict[str, Any]) -> dict[str, Any]:
    raters = object_in(options["raters"])
    if options["taxonomy"] is not None:
        return {"unknown": UnknownCodes.NEW, "name": options["taxonomy"], "raters": raters}
    unknown = UnknownCodes.PROPOSE if options["propose"] else UnknownCodes.ADD
    return {"unknown": unknown, "version": options["of_version"], "raters": raters}


def object_in(path: Path | None) -> dict[str, Any]:
    """ValueError when the file does not hold a JSON object."""
    if path is None:
        return {}
    value = json.loads(path.read_text())
    if not isinstance(value, dict):
        raise ValueError(f"{path} does not hold a JSON object.")
    return value


def sentence(run: CodingImport) -> str:
    """What came of it, in one line."""
    report = run.report
    if report.get("same_as"):
        return f"Nothing was imported: this file says what round {report['same_as']} holds already."
    told = "" if report["conflicts"] is None else f", {report['conflicts']} marked as conflicts"
    what = f"{report['issues']} issues ({report['issues_known']} known), {report['codings']} codings by "
    what += f"{len(report['raters'])} raters, {report['finals']} final labels{told}; "
    what += f"{len(report['codes_unknown'])} codes that the taxonomy had not"
    return f"{run.round}: {what}." if run.round else f"{'Would be' if run.dry else 'Nothing came of it'}: {what}."
