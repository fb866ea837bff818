"""Starts Intercoder and keeps it running: the web server and the process for background work.

Everything it keeps lies in one folder, `var/` or INTERCODER_DATA. Ctrl-C stops all of it; an import that was
under way goes on at the next start.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from config.ask_health import answers
from config.children import Child, Family, begin_process
from config.fingerprint import fingerprint
from config.terminal import Refusal

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
NEEDED_MEGABYTES = 200
ANSWER_SECONDS = 60.0
SERVER_SETTINGS = ("DATABASE_URL", "REDIS_URL", "INTERCODER_DATA", "INTERCODER_BUILD")

Environment = dict[str, str]


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return run(options)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./start", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=port, default=8000, metavar="N", help="the port of the address (8000)")
    parser.add_argument(
        "--demo", action="store_true", help="with a demonstration study, in a folder that is thrown away at the end"
    )
    return parser


def port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port; choose a number from 1024 to 65535")
    return int(text)


def run(options: argparse.Namespace) -> int:
    check_port(options.port)
    if not options.demo:
        return serve(options.port, dict(os.environ), demo=False)
    with tempfile.TemporaryDirectory(prefix="intercoder-demo-", ignore_cleanup_errors=True) as folder:
        return serve(options.port, demo_environment(os.environ, folder), demo=True)


def demo_environment(given: Mapping[str, str], folder: str) -> Environment:
    """A demonstration never touches the data, the database or the workers of a real installation."""
    kept = {name: value for name, value in given.items() if name not in SERVER_SETTINGS}
    return kept | {"INTERCODER_DATA": folder}


def serve(port: int, environment: Environment, *, demo: bool) -> int:
    folder = Path(environment.get("INTERCODER_DATA") or ROOT / "var").expanduser()
    check_space(folder)
    environment |= {"BIND": f"{HOST}:{port}", "MALLOC_ARENA_MAX": "2", "PYTHONPATH": str(ROOT)}
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    family = Family(children(environment))
    try:
        answer = begin(family, folder, environment, demo=demo)
        wait_for_answer(family.children[0], port)
        print(welcome(port, answer, folder, demo=demo), flush=True)
        family.look_after_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        ignore_further_signals()
        family.end()
        print("Stopped.", flush=True)


def begin(family: Family, folder: Path, environment: Environment, *, demo: bool) -> dict[str, str]:
    """Nothing is served before the database fits, except where this very version has prepared it before."""
    mark, made_from = folder / "prepared", fingerprint(ROOT, environment.get("DATABASE_URL", ""))
    preparation = Preparation(environment, demo=demo)
    if mark.exists() and mark.read_text() == made_from:
        family.begin()
        return preparation.answer()
    answer = preparation.answer()
    mark.write_text(made_from)
    family.begin()
    return answer


class Preparation:
    """`config.prepare` in a process of its own."""

    def __init__(self, environment: Environment, *, demo: bool) -> None:
        command = [sys.executable, "-m", "config.prepare", *(["--demo"] if demo else [])]
        self.process = begin_process(command, environment, stdout=subprocess.PIPE)

    def answer(self) -> dict[str, str]:
        """What it found; ends the start where it has refused, in its own words."""
        try:
            output, _ = self.process.communicate()
        except KeyboardInterrupt:
            self.process.terminate()
            self.process.wait()
            raise
        if self.process.returncode:
            raise SystemExit(self.process.returncode)
        found: dict[str, str] = json.loads(output)
        return found


def children(environment: Environment) -> list[Child]:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    worker = [sys.executable, "manage.py", "run_jobs"]
    if environment.get("REDIS_URL"):
        schedule = str(Path(tempfile.gettempdir()) / f"intercoder-beat-{os.getpid()}")
        worker = [sys.executable, "-m", "celery", "--app", "config", "--quiet", "worker", "--beat", "--concurrency=1"]
        worker += ["--schedule", schedule, "--loglevel=WARNING"]
    return [Child("web server", gunicorn, environment), Child("process for background work", worker, environment)]


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Refusal(f"Port {port} is for the system's own programs. Choose one above 1023.") from error
        except OSError as error:
            raise Refusal(
                f"Port {port} is taken by another program. Stop it, or choose another port: "
                f"./start --port {port + 1 if port < 65535 else 8001}"
            ) from error


def check_space(folder: Path) -> None:
    """Looks at the nearest folder that is there; the rest is made later."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free // 10**6
    if free < NEEDED_MEGABYTES:
        raise Refusal(
            f"There are {free} MB left in {there}, and Intercoder needs {NEEDED_MEGABYTES}. "
            "Make room, or set INTERCODER_DATA to a folder on another disk."
        )


def wait_for_answer(web: Child, port: int) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and web.is_running:
        if answers(port):
            return
        time.sleep(0.05)
    raise Refusal("The web server did not start; the lines above say why. Your data are as they were.")


def welcome(port: int, answer: Mapping[str, str], folder: Path, *, demo: bool) -> str:
    address = f"http://{HOST}:{port}/"
    lines = [f"Intercoder is at {address}"]
    if token := answer["first_account"]:
        lines.append(f"There is no account yet. Make the first one at {address}welcome/{token}/ (works once).")
    if demo:
        lines += [answer["demo"], "This is a demonstration: what you do here is thrown away at the end."]
    else:
        lines.append(f"Everything is kept in {folder.resolve()}.")
    return "\n".join([*filter(None, lines), "Ctrl-C stops it."])


def interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def ignore_further_signals() -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
