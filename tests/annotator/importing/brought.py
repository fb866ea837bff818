"""Files of codings brought into a study through the services, with their jobs run here."""

import csv
import io

from django.core.files.base import ContentFile

from annotator.files import Mapping, guess
from annotator.models import CodingImport
from annotator.queries.imported import get_coding_import
from annotator.services.importing.asking import keep_file, look_at, request_import
from annotator.states import UnknownCodes
from jobs.services import run

LONG = [
    ("issue", "rater", "code", "memo", "final", "conflict"),
    ("tidewater/captioner#1", "rater_a", "Loading", "slow disk", "Loading", "0"),
    ("tidewater/captioner#1", "E2", "loading", "", "", ""),
    ("tidewater/captioner#2", "rater_a", "Output", "", "Memory", "1"),
    ("tidewater/captioner#2", "E2", "Memory", "", "", ""),
    ("https://stackoverflow.com/questions/47267612", "rater_a", "unclear", "", "", "1"),
    ("https://stackoverflow.com/questions/47267612", "E2", "none", "", "none", ""),
]
NEW = {"unknown": UnknownCodes.NEW, "name": "Faults"}


def sheet(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def asked(study, by, content=None, name="codings.csv", *, target=NEW, dry=False, **changes) -> CodingImport:
    """Queued, and not run."""
    content = sheet(LONG) if content is None else content
    upload = keep_file(study=study, file=ContentFile(content, name), by=by)
    mapping = guess(look_at(upload))
    mapping = Mapping(**{**vars(mapping), "outcomes": mapping.outcomes | {"unclear": "unclear"}, **changes})
    return request_import(study=study, upload=upload, mapping=mapping, target=target, dry=dry, by=by)


def bring(study, by, content=None, name="codings.csv", **choices) -> CodingImport:
    made = asked(study, by, content, name, **choices)
    run(made.job_id)
    return get_coding_import(study, made.pk)


def told(run_):
    return [(row.place, row.sentence, row.skipped) for row in run_.problems.order_by("pk")]
