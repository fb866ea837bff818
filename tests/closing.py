"""A pytest plugin for whole runs: the coverage gates, and notes that belong above the closing line."""

import io
from pathlib import Path

import coverage
import pytest

GATES = {
    "analysis/stats/*": 100,
    "annotator/services/*": 100,
    "annotator/visibility.py": 100,
    "studies/permissions.py": 100,
    "*": 95,
}
ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser):
    group = parser.getgroup("closing")
    group.addoption("--gates", action="store_true", help="fail when coverage is below its gates")
    group.addoption("--note", action="append", default=[], help="a line above the closing line")


class Closing:
    def __init__(self, config: pytest.Config) -> None:
        self.lines: list[str] = list(config.getoption("--note"))
        self.gates = config.getoption("--gates")

    def pytest_sessionfinish(self, session, exitstatus):
        if not self.gates or exitstatus != pytest.ExitCode.OK:
            return
        short = shortfalls(measured())
        self.lines += short or ["Coverage is above its gates."]
        if short:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for line in self.lines:
            terminalreporter.write_line(line)


def measured() -> dict[str, tuple[float, str]]:
    """For each gate the percentage of lines and branches that ran, and a report of what did not."""
    data = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"))
    data.load()
    found = {}
    for pattern in GATES:
        report = io.StringIO()
        include = None if pattern == "*" else [str(ROOT / pattern)]
        share = data.report(include=include, file=report, show_missing=True, skip_covered=True)
        found[pattern] = (share, report.getvalue())
    return found


def shortfalls(found: dict[str, tuple[float, str]]) -> list[str]:
    """A sentence and the missing lines for each gate that was not met."""
    return [
        f"Coverage of {pattern} is {share:.2f} %; its gate is {GATES[pattern]} %.\n{report}"
        for pattern, (share, report) in found.items()
        if share < GATES[pattern]
    ]


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Closing(config), "closing")
