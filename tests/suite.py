"""Everything the checks need, then the checks: lint, types, contracts, migrations, tests. Called by `./test`."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import playwright

from tests import services

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHROMIUM = "/usr/bin/chromium"
REAL_DATA = ROOT.parent / "shared" / "data"
APT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
PARALLEL = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
# What asks no database, or only what a person may and is told: once is enough.
SAME_ON_BOTH = ("analysis/stats", "house", "access", "test_csp.py")
STATIC = {
    "lint": [BIN / "ruff", "check", "--quiet", "."],
    "format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "types": [BIN / "mypy", "--no-error-summary"],
    "import contracts": [BIN / "lint-imports", "--no-cache"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}


def main() -> int:
    options, extra = options_of(sys.argv[1:])
    has_browser = not options.without_browser and (has_chromium() or install_chromium())
    notes = [] if has_browser else ["The browser tests did not run: there is no Chromium here."]
    if options.without_browser:
        notes = ["The browser tests did not run, as asked with --without-browser."]
    if not REAL_DATA.is_dir():
        notes.append(f"The tests on real data did not run: there is no {REAL_DATA}.")
    for name, command in STATIC.items():
        if not step(name, [str(part) for part in command], quiet=name in ("import contracts", "migrations")):
            return 1
    status = run_tests(options, extra, notes, has_browser=has_browser)
    return status or int(not has_browser and not options.without_browser)


def options_of(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="./test", description=__doc__, epilog="What follows -- goes to pytest.")
    parser.add_argument("--without-browser", action="store_true", help="leave the browser tests out")
    parser.add_argument("--long", action="store_true", help="with the tests that take long")
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return parser.parse_args(arguments[:at]), arguments[at + 1 :]


def has_chromium() -> bool:
    """Chromium, and the program that drives it: Playwright brings it along, but not the libatomic that it needs."""
    return all(runs(program) for program in (Path(CHROMIUM), Path(playwright.__file__).parent / "driver" / "node"))


def runs(program: Path) -> bool:
    return program.exists() and subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


def install_chromium() -> bool:
    """From Debian's packages. On Ubuntu that package only fetches a snap, which may not run."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Installing Chromium ...", flush=True)
    packages = ["chromium", "libatomic1", "fonts-dejavu-core", "fonts-liberation"]
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        if subprocess.run(["apt-get", *command], env=APT, stdin=subprocess.DEVNULL, check=False).returncode:
            return False
    return has_chromium()


def run_tests(options: argparse.Namespace, extra: list[str], notes: list[str], *, has_browser: bool) -> int:
    """First on PostgreSQL, where there is one; then, with coverage, on SQLite: the last line is the whole suite's."""
    leave_out = [] if options.long else ["slow"]
    postgres = services.postgres_url(f"intercoder_{os.getpid()}")
    if not postgres and os.environ.get("TEST_DATABASE_URL"):
        print("No PostgreSQL answers at TEST_DATABASE_URL. Start it, or leave the variable out.", file=sys.stderr)
        return 1
    if postgres:
        select = [
            "-m",
            unless([*leave_out, "browser", "process"]),
            *(f"--ignore=tests/{path}" for path in SAME_ON_BOTH),
        ]
        environment = {**os.environ, "TEST_DATABASE_URL": postgres}
        if not step("tests on PostgreSQL", [*pytest(), *select, *extra], environment):
            return 1
    notes.insert(0, f"Databases: {'SQLite and PostgreSQL' if postgres else 'SQLite; no PostgreSQL answers here'}.")
    notes.insert(1, f"Redis: {'answers' if services.redis_url() else 'does not answer here; its tests were skipped'}.")
    select = ["-m", unless([*leave_out, *([] if has_browser else ["browser"])])] if leave_out or not has_browser else []
    measure = [] if extra else ["--cov", "--cov-report=", "-p", "tests.closing", "--gates"]
    told = [f"--note={note}" for note in notes] if measure else []
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    if postgres:
        environment["TEST_POSTGRES_URL"] = postgres
    return 0 if step("tests on SQLite", [*pytest(), *select, *measure, *told, *extra], environment) else 1


def pytest() -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", *PARALLEL]


def unless(marks: list[str]) -> str:
    return " and ".join(f"not {mark}" for mark in marks)


def step(name: str, command: list[str], environment: dict[str, str] | None = None, *, quiet: bool = False) -> bool:
    """Run one check. A quiet one is heard only when it fails."""
    print(f"== {name}", flush=True)
    begun = time.monotonic()
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        check=False,
        text=True,
    )
    if done.returncode:
        print(done.stdout or "", done.stderr or "", sep="", flush=True)
        print(f"{name}: failed after {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
