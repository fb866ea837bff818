"""Agreement of any table of ratings: `manage.py agreement ratings.csv`. Needs no study and writes nothing.

Ends with 0, and with 2 when the table or what is asked of it cannot be used: then one line says where and why.
"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.reports.calculator import (
    ANALYTIC,
    INTERVALS,
    LEVELS,
    WEIGHTS,
    Asked,
    as_csv,
    as_json,
    as_table,
    calculate,
    notes,
)
from analysis.stats.coefficients import COEFFICIENTS
from analysis.stats.reading import Unreadable, decoded

FORMATS = {"table": as_table, "json": as_json, "csv": as_csv}
NOT_READ = 2


class Command(BaseCommand):
    help = (
        "Computes agreement coefficients of a CSV: unit,rater,code (several codes by “|” or repeated rows; no code: "
        "none fits), or a column a rater (empty: missing)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the table of ratings; - reads it from standard input")
        parser.add_argument(
            "--coefficient",
            action="append",
            choices=list(COEFFICIENTS),
            help="may be repeated; default: all that apply",
        )
        parser.add_argument("--weights", choices=WEIGHTS, default="unweighted", help="of the chance-corrected family")
        parser.add_argument("--level", choices=LEVELS, help="of Krippendorff's α; default: the weights")
        parser.add_argument("--categories", default="", help="the whole scale in its order, as in 1,2,3,4,5")
        parser.add_argument("--ci", choices=INTERVALS, default=ANALYTIC, help="how the 95 %% interval is made")
        parser.add_argument("--seed", type=int, default=1, help="of the bootstrap")
        parser.add_argument("--format", choices=list(FORMATS), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(
            coefficients=tuple(options["coefficient"] or ()),
            weights=options["weights"],
            level=options["level"],
            categories=options["categories"],
            ci=options["ci"],
            seed=options["seed"],
        )
        try:
            results = calculate(decoded(content_of(options["file"])), asked).results
        except Unreadable as error:
            raise CommandError(str(error), returncode=NOT_READ) from error
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.", returncode=NOT_READ) from error
        self.stdout.write(FORMATS[options["format"]](results))
        if options["format"] != "table":
            self.stderr.write("\n".join(notes(results)))


def content_of(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
