"""Importing, listing, searching and reading many issues, as one table: `python -m bench.corpus [--size 10000 30000]`.

Each size is measured in a fresh database: SQLite in a folder of its own, or PostgreSQL where DATABASE_URL names an
empty database that may be filled and emptied. Issues and comments are imported from generated files by a job in a
process of its own; requests go through the whole of Django, without a network.
"""

import argparse
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SIZES = (10_000, 30_000, 100_000)
COMMENTS = 5
TIMES = 100
FOLDER = os.environ.get("INTERCODER_DATA") or tempfile.mkdtemp(prefix="intercoder-bench-")

if __name__ == "__main__":
    os.environ.setdefault("SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["INTERCODER_DATA"] = FOLDER

import django  # noqa: E402 (the settings' environment comes first)

django.setup()

from django.core.files.base import File  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.generated import (  # noqa: E402
    ISSUES,
    RARE,
    REPOSITORIES,
    WORDS,
    common,
    looked_for,
    write_comments,
    write_issues,
)
from corpus.models import Issue  # noqa: E402
from corpus.services.imports import request_file_import  # noqa: E402
from jobs import services  # noqa: E402
from jobs.models import Job, State  # noqa: E402
from studies.models import Study, User  # noqa: E402
from studies.services.accounts import create_account  # noqa: E402
from studies.services.studies import create_study  # noqa: E402

RECORDS = {"sqlite": 6000, "postgresql": 5000}
# What is asked for: at most so many milliseconds or megabytes, at least so many records a second.
BUDGETS = {
    "import, issues a second": 2500, "import, records a second": RECORDS[connection.vendor], "worker memory, MB": 400,
    "list, p95 ms": 60, "search, p95 ms": 80, "issue, p95 ms": 40,
}  # fmt: skip
Figures = dict[str, float]


def fresh() -> tuple[Study, User]:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    lead = create_account(email="lead@example.org", name="Lead", password="a bench of issues", is_staff=True)
    return create_study(title="Bench", by=lead), lead


def imported(study: Study, lead: User, issues: int, each: int) -> Figures:
    """So many issues with so many comments each, imported by a worker of its own."""
    paths = [Path(FOLDER) / "issues.jsonl", Path(FOLDER) / "comments.jsonl"]
    write_issues(paths[0], issues)
    write_comments(paths[1], issues, each)
    with paths[0].open("rb") as first, paths[1].open("rb") as second:
        asked = request_file_import(
            study=study,
            issues=File(first, name=paths[0].name),
            comments=File(second, name=paths[1].name) if each else None,
            by=lead,
        )
    worker = [sys.executable, "-m", "bench.corpus", "--job", str(asked.job.pk)]
    told = subprocess.run(worker, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    job = Job.objects.get(pk=asked.job.pk)
    if job.state != State.DONE or not job.started_at or not job.ended_at:
        raise SystemExit(f"The import {job.state}: {job.error}")
    seconds, records = (job.ended_at - job.started_at).total_seconds(), issues * (1 + each)
    unit = "records" if each else "issues"
    return {
        f"import, {unit} a second": records / seconds,
        f"  {unit} by second of its own work": records / float(told[1]),
        "worker memory, MB": float(told[0]),
    }


def work(job_id: int) -> None:
    """As the worker: do the job, tell the most memory it had in megabytes and the seconds of its own work."""
    begun = time.process_time()
    services.run(job_id)
    # Not `ru_maxrss`, which begins at what the process that started this one had.
    most = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    print(int(most[1]) * 1024 / 10**6 if most else 0, time.process_time() - begun)


def lists(chance: random.Random) -> Iterator[str]:
    while True:
        yield "issues/"
        yield f"issues/?repository=generated/models-{chance.randrange(REPOSITORIES)}&state=closed"
        yield f"issues/?label={chance.choice(WORDS)}&code=yes&sort=longest"
        yield f"issues/?year=20{chance.randrange(19, 22)}&association=OWNER&sort=comments"


def searches(chance: random.Random) -> Iterator[str]:
    while True:
        yield f"issues/?q=rare{chance.randrange(RARE)}"
        yield f"issues/?q={looked_for(chance)}"
        yield f"issues/?q={looked_for(chance)}+{looked_for(chance)}"
        yield f"issues/?q=%22{looked_for(chance)}+{looked_for(chance)}%22+-rare{chance.randrange(RARE)}"
        yield f"issues/?q={looked_for(chance)[:4]}*&state=open"


def worst_searches(chance: random.Random) -> Iterator[str]:
    """Words that stand in nearly every issue."""
    for one, other in itertools.cycle(itertools.permutations(common(), 2)):
        yield f"issues/?q={one}"
        yield f"issues/?q={one}+{other}"


def issue_pages(chance: random.Random) -> Iterator[str]:
    ids = list(Issue.objects.values_list("pk", flat=True))
    while True:
        yield f"issues/{chance.choice(ids)}/?state=closed"


KINDS: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "list": lists, "search": searches, "search for the commonest words": worst_searches, "issue": issue_pages,
}  # fmt: skip


def measured(size: int) -> Figures:
    study, lead = fresh()
    figures = imported(study, lead, size, COMMENTS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(lead)
    figures["first list after a change, ms"] = timed(client, study, "issues/")[0]
    for kind, addresses in KINDS.items():
        chance = random.Random(1)
        taken = [timed(client, study, address) for address in itertools.islice(addresses(chance), TIMES)]
        middle, most = cuts([wall for wall, _ in taken])
        figures |= {f"{kind}, p50 ms": middle, f"{kind}, p95 ms": most}
        figures[f"  {kind}, p95 ms of our own process"] = cuts([own for _, own in taken])[1]
    return figures


def cuts(taken: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    parts = statistics.quantiles(taken, n=20, method="inclusive")
    return parts[9], parts[18]


def timed(client: Client, study: Study, address: str) -> tuple[float, float]:
    """Milliseconds on the clock, and of this process's own work."""
    begun, worked = time.perf_counter(), time.process_time()
    answer = client.get(f"/studies/{study.slug}/{address}", headers={"host": "localhost"})
    taken = (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return taken


def table(columns: dict[str, Figures]) -> str:
    names = list(dict.fromkeys(name for figures in columns.values() for name in figures))
    lines = [f"{connection.vendor:<44}" + "".join(f"{title:>16}" for title in columns) + f"{'budget':>10}"]
    for name in names:
        cells = "".join(f"{figures[name]:>16,.0f}" if name in figures else f"{'':>16}" for figures in columns.values())
        lines.append(f"{name:<44}{cells}{BUDGETS.get(name, ''):>10}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=SIZES, help="how many issues to generate")
    parser.add_argument("--job", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        work(options.job)
        return 0
    columns = {f"{ISSUES:,} alone": imported(*fresh(), ISSUES, 0), f"{ISSUES:,}": imported(*fresh(), ISSUES, COMMENTS)}
    for size in options.size:
        columns[f"{size:,}"] = measured(size)
        print(table(columns), f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", "", sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
