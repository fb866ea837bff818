"""The list of issues, search and an issue's page over many issues: `python -m bench.corpus [--sizes 10000 30000]`.

Each size is measured in a fresh database: SQLite in a folder of its own, or PostgreSQL where DATABASE_URL names an
empty database that may be filled and emptied. Requests go through the whole of Django, without a network.
"""

import argparse
import hashlib
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

SIZES = (10_000, 30_000, 100_000)
COMMENTS = 5
REPOSITORIES = 31
TIMES = 60
BUDGETS = {"list": 60, "search": 80, "issue": 40}

if __name__ == "__main__":
    os.environ.setdefault("SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["INTERCODER_DATA"] = tempfile.mkdtemp(prefix="intercoder-bench-")

import django  # noqa: E402 (the settings' environment comes first)

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from bench.generated import WORDS, sentence  # noqa: E402
from corpus.models import Comment, Issue, Repository, Text  # noqa: E402
from corpus.services.indexing import index_issues  # noqa: E402
from studies.models import Study, User  # noqa: E402
from studies.services.accounts import create_account  # noqa: E402
from studies.services.studies import create_study  # noqa: E402

START = datetime(2019, 1, 1, tzinfo=UTC)


def fill(size: int) -> tuple[Study, User]:
    """One study; every issue is about 1.5 kB, with five comments of about 300 bytes."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    lead = create_account(email="lead@example.org", name="Lead", password="a bench of issues", is_staff=True)
    study = create_study(title="Bench", by=lead)
    owners = [Repository(study=study, owner="generated", name=f"models-{number}") for number in range(REPOSITORIES)]
    repositories = Repository.objects.bulk_create(owners)
    chance = random.Random(7)
    for start in range(0, size, 1000):
        with transaction.atomic():
            write(repositories, range(start, min(start + 1000, size)), chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return study, lead


def write(repositories: list[Repository], numbers: range, chance: random.Random) -> None:
    rows = [issue(number, repositories[number % REPOSITORIES], chance) for number in numbers]
    texts = {row.body_id: row.body for row in rows}
    Text.objects.bulk_create(texts.values(), ignore_conflicts=True)
    made = Issue.objects.bulk_create(rows)
    comments = [comment(row, place, chance) for row in made for place in range(COMMENTS)]
    Text.objects.bulk_create([one.text for one in comments], ignore_conflicts=True)
    Comment.objects.bulk_create(comments)
    index_issues(row.pk for row in made)


def text(markdown: str) -> Text:
    return Text(sha256=hashlib.sha256(markdown.encode()).hexdigest(), markdown=markdown)


def issue(number: int, repository: Repository, chance: random.Random) -> Issue:
    created = START + timedelta(minutes=30 * number)
    closed = created + timedelta(hours=chance.lognormvariate(4, 2)) if chance.random() < 0.8 else None
    paragraphs = [sentence(chance, 50) for _ in range(4)]
    code = f"```python\nmodel = load({number})\n```" if chance.random() < 0.5 else f"rare{number % 997}"
    return Issue(
        repository=repository, number=number + 1, title=sentence(chance, 8),
        body=text("\n\n".join([*paragraphs, code])),
        author=f"person-{number % 2000}", author_association=chance.choice(["NONE", "MEMBER", "OWNER"]),
        state="closed" if closed else "open", state_reason="completed" if closed else "",
        labels=sorted({chance.choice(WORDS), chance.choice(WORDS)}), created_at=created, closed_at=closed,
        url=f"https://github.com/{repository}/issues/{number + 1}", first_seen_at=START, last_seen_at=START,
    )  # fmt: skip


def comment(row: Issue, place: int, chance: random.Random) -> Comment:
    written = row.created_at + timedelta(hours=place + 1)
    words = f"{sentence(chance, 45)} {row.number}.{place}"
    return Comment(issue=row, github_id=row.number * 10 + place, author="other", created_at=written, text=text(words))


def lists(chance: random.Random) -> Iterator[str]:
    while True:
        yield "issues/"
        yield f"issues/?repository=generated/models-{chance.randrange(REPOSITORIES)}&state=closed"
        yield f"issues/?label={chance.choice(WORDS)}&code=yes&sort=longest"
        yield f"issues/?year=20{chance.randrange(19, 22)}&association=OWNER&sort=comments"


def searches(chance: random.Random) -> Iterator[str]:
    while True:
        yield f"issues/?q=rare{chance.randrange(997)}"
        yield f"issues/?q={chance.choice(WORDS)}+{chance.choice(WORDS)}"
        yield f"issues/?q=%22{chance.choice(WORDS)}+{chance.choice(WORDS)}%22+-rare{chance.randrange(997)}"
        yield f"issues/?q=rare{chance.randrange(99)}*&state=open"


def issue_pages(chance: random.Random) -> Iterator[str]:
    ids = list(Issue.objects.values_list("pk", flat=True))
    while True:
        yield f"issues/{chance.choice(ids)}/?state=closed"


KINDS: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "list": lists, "search": searches, "issue": issue_pages,
}  # fmt: skip


def measure(size: int) -> None:
    begun = time.perf_counter()
    study, lead = fill(size)
    filled = time.perf_counter() - begun
    client = Client()
    client.force_login(lead)
    print(f"{connection.vendor}, {size:,} issues, {size * COMMENTS:,} comments: filled in {filled:.0f} s")
    print(f"  {'first list after a change':<28}{timed(client, study, 'issues/')[0]:8.1f} ms")
    for kind, addresses in KINDS.items():
        chance = random.Random(1)
        taken = [timed(client, study, address) for address in itertools.islice(addresses(chance), TIMES)]
        middle, most = cuts([wall for wall, _ in taken])
        own = cuts([own for _, own in taken])[1]
        verdict = "met" if most <= BUDGETS[kind] else "missed"
        print(
            f"  {kind:<8}p50 {middle:6.1f}   p95 {most:6.1f} ms ({own:.1f} of it our own process), {verdict}",
            flush=True,
        )
    print(f"  budgets {BUDGETS}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many issues to generate")
    for size in parser.parse_args().sizes:
        measure(size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
