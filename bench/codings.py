"""Importing codings of 8,373 issues by three raters: `python -m bench.codings`, on SQLite or an empty DATABASE_URL."""

import csv
import io
import os
import random
import tempfile
import time
from collections.abc import Callable

ISSUES, RATERS, CODES = 8_373, 3, 40

if __name__ == "__main__":
    os.environ.setdefault("SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["INTERCODER_DATA"] = tempfile.mkdtemp(prefix="intercoder-bench-")

import django  # noqa: E402 (the settings' environment comes first)

django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from annotator.queries.imported import get_coding_import  # noqa: E402
from annotator.services.importing.asking import request_file  # noqa: E402
from annotator.services.importing.undoing import undo_coding_import  # noqa: E402
from annotator.states import UnknownCodes  # noqa: E402
from jobs.services import run  # noqa: E402
from studies.services.accounts import create_account  # noqa: E402
from studies.services.studies import create_study  # noqa: E402


def written() -> bytes:
    """Half of the issues are GitHub's, half are posts; none is in the study."""
    draw = random.Random(1)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["issue", "rater", "code", "memo", "final label"])
    for number in range(1, ISSUES + 1):
        github = f"https://github.com/bench/r{number % 100}/issues/{number}"
        issue = github if number % 2 else f"https://stackoverflow.com/questions/{number}"
        for rater in range(RATERS):
            rows.writerow([issue, f"E{rater + 1}", f"Code {draw.randrange(CODES)}", "", "" if rater else "Code 1"])
    return text.getvalue().encode()


def tell(what: str, work: Callable[[], object]) -> None:
    begun, own = time.perf_counter(), time.process_time()
    work()
    print(f"{what:<12}{time.perf_counter() - begun:8.1f} s{time.process_time() - own:8.1f} s of this process")


def measure() -> None:
    call_command("migrate", verbosity=0)
    lead = create_account(email="lead@example.org", name="Lead", password="a bench of codings", is_staff=True)
    study = create_study(title="Bench", by=lead)
    content, target = written(), {"unknown": UnknownCodes.NEW, "name": "Codes"}
    print(f"{ISSUES:,} issues, {RATERS} raters, {len(content) // 1024:,} KB, {connection.vendor}")
    made = None
    for what, dry in (("trial", True), ("import", False)):
        made = request_file(study=study, file=ContentFile(content, "codings.csv"), target=target, dry=dry, by=lead)
        tell(what, lambda job=made.job_id: run(job))
    found = get_coding_import(study, made.pk)
    tell("undo", lambda: undo_coding_import(run=found, by=lead))


if __name__ == "__main__":
    measure()
