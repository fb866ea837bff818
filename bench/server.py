"""The real processes: `./start` on a folder of its own, their memory, and what the job rows say."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "INTERCODER_BUILD", "SECRET_KEY")


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        self.environment |= {"INTERCODER_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds from the command to the first answer."""
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [ROOT / "start", "--port", str(self.port)], cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )
        while not self.answers():
            if self.process.poll() is not None:
                raise SystemExit("The server did not start.")
            time.sleep(0.01)
        return time.perf_counter() - begun

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                connection.sendall(b"GET /sign-in/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return connection.recv(64).split(b" ")[1:2] == [b"200"]
        except OSError:
            return False

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def memory(self) -> float:
        """Megabytes (10⁶ bytes) that all processes of this start have in memory, shared pages counted in each."""
        assert self.process
        family = [self.process.pid, *descendants(self.process.pid)]
        return sum(resident(pid) for pid in family) * 1024 / 10**6

    def world(self, step: str) -> str:
        command = [str(ROOT / ".venv/bin/python"), "-m", "bench.world", step]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def job_seconds(self, kind: str, patience: float = 600) -> float:
        """Seconds between beginning and end of the latest job of this kind, as its row has them."""
        deadline = time.monotonic() + patience
        query = "SELECT state, started_at, ended_at, error FROM jobs_job WHERE kind = ? ORDER BY id DESC LIMIT 1"
        while time.monotonic() < deadline:
            with sqlite3.connect(self.folder / "intercoder.sqlite3", timeout=30) as database:
                found = database.execute(query, [kind]).fetchone()
            state, begun, ended, error = found or ("not asked for", "", "", "")
            if state == "done":
                return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
            if state in ("failed", "cancelled"):
                raise SystemExit(f"{kind}: {error}")
            time.sleep(0.2)
        raise SystemExit(f"{kind} did not end in {patience:.0f} s.")

    def latest_import(self) -> int:
        with sqlite3.connect(self.folder / "intercoder.sqlite3", timeout=30) as database:
            found: int = database.execute("SELECT max(id) FROM corpus_importrun").fetchone()[0]
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


def descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [one for child in children for one in descendants(child)]
