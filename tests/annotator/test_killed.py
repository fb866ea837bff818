"""Every submit that was acknowledged is there after the server was killed at any moment, once, as it was given.

The server is the real one, with a database of its own. Raters submit all the time; what was not acknowledged is sent
again under its client id, as browsers do.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from bench.people import Person
from tests import factories
from tests.house import ROOT
from tests.house.processes import environment, free_port, get, wait_for

pytestmark = [pytest.mark.process]

RATERS, ISSUES = 3, 40
SEEDS = [(1, 2), pytest.param(2, 100, marks=pytest.mark.slow)]

MAKE = """
from annotator.services.phases import start_round
from annotator.services.rounds import draft_round
from studies.models import Role
from studies.services.accounts import create_account
from studies.services.studies import add_member, create_study
from taxonomy.services.editing import add_code, create_taxonomy
from taxonomy.services.versions import publish
from tests import factories
lead = create_account(email="lead@example.org", name="Lead", password=factories.PASSWORD)
study = create_study(title="S", by=lead)
raters = [add_member(study=study, role=Role.RATER, user=create_account(
    email=f"rater-{{number}}@example.org", name="Rater", password=factories.PASSWORD)) for number in range({raters})]
repository = factories.repository(study)
for number in range({issues}):
    factories.issue(repository)
draft = create_taxonomy(study=study, name="T", by=lead)
add_code(version=draft, name="Loading", by=lead)
version = publish(version=draft, by=lead)
made = draft_round(study=study, version=version, size={issues}, raters=raters, seed=1, by=lead)
start_round(round=made, by=lead)
print(study.slug, version.codes.get().pk)
"""

TELL = """
import json
from annotator.models import Coding
rows = Coding.objects.order_by("pk").prefetch_related("codes")
print(json.dumps([[str(row.client_id), row.assignment_id, row.revision, row.memo, [c.pk for c in row.codes.all()]]
                  for row in rows]))
"""


class House:
    """A data folder with a database of its own, and the server that works on it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.port = free_port()
        self.env = environment(
            INTERCODER_DATA=folder, DATABASE_URL=database, SECRET_KEY="only for tests", BIND=f"127.0.0.1:{self.port}",
            DJANGO_SETTINGS_MODULE="config.settings",
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout

    def shell(self, code: str) -> str:
        return self.run("manage.py", "shell", "--no-imports", "-c", code).splitlines()[-1]

    def serve(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, start_new_session=True)
        wait_for(lambda: get(f"http://127.0.0.1:{self.port}/sign-in/")[0] == 200, patience=300)

    def kill(self) -> None:
        """Every process of the server at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Rater:
    """Goes round and round the own issues, and keeps what the server acknowledged."""

    def __init__(self, house: House, address: str, code: int, number: int) -> None:
        self.address, self.code = address, code
        self.person = Person(house.port).sign_in(f"rater-{number}@example.org", factories.PASSWORD)
        page = json.loads(self.person.ask("GET", self.first_address())[1])
        self.own = [page["assignment"], *page["ahead"]]
        self.given: list[tuple[str, int, str]] = []
        self.open: tuple[str, int, str] | None = None

    def first_address(self) -> str:
        _, page = self.person.ask("GET", self.address)
        return f"{self.address}issues/{setup(page)['state']['assignment']}/"

    def submit_until(self, over: threading.Event) -> None:
        self.person.return_after_a_while()
        try:
            while not over.is_set():
                self.submit()
        except (OSError, http.client.HTTPException):
            pass  # the server was killed

    def submit(self) -> None:
        number = len(self.given)
        self.open = self.open or (str(uuid.uuid4()), self.own[number % len(self.own)], f"thought {number}")
        client_id, assignment, memo = self.open
        body = {"outcome": "coded", "codes": [self.code], "memo": memo, "client_id": client_id}
        sent = json.dumps(body).encode()
        self.person.ask("POST", f"{self.address}issues/{assignment}/submit/", sent, Content_Type="application/json")
        self.given.append(self.open)
        self.open = None


def setup(page: bytes) -> dict[str, Any]:
    text = page.decode().split('<script id="setup" type="application/json">')[1].split("</script>")[0]
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.fixture
def database() -> Any:
    """The address of a new PostgreSQL database where the tests have a server, else none: a file in the data folder."""
    server = os.environ.get("TEST_DATABASE_URL", "").rpartition("/")[0]
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"test_killed_{uuid.uuid4().hex[:12]}"
    with closing(psycopg2.connect(f"{server}/postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(f'CREATE DATABASE "{name}"')
        yield f"{server}/{name}"
        connection.cursor().execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize(("seed", "times"), SEEDS)
def test_acknowledged_submits_outlive_the_server(tmp_path: Path, database: str, seed: int, times: int) -> None:
    house, moment = House(tmp_path, database), random.Random(seed)
    house.run("-m", "config.prepare")
    slug, code = house.shell(MAKE.format(raters=RATERS, issues=ISSUES)).split()
    house.serve()
    raters = [Rater(house, f"/studies/{slug}/code/1/", int(code), number) for number in range(RATERS)]
    for number in range(times):
        if number:
            house.serve()
        work_until_killed(house, raters, moment.uniform(0.2, 0.8))
    check_all_are_there(json.loads(house.shell(TELL)), raters, int(code))


def work_until_killed(house: House, raters: list[Rater], seconds: float) -> None:
    over = threading.Event()
    threads = [threading.Thread(target=rater.submit_until, args=[over]) for rater in raters]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    house.kill()
    over.set()
    for thread in threads:
        thread.join()


def check_all_are_there(rows: list[list[Any]], raters: list[Rater], code: int) -> None:
    found = {client_id: (assignment, memo, codes) for client_id, assignment, _, memo, codes in rows}
    given = {client_id: (assignment, memo, [code]) for rater in raters for client_id, assignment, memo in rater.given}
    under_way = {rater.open[0] for rater in raters if rater.open}
    assert len(found) == len(rows)
    assert len(given) > len(raters)
    assert {client_id: found.get(client_id) for client_id in given} == given
    assert set(found) - set(given) <= under_way
    revisions: dict[int, list[int]] = {}
    for _, assignment, revision, *_ in rows:
        revisions.setdefault(assignment, []).append(revision)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in revisions.values())
