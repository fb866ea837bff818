"""The containers' description fits the compose specification, and what it runs runs: here, on local services."""

import json
import os
import re
import signal
import subprocess
import uuid
from importlib import resources

import jsonschema
import psycopg2
import pytest
import yaml
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from tests import services
from tests.house import ROOT
from tests.house.processes import Started, environment, free_port, get, wait_for

# The schema of https://github.com/compose-spec/compose-spec as check-jsonschema brings it along.
SCHEMA = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
SETTINGS = "tests.fakes.trivial.settings"


def test_it_fits_the_specification():
    assert [error.message for error in jsonschema.Draft202012Validator(schema()).iter_errors(COMPOSE)] == []


def schema():
    return json.loads(SCHEMA.read_text())


@pytest.mark.parametrize(
    "change", [{"services": {"web": {"imagine": "x"}}}, {"service": {}}, {"services": {"web": {"ports": "8000"}}}]
)
def test_what_does_not_fit_is_found(change):
    assert not jsonschema.Draft202012Validator(schema()).is_valid({**COMPOSE, **change})


def test_every_service_can_be_asked_for_its_health_and_waits_for_the_others():
    assert set(SERVICES) == {"postgres", "redis", "web", "worker"}
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == set()
    assert {name: set(service.get("depends_on", {})) for name, service in SERVICES.items()} == {
        "postgres": set(), "redis": set(), "web": {"postgres", "redis"}, "worker": {"web"},
    }  # fmt: skip


def test_secrets_come_from_the_environment_and_are_asked_for():
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) == {"SECRET_KEY", "POSTGRES_PASSWORD"}
    assert re.findall(r"\$\{\w+(?!\w|:\?)", text) == []


def test_only_the_web_server_is_reached_and_only_from_this_machine():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_the_image_runs_as_nobody_special_and_installs_from_the_lock():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER intercoder"]
    assert any("--require-hashes --requirement requirements.lock" in line for line in lines)
    assert lines.index("USER intercoder") < lines.index("RUN SECRET_KEY=build python -m config.prepare --assets")


# Every service's command, on this machine's services


@pytest.fixture(scope="module")
def database():
    url = services.postgres_url(f"intercoder_compose_{uuid.uuid4().hex[:8]}")
    if url is None:
        pytest.skip("no PostgreSQL answers on this machine")
    name = url.rpartition("/")[2]
    execute(url, f'CREATE DATABASE "{name}"')
    yield url
    execute(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def execute(url, statement):
    connection = psycopg2.connect(services.named(url, "postgres"))
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@pytest.fixture(scope="module")
def surroundings(database, tmp_path_factory):
    """The settings that the compose file gives, with this machine's addresses in place of the containers'."""
    redis = services.redis_url()
    if redis is None:
        pytest.skip("no Redis answers on this machine")
    folder = tmp_path_factory.mktemp("compose")
    here = {
        "SECRET_KEY": "only for tests", "DATABASE_URL": database, "REDIS_URL": redis,
        "INTERCODER_DATA": folder / "data", "INTERCODER_BUILD": folder / "build", "BIND": f"127.0.0.1:{free_port()}",
    }  # fmt: skip
    assert set(here) == set(SERVICES["web"]["environment"])
    return {**here, "DJANGO_SETTINGS_MODULE": SETTINGS}


@pytest.fixture(scope="module")
def web(surroundings, tmp_path_factory):
    process = Started(SERVICES["web"]["command"], tmp_path_factory.mktemp("web"), **surroundings)
    yield process
    process.kill()


@pytest.fixture(scope="module")
def worker(web, surroundings, tmp_path_factory):
    wait_for(lambda: is_healthy("web", surroundings))
    process = Started(SERVICES["worker"]["command"], tmp_path_factory.mktemp("worker"), **surroundings)
    yield process
    os.killpg(process.process.pid, signal.SIGKILL)
    process.process.wait()


def is_healthy(name, surroundings):
    kind, *command = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    done = subprocess.run(command, cwd=ROOT, env=environment(**surroundings), capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.process
def test_web_prepares_the_database_and_answers(web, surroundings):
    wait_for(lambda: is_healthy("web", surroundings))
    assert get(f"http://{surroundings['BIND']}/healthz/") == (200, "ok\n")


@pytest.mark.process
def test_health_of_web_is_told_when_nobody_listens(surroundings):
    assert not is_healthy("web", {**surroundings, "BIND": f"0.0.0.0:{free_port()}"})


@pytest.mark.process
def test_worker_takes_a_job_through_redis_and_the_row_ends_done(worker, surroundings, database):
    ask = ["python", "-m", "tests.fakes.trivial.work", "7"]
    job = subprocess.run(
        ask, cwd=ROOT, env=environment(**surroundings), capture_output=True, text=True, check=True
    ).stdout.strip()
    wait_for(lambda: row(database, job)[0] == "done")
    assert row(database, job) == ("done", 7, 7, "numbers", 1)
    wait_for(lambda: is_healthy("worker", surroundings))


def row(database, job):
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT state, done, total, unit, attempts FROM jobs_job WHERE id = %s", [job])
        return cursor.fetchone()


@pytest.mark.process
@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_the_service_is_asked_as_its_image_is(name, surroundings):
    """The same question with this machine's address; the images' own commands are theirs to test."""
    _, program, *_ = SERVICES[name]["healthcheck"]["test"]
    address = {
        "postgres": ["--dbname", surroundings["DATABASE_URL"]],
        "redis": ["-u", surroundings["REDIS_URL"], "ping"],
    }
    done = subprocess.run([program, *address[name]], capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.process
def test_redis_takes_its_options(tmp_path, surroundings):
    port = str(free_port())
    process = Started([*SERVICES["redis"]["command"], "--port", port, "--dir", str(tmp_path)], tmp_path)
    process.wait_until_said("Ready to accept connections")
    assert process.end(signal.SIGTERM) == 0
    assert list(tmp_path.glob("*.rdb")) == []
