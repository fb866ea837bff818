"""All measurements, one table: `bench/run`. Budgets stand beside the figures; a busy machine shows in them."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.browser import visit_coding
from bench.generated import ISSUES, write_issues
from bench.people import Person
from bench.server import ROOT, Server

PASSWORD = "a bench of eight raters"
RESULTS = ROOT / "bench" / "results"


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    budget: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return ""
        met = self.value >= self.budget if self.at_least else self.value <= self.budget
        return "met" if met else "MISSED"


class Bench:
    def __init__(self, folder: Path, issues: int) -> None:
        self.server, self.folder, self.issues = Server(folder / "data"), folder, issues
        self.figures: list[Figure] = []

    def run(self) -> None:
        for step in (self.starts, self.imports, self.page, self.coding, self.export, self.agreement):
            print(f"{step.__doc__} ...", file=sys.stderr, flush=True)
            step()

    def note(self, name: str, value: float, unit: str, budget: float | None = None, *, at_least: bool = False) -> None:
        self.figures.append(Figure(name, round(value, 3), unit, budget, at_least))

    def starts(self) -> None:
        """Start, twice"""
        self.note("first start, packages installed", self.server.start(), "s")
        self.server.stop()
        self.note("second start", self.server.start(), "s", 3)
        time.sleep(2)
        self.note("memory of all processes after start", self.server.memory(), "MB", 250)
        self.world = json.loads(self.server.world("people"))
        self.study = f"/studies/{self.world['slug']}/"
        self.lead = self.person("lead@example.org")

    def person(self, email: str) -> Person:
        return Person(self.server.port).sign_in(email, PASSWORD)

    def imports(self) -> None:
        """Import from a file"""
        path = self.folder / "issues.jsonl"
        megabytes = write_issues(path, self.issues) / 10**6
        self.lead.send_file(f"{self.study}imports/file/", "issues", path.name, path.read_bytes())
        self.note("dry run of the same file", self.server.job_seconds("corpus.try_file"), "s")
        self.lead.ask("POST", f"{self.study}imports/{self.server.latest_import()}/confirm/")
        seconds = self.server.job_seconds("corpus.import_file")
        self.note(f"import of {self.issues:,} issues ({megabytes:.0f} MB)", seconds, "s")
        self.note("import", self.issues / seconds, "issues/s", 1500, at_least=True)

    def coding(self) -> None:
        """Code a round over HTTP, one rater and eight"""
        self.code(self.world["one"], 1, 30)
        self.code(self.world["eight"], 8, 80)

    def code(self, number: int, raters: int, budget: float | None) -> None:
        people = [self.person(f"rater-{rater}@example.org") for rater in range(1, raters + 1)]
        address = f"{self.study}code/{number}/"
        with ThreadPoolExecutor(raters) as pool:
            walks = [pool.submit(lambda one: list(one.code_round(address, self.world["codes"])), one) for one in people]
            times = [step for walk in walks for step in walk.result()]
        who = f"{raters} rater{'s' * (raters > 1)}"
        for kind in ("next", "save"):
            taken = statistics.quantiles([ms for name, ms in times if name == kind], n=20, method="inclusive")
            self.note(f"{kind}, {who}, p50", taken[9], "ms")
            self.note(f"{kind}, {who}, p95", taken[18], "ms", budget)

    def page(self) -> None:
        """Open the coding screen in Chromium"""
        self.world |= json.loads(self.server.world("rounds"))
        rater = self.person("rater-1@example.org")
        address = f"{self.study}code/{self.world['one']}/"
        seen = visit_coding(f"http://127.0.0.1:{self.server.port}{address}", rater.cookies)
        self.note("coding screen sent, nothing cached", seen["kilobytes"], "KB", 120)
        self.note("coding screen until a code is clicked", seen["seconds"], "s", 0.5)
        self.note("coding screen until a code is clicked, a second time", seen["seconds again"], "s", 0.25)
        self.note("from submit to the next issue, p95", seen["submit to next"], "ms", 100)
        self.note("coding screen requests", seen["requests"], "")

    def export(self) -> None:
        """Export all issues with three codings each"""
        self.lead.return_after_a_while().send_form(f"{self.study}export/new/", taxonomy=str(self.world["taxonomy"]))
        self.note(
            f"export of {self.issues:,} issues, 3 codings each", self.server.job_seconds("analysis.export"), "s", 3
        )

    def agreement(self) -> None:
        """Agreement of three raters over all issues"""
        for name in ("computed", "stored"):
            taken = self.lead.return_after_a_while().timed("GET", f"{self.study}agreement/?round={self.world['coded']}")
            self.note(f"agreement page, 3 raters, {self.issues:,} issues, {name}", taken / 1000, "s")


def table(figures: list[Figure]) -> str:
    lines = [f"{'measure':<62}{'figure':>10} {'unit':<9} {'budget':>8}"]
    for one in figures:
        budget = "" if one.budget is None else f"{'≥' if one.at_least else '≤'} {one.budget:g}"
        lines.append(f"{one.name:<62}{shown(one.value):>10} {one.unit:<9} {budget:>8}  {one.verdict}".rstrip())
    return "\n".join(lines)


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def surroundings() -> dict[str, object]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--issues", type=int, default=ISSUES, help=f"how many issues to generate ({ISSUES})")
    options = parser.parse_args()
    about = surroundings()
    with tempfile.TemporaryDirectory(prefix="intercoder-bench-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder), options.issues)
        try:
            bench.run()
        finally:
            bench.server.stop()
            keep(bench.figures, about)
            print(table(bench.figures))
            print(f"\n{about['cores']} cores, load {about['load']:.1f} at the start, commit {about['commit']}")
    return 0


def keep(figures: list[Figure], about: dict[str, object]) -> None:
    RESULTS.mkdir(exist_ok=True)
    name = f"{about['at']}-{about['commit']}.json".replace(":", "")
    content = {**about, "figures": [{**asdict(one), "verdict": one.verdict} for one in figures]}
    (RESULTS / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
