"""Run background jobs until stopped: `manage.py run_jobs`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jobs.runner import Runner


class Command(BaseCommand):
    help = "Claims waiting jobs from the database and runs them, one after the other, until it is stopped."
    requires_system_checks: list[str] = []  # they load every page; this process shows none

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        runner = Runner()
        if not options["once"]:
            runner.forever()
        while options["once"] and runner.once():
            pass
