"""Import from a fake GitHub on this machine: `python -m bench.github [--issues 8373]`.

The fake answers from a process of its own; what is told is the work of ours, without its delays. SQLite in a folder of
its own, or PostgreSQL where DATABASE_URL names an empty database.
"""

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time

if __name__ == "__main__":
    os.environ.setdefault("SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["INTERCODER_DATA"] = tempfile.mkdtemp(prefix="intercoder-bench-")
    os.environ["GITHUB_SECONDS_BETWEEN_REQUESTS"] = "0"

from bench.generated import ISSUES, body
from tests.fakes.github import FakeGitHub, served

BUDGET = 1000


def serve(count: int, address: "multiprocessing.Queue[str]") -> None:
    """A repository of closed issues with texts of about 1.5 kB, until the process is ended."""
    chance, fake = random.Random(7), FakeGitHub()
    repo = fake.add("generated/models")
    for number in range(1, count + 1):
        fake.open(repo, body=body(chance))
        fake.close(repo, number)
    with served(fake):
        address.put(fake.url)
        time.sleep(86_400)


def measure(count: int) -> None:
    addresses: multiprocessing.Queue[str] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(count, addresses), daemon=True)
    server.start()
    os.environ["GITHUB_API_URL"] = addresses.get()
    import django  # noqa: PLC0415 (the settings read the address)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from corpus.services.collecting import request_github_import  # noqa: PLC0415
    from jobs import services  # noqa: PLC0415
    from studies.services.accounts import create_account  # noqa: PLC0415
    from studies.services.studies import create_study  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    lead = create_account(email="lead@example.org", name="Lead", password="a bench of issues")
    study = create_study(title="Bench", by=lead)
    for what in ("first import", "repeated import"):
        asked = request_github_import(study=study, repositories="generated/models", by=lead, events=False)
        begun, worked = time.perf_counter(), time.process_time()
        services.run(asked.job.pk)
        own, wall = time.process_time() - worked, time.perf_counter() - begun
        asked.refresh_from_db()
        rate = count / own
        print(f"{what}: {count:,} issues, {asked.requests} requests, own {own:.1f} s of {wall:.1f} s on the clock")
        print(f"  {rate:,.0f} issues/s of our own time, {'met' if rate >= BUDGET else 'MISSED'}")
    server.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.github", description=__doc__)
    parser.add_argument("--issues", type=int, default=ISSUES, help=f"how many issues to generate ({ISSUES})")
    measure(parser.parse_args().issues)
    return 0


if __name__ == "__main__":
    sys.exit(main())
