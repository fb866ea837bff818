"""Drawing and dealing all issues by design: `python -m bench.dealing`, on SQLite or on an empty DATABASE_URL."""

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

ISSUES, RATERS, REPOSITORIES = 8_373, 6, 31
TAKES = 200
BUDGET = 3  # s, for a deal

if __name__ == "__main__":
    os.environ.setdefault("SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["INTERCODER_DATA"] = tempfile.mkdtemp(prefix="intercoder-bench-")

import django  # noqa: E402 (the settings' environment comes first)

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from annotator.models import Each, Method, Round  # noqa: E402
from annotator.queries.pace import courses_of  # noqa: E402
from annotator.services.dealing import Design  # noqa: E402
from annotator.services.phases import start_round  # noqa: E402
from annotator.services.planning import Way  # noqa: E402
from annotator.services.pool import give_back, take_next  # noqa: E402
from annotator.services.rounds import draft_round  # noqa: E402
from corpus.models import Issue, IssueState, Repository, Text  # noqa: E402
from studies.models import Membership, Role, Study, User  # noqa: E402
from studies.services.accounts import create_account  # noqa: E402
from studies.services.studies import add_member, create_study  # noqa: E402
from taxonomy.services.editing import add_code, create_taxonomy  # noqa: E402
from taxonomy.services.versions import publish  # noqa: E402

START = datetime(2024, 1, 1, tzinfo=UTC)
DESIGNS = [
    ("every rater every issue", Design()),
    ("2 of 6", Design(Each.SOME, 2)),
    ("3 of 6", Design(Each.SOME, 3)),
    ("20 % by all, the rest by one", Design(Each.OVERLAP, overlap=20)),
    ("a pool, 2 of 6", Design(Each.POOL, 2)),
]


def world() -> tuple[Study, User, list[Membership]]:
    lead = create_account(email="lead@example.org", name="Lead", password="a bench of deals", is_staff=True)
    study = create_study(title="Bench", by=lead)
    raters = []
    for number in range(1, RATERS + 1):
        rater = create_account(email=f"rater-{number}@example.org", name=f"Rater {number}", password="a bench of deals")
        raters.append(add_member(study=study, user=rater, role=Role.RATER))
    draft = create_taxonomy(study=study, name="Problems", by=lead)
    add_code(version=draft, name="Loading", definition="What it means.", by=lead)
    publish(version=draft, by=lead)
    write_issues(study)
    return study, lead, raters


def write_issues(study: Study) -> None:
    body = Text.objects.create(sha256=hashlib.sha256(b"It fails.").hexdigest(), markdown="It fails.")
    names = [Repository.objects.create(study=study, owner="bench", name=f"r{n}") for n in range(REPOSITORIES)]
    Issue.objects.bulk_create(
        [
            Issue(
                repository=names[number % REPOSITORIES], number=number + 1, title=f"Issue {number}", body=body,
                author="someone", state=IssueState.OPEN, created_at=START, first_seen_at=START, last_seen_at=START,
                url=f"https://github.example/{number}",
            )
            for number in range(ISSUES)
        ],
        batch_size=1000,
    )  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def processor(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds, and seconds of this process alone: a busy machine shows in the first, a database server in neither."""
    begun = time.process_time()
    seconds, result = timed(work)
    return seconds, time.process_time() - begun, result


def taken(round: Round, raters: list[Membership]) -> list[float]:
    """Milliseconds of each take; what was taken is handed back, so that nobody has too many open."""
    times = []
    for number in range(TAKES):
        person = raters[number % len(raters)].user
        seconds, row = timed(lambda person=person: take_next(round=round, by=person))
        times.append(seconds * 1000)
        give_back(assignment=row, by=person)
    return times


def main() -> None:
    call_command("migrate", verbosity=0)
    study, lead, raters = world()
    version = study.taxonomies.get().versions.get(number=1)
    print(f"{connection.vendor}: {ISSUES:,} issues, {RATERS} raters; draw, deal and write, at most {BUDGET} s")
    for name, design in DESIGNS:
        seconds, own, round = processor(
            lambda design=design: draft_round(
                study=study, version=version, raters=raters, way=Way(Method.ALL), seed=1, design=design, by=lead
            )
        )
        print(f"{name:<34}{seconds:>7.2f} s{own:>7.2f} s of this process")
    times = taken(start_round(round=round, by=lead), raters)
    ninety_fifth = statistics.quantiles(times, n=20)[18]
    print(f"{'next of the pool, p50 and p95':<34}{statistics.median(times):>7.0f}{ninety_fifth:>6.0f} ms")
    seconds, _ = timed(lambda: courses_of(round))
    print(f"{'progress of the pool':<34}{seconds:>7.2f} s")


if __name__ == "__main__":
    main()
