"""The processes that `start` keeps running: each in a session of its own, begun again when it dies, ended in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
STEADY_SECONDS = 10.0  # a process that ran for so long did not die of its start
LONGEST_DELAY = 30.0
GRACE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent() -> None:
    """In the child: ask Linux for a SIGTERM when the parent is killed, so that no server is left behind alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def begin_process(
    command: Sequence[str], environment: Mapping[str, str], *, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """In a session of its own: a Ctrl-C in the terminal reaches the supervisor alone, which ends all in order."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


@dataclass
class Child:
    """One process and its luck so far. `delay` doubles as long as it dies soon after it was begun."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    begun_at: float = 0.0
    begin_at: float = 0.0
    delay: float = 1.0

    def begin(self) -> None:
        self.process = begin_process(self.command, self.environment)
        self.begun_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look_after(self, now: float) -> None:
        """Begin again what has died, each time a little later while it keeps dying."""
        if self.process is None:
            if now >= self.begin_at:
                self.begin()
        elif self.process.poll() is not None:
            self.delay = 1.0 if now - self.begun_at > STEADY_SECONDS else min(self.delay * 2, LONGEST_DELAY)
            self.begin_at = now + self.delay
            print(
                f"The {self.name} ended by itself ({describe(self.process.returncode)}); "
                f"it is started again in {self.delay:.0f} s.",
                file=sys.stderr,
                flush=True,
            )
            self.process = None


def describe(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@dataclass
class Family:
    """All children together."""

    children: list[Child] = field(default_factory=list)

    def begin(self) -> None:
        for child in self.children:
            child.begin()

    def look_after_forever(self) -> NoReturn:
        while True:
            for child in self.children:
                child.look_after(time.monotonic())
            time.sleep(0.5)

    def end(self, grace: float = GRACE_SECONDS) -> None:
        """SIGTERM to each, time to finish, then SIGKILL to whoever of their processes is left."""
        for child in self.children:
            if child.is_running and child.process:
                child.process.terminate()
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and any(child.is_running for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            if child.process:
                kill_group(child.process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
