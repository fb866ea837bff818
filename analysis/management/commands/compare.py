"""Compares durations of a file without a study:
`manage.py compare durations.csv --value days --group label [--event closed] [--block repo]`.

Ends with 0 when the tests were made, also where some are undefined, and with 2 when the input cannot be used.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.stats.battery import run, usual
from analysis.stats.names import ADJUSTMENTS, LIMITS, NAMES
from analysis.stats.readings import BadTable, Layout, decoded, read_durations
from analysis.stats.samples import Sample
from analysis.stats.statistic import Statistic, as_row

UNUSABLE = 2
HEADS = ("test", "groups", "n", "statistic", "df", "p", "p adjusted", "effect", "95 % interval", "")


class Command(BaseCommand):
    help = "Compares durations between groups; open ones are censored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with heads, UTF-8; commas, semicolons or tabs")
        parser.add_argument("--value", required=True, help="the column of durations")
        parser.add_argument("--group", required=True, help="the column of groups")
        parser.add_argument("--event", default="", help="the column that says closed or open; else all are closed")
        parser.add_argument("--block", default="", help="the column of strata, such as the repository")
        parser.add_argument("--tests", default="", help=f"separated by commas, of: {', '.join(NAMES)}")
        parser.add_argument("--adjust", choices=[*ADJUSTMENTS], default="holm", help="of p over the pairs of a test")
        parser.add_argument("--limits", choices=[*LIMITS], default="log", help="of Kaplan–Meier: R's or log-log")
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        layout = Layout(options["value"], options["group"], options["event"], options["block"])
        try:
            sample = read_durations(decoded(options["file"].read_bytes()), layout)
            tests = asked(options["tests"]) or usual(len(sample.groups), blocks=len(sample.blocks) > 1)
            rows = run(sample, tests, how=options["adjust"], limits=options["limits"])
        except BadTable as error:
            raise CommandError("\n".join(error.problems), returncode=UNUSABLE) from error
        except (OSError, ValueError) as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps([as_row(row) for row in rows], ensure_ascii=False, indent=2))
        else:
            self.stdout.write(table(sample, rows))


def asked(tests: str) -> list[str]:
    return [name.strip() for name in tests.split(",") if name.strip()]


def table(sample: Sample, rows: Sequence[Statistic]) -> str:
    """What was read, a line a test, then how each was made."""
    read = f"{len(sample.value)} observations in {len(sample.groups)} groups, {sample.still_open} still open."
    lines = [HEADS, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    told = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    methods = dict.fromkeys(f"{row.test}: {as_row(row)['method']}" for row in rows)
    return "\n".join([read, "", *told, "", *methods])


def cells(row: Statistic) -> tuple[str, ...]:
    ends = "" if row.ci_low is None and row.ci_high is None else f"[{shown(row.ci_low)}, {shown(row.ci_high)}]"
    return (
        row.test, " – ".join(row.groups), str(row.n), shown(row.statistic), "" if row.df is None else str(row.df),
        shown(row.p), shown(row.p_adjusted), shown(row.effect), ends,
        f"undefined: {row.undefined_because}" if row.undefined_because else "",
    )  # fmt: skip


def shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}"
