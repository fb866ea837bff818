"""`./start` as a person meets it: one address, one folder, calm refusals, and nothing left behind."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import launch
from config.terminal import Refusal
from tests.house import ROOT
from tests.house.processes import Started, children_of, free_port, get, wait_for

pytestmark = pytest.mark.process
STARTED = r"Ctrl-C stops it\."


def start(folder, *options, **settings):
    command = [sys.executable, "-m", "config.launch", *options]
    return Started(command, folder, INTERCODER_DATA=folder / "data", **settings)


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Style sheets and scripts are collected once for all these starts."""
    return tmp_path_factory.mktemp("build")


@pytest.fixture
def started(tmp_path, build):
    """Intercoder running on an empty folder, and its port."""
    port = free_port()
    process = start(tmp_path, "--port", str(port), INTERCODER_BUILD=build)
    process.port = port
    process.wait_until_said(STARTED)
    yield process
    process.kill()


def data_of(process):
    return process.output.parent / "data"


def test_first_start_prints_one_address_and_the_link_to_the_first_account(started):
    told = [line for line in started.said.splitlines() if not line.endswith("...")]
    assert told[0] == f"Intercoder is at http://127.0.0.1:{started.port}/"
    assert re.fullmatch(
        rf"There is no account yet\. .*127\.0\.0\.1:{started.port}/welcome/\S+/ \(works once\)\.", told[1]
    )
    assert told[2:] == [f"Everything is kept in {data_of(started)}.", "Ctrl-C stops it."]
    assert get(f"http://127.0.0.1:{started.port}/healthz/") == (200, "ok\n")


def test_everything_lies_in_the_data_folder_and_the_key_is_private(started):
    assert {"intercoder.sqlite3", "secret_key"} <= {path.name for path in data_of(started).iterdir()}
    assert (data_of(started) / "secret_key").stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(data_of(started) / "intercoder.sqlite3") as database:
        assert database.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process(started, how):
    family = children_of(started.process.pid)
    assert len(family) == 3  # gunicorn, its worker, the process for background work
    assert started.end(how) == 0
    assert started.said.endswith("Stopped.\n")
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []


def test_killing_the_supervisor_leaves_nobody_behind(started):
    family = children_of(started.process.pid)
    started.kill()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))
    assert get(f"http://127.0.0.1:{started.port}/healthz/") == (0, "")


def test_a_process_that_dies_is_started_again(started):
    family = children_of(started.process.pid)
    (worker,) = [pid for pid, name in family.items() if "run_jobs" in name]
    os.kill(worker, signal.SIGKILL)
    started.wait_until_said(r"The process for background work ended by itself \(SIGKILL\)")
    wait_for(lambda: any("run_jobs" in name for pid, name in children_of(started.process.pid).items() if pid != worker))


def test_second_start_prepares_nothing_again(started, build):
    collected = (build / "static" / "made-from").stat().st_mtime_ns
    key = (data_of(started) / "secret_key").read_text()
    started.end()
    again = start(started.output.parent, "--port", str(started.port), INTERCODER_BUILD=build)
    again.wait_until_said(STARTED)
    again.end()
    assert "..." not in again.said
    assert (build / "static" / "made-from").stat().st_mtime_ns == collected
    assert (data_of(started) / "secret_key").read_text() == key


def test_a_demonstration_leaves_the_data_and_itself_behind_nowhere(tmp_path):
    demo = start(tmp_path, "--demo", "--port", str(free_port()), DATABASE_URL="postgres://nobody@127.0.0.1:9/x")
    demo.wait_until_said(STARTED)
    (folder,) = {found for found in re.findall(r"INTERCODER_DATA=(\S+?)\0", surroundings(demo)) if "demo" in found}
    assert Path(folder).is_dir()
    demo.end()
    assert not Path(folder).exists()
    assert not (tmp_path / "data").exists()
    assert set(re.findall(r"\S+@example\.org", demo.said)) == {
        f"{name}@example.org" for name in ("lead", "rater-1", "rater-2", "rater-3", "observer")
    }
    assert "This is a demonstration: what you do here is thrown away at the end." in demo.said


def surroundings(process):
    return "".join(Path(f"/proc/{pid}/environ").read_text() for pid in children_of(process.process.pid))


# Refusals: one sentence, no traceback, exit code 1


@pytest.fixture
def refused(tmp_path, build):
    def refused(*options, **settings):
        process = start(tmp_path, *options, **{"INTERCODER_BUILD": build, **settings})
        assert process.process.wait(60) == 1
        return [line for line in process.said.splitlines() if not line.endswith("...") and line != "Stopped."]

    return refused


def test_a_taken_port(refused):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = refused("--port", str(port))
    assert told == [
        f"Port {port} is taken by another program. Stop it, or choose another port: ./start --port {port + 1}"
    ]


@pytest.mark.parametrize("url", ["postgres//nonsense", "mysql://root@localhost/x", "postgres://u:p@host:x/n"])
def test_an_unreadable_database_url(refused, url):
    (told,) = refused("--port", str(free_port()), DATABASE_URL=url)
    assert told.startswith("DATABASE_URL cannot be read. Write it as postgres://")


def test_a_database_that_does_not_answer(refused):
    port = free_port()
    (told,) = refused("--port", str(free_port()), DATABASE_URL=f"postgres://someone:secret@127.0.0.1:{port}/study")
    assert told.startswith(f"The database study at 127.0.0.1:{port} cannot be used (")
    assert told.endswith("Nothing was changed. Start it, or correct DATABASE_URL.")
    assert "secret" not in told


def test_a_database_file_that_is_none(tmp_path, refused):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "intercoder.sqlite3").write_text("no database at all " * 100)
    (told,) = refused("--port", str(free_port()))
    assert told.startswith(f"The database {tmp_path}/data/intercoder.sqlite3 cannot be used (")


def test_a_data_folder_that_cannot_be_made(tmp_path, refused):
    (tmp_path / "data").write_text("a file, not a folder")
    (told,) = refused("--port", str(free_port()))
    assert told == (
        f"The folder {tmp_path}/data cannot be made (File exists). Set INTERCODER_DATA to a folder you may write to."
    )


def test_a_full_disk(tmp_path, monkeypatch):
    left = type("Usage", (), {"free": 5_000_000})()
    monkeypatch.setattr(launch.shutil, "disk_usage", lambda path: left)
    with pytest.raises(Refusal) as refusal:
        launch.check_space(tmp_path / "not" / "there")
    assert str(refusal.value) == (
        f"There are 5 MB left in {tmp_path}, and Intercoder needs 200. "
        "Make room, or set INTERCODER_DATA to a folder on another disk."
    )


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none(port):
    asked = subprocess.run([ROOT / "start", "--help"], capture_output=True, text=True, check=True)
    assert "--port N" in asked.stdout
    with pytest.raises(SystemExit):
        launch.parser().parse_args(["--port", port])


def test_memory_of_all_processes_stays_small(started):
    time.sleep(1)
    family = [started.process.pid, *children_of(started.process.pid)]
    kilobytes = {pid: int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) for pid in family}
    assert sum(kilobytes.values()) < 250_000
