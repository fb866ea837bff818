"""Durations that a person pastes or uploads, compared at once and kept nowhere.

The tests need SciPy: two seconds and 100 MB, which the web process takes only when somebody asks for them the first
time. So the import waits, here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from analysis.stats.readings import BadTable, Layout, read_durations
from analysis.stats.statistic import Statistic

MOST_ROWS = 20_000


@dataclass(frozen=True)
class Compared:
    """What was read, and the rows of the tests."""

    n: int
    groups: tuple[str, ...]
    still_open: int
    rows: tuple[Statistic, ...]


def compare_pasted(*, text: str, layout: Layout, tests: Sequence[str], how: str, limits: str) -> Compared:
    """BadTable says what is wrong with the table, or with the tests that are asked of it."""
    sample = read_durations(text, layout)
    if len(sample.value) > MOST_ROWS:
        raise BadTable(
            [f"The page takes {MOST_ROWS:,} lines; the table has {len(sample.value):,}. Use manage.py compare."]
        )
    battery = import_module("analysis.stats.battery")
    asked = tests or battery.usual(len(sample.groups), blocks=len(sample.blocks) > 1)
    try:
        rows = battery.run(sample, asked, how=how, limits=limits)
    except ValueError as error:
        raise BadTable([str(error)]) from error
    return Compared(len(sample.value), sample.groups, sample.still_open, tuple(rows))
