"""An import whose process is killed at any moment and started again ends with the same rows, once.

The runner is a real process on a database file (or PostgreSQL database) of its own.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.corpus import made

ROOT = Path(__file__).resolve().parents[2]
ISSUES, COMMENTS = 3000, 3000
SLOW = pytest.mark.slow
SEEDS = [1, 2, 3, *(pytest.param(seed, marks=SLOW) for seed in range(4, 16))]

ASK = """
from django.core.files.base import File
from corpus.services.imports import request_file_import
from studies.services.accounts import create_account
from studies.services.studies import create_study
lead = create_account(email="lead@example.org", name="Lead", password="correct horse battery")
with open("{folder}/issues.jsonl", "rb") as issues, open("{folder}/comments.jsonl", "rb") as comments:
    request_file_import(study=create_study(title="S", by=lead), issues=File(issues, name="issues.jsonl"),
                        comments=File(comments, name="comments.jsonl"), by=lead)
"""

TELL = """
import json
from corpus.models import *
from jobs.models import Job
from studies.models import Event
run = ImportRun.objects.select_related("job").get()
print(json.dumps({
    "issues": sorted(map(list, Issue.objects.values_list("repository__name", "number", "title", "body_id"))),
    "comments": sorted(map(list, Comment.objects.values_list("issue__number", "github_id", "text_id"))),
    "texts": sorted(Text.objects.values_list("pk", flat=True)),
    "problems": sorted(map(list, run.problems.values_list("place", "sentence"))),
    "counts": [run.new, run.changed, run.same, run.comments, run.pull_requests],
    "checkpoint": run.checkpoint, "revisions": Revision.objects.count(), "state": run.job.state,
    "imported": Event.objects.filter(verb="imported").count(),
}))
"""


class House:
    """A data folder with a database of its own, and the processes that work on it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.env = {
            **os.environ,
            "INTERCODER_DATA": str(folder),
            "DATABASE_URL": f"{server()}/{database}" if database else "",
            "SECRET_KEY": "only for tests",
            "JOB_LEASE_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout

    def shell(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code)

    def runner(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "manage.py", "run_jobs"], cwd=ROOT, env=self.env)

    def told(self) -> dict:
        return json.loads(self.shell(TELL).splitlines()[-1])

    def job(self) -> tuple[str, int]:
        """State and fence of the one job, read beside Django."""
        with closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT state, fence FROM jobs_job")
            return cursor.fetchone()

    def connect(self):
        if self.database:
            return psycopg2.connect(self.env["DATABASE_URL"])
        return sqlite3.connect(self.folder / "intercoder.sqlite3", timeout=20)


def server():
    """The PostgreSQL server of the tests, if there is one."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    return url.rpartition("/")[0] if url.startswith("postgres") else ""


def on_server(statement):
    with closing(psycopg2.connect(f"{server()}/postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


@pytest.fixture(scope="module")
def databases():
    """Makes databases; empty ones, or copies. Without a server a database is a file in its house's folder."""
    made_here = []

    def make(template=""):
        if not server():
            return ""
        made_here.append(f"test_kill_{uuid.uuid4().hex[:12]}")
        on_server(f'CREATE DATABASE "{made_here[-1]}"' + (f' TEMPLATE "{template}"' if template else ""))
        return made_here[-1]

    yield make
    for name in made_here:
        on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def asked(tmp_path_factory, databases):
    """A house in which the import has been asked for, and nothing done yet."""
    sources = tmp_path_factory.mktemp("sources")
    issues = [*made.many(ISSUES), "not an issue", made.issue(1, "lab/repo-1", title="")]
    (sources / "issues.jsonl").write_bytes(made.lines(issues))
    comments = (made.comment(n, 50_000 + n, f"lab/repo-{n % 9}") for n in range(1, COMMENTS + 1))
    (sources / "comments.jsonl").write_bytes(made.lines(comments))
    house = House(tmp_path_factory.mktemp("asked"), databases())
    house.manage("migrate", "--verbosity=0")
    house.shell(ASK.format(folder=sources))
    return house


@pytest.fixture(scope="module")
def new_house(tmp_path_factory, databases, asked):
    def make():
        folder = tmp_path_factory.mktemp("house") / "data"
        shutil.copytree(asked.folder, folder)
        return House(folder, databases(asked.database))

    return make


@pytest.fixture(scope="module")
def undisturbed(new_house):
    house = new_house()
    house.manage("run_jobs", "--once")
    told = house.told()
    assert told["state"] == "done"
    assert told["counts"] == [2700, 0, 0, 2700, 300]
    return told


@pytest.mark.parametrize("seed", SEEDS)
def test_import_killed_at_any_moment_ends_with_the_same_rows(new_house, undisturbed, seed):
    house, moment = new_house(), random.Random(seed)
    interrupted = [kill(house, moment.uniform(0, 0.35)) for _ in range(3)]
    process = house.runner()
    wait_until(lambda: house.job()[0] == "done")
    process.terminate()
    assert process.wait(10) == 0
    assert house.told() == undisturbed
    assert any(interrupted)


def kill(house, seconds):
    """Start a runner, let it work for so long, and kill it. Whether it was in the middle of its work."""
    fence = house.job()[1]
    process = house.runner()
    wait_until(lambda: house.job()[1] > fence or house.job()[0] == "done")
    time.sleep(seconds)
    process.kill()
    process.wait()
    return house.job()[0] == "running"


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
