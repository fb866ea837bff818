"""Starting, reading and ending the real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.house import ROOT

PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**settings: object) -> dict[str, str]:
    """What a person's shell has, without the settings of the tests; no coverage of processes that are killed."""
    given = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "INTERCODER_DATA"}
    kept = {name: value for name, value in os.environ.items() if name not in given and not name.startswith("COV")}
    path = f"{Path(sys.executable).parent}:{kept['PATH']}"
    return kept | {"PATH": path} | {name: str(value) for name, value in settings.items()}


class Started:
    """A process whose output lies in a file, so that it is never blocked by a pipe that nobody reads."""

    def __init__(self, command: list[str], folder: Path, **settings: object) -> None:
        self.output = folder / f"output-{time.monotonic_ns()}"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment(**settings), stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_until_said(self, pattern: str) -> re.Match[str]:
        wait_for(lambda: re.search(pattern, self.said) or self.process.poll() is not None)
        found = re.search(pattern, self.said)
        assert found, f"ended with {self.process.poll()} before it said {pattern!r}:\n{self.said}"
        return found

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)


def wait_for(question: Callable[[], object], patience: float = PATIENCE) -> object:
    deadline = time.monotonic() + patience
    while not (answer := question()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return answer


def get(url: str) -> tuple[int, str]:
    """Status and body; status 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def children_of(pid: int) -> dict[int, str]:
    """Process number to command line, of all descendants."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    parents, names = {}, {}
    for line in listed.splitlines():
        number, parent, name = line.split(None, 2)
        parents[int(number)], names[int(number)] = int(parent), name
    return {number: names[number] for number in parents if descends(number, pid, parents)}


def descends(number: int, ancestor: int, parents: dict[int, int]) -> bool:
    while number in parents:
        number = parents[number]
        if number == ancestor:
            return True
    return False
