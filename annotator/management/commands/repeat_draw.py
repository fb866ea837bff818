"""Draw a round's sample again: `manage.py repeat_draw --study SLUG --round N`, or `--file draw.json` from elsewhere.

Ends with 0 when it is the same, 1 when it is not, 3 when it could not begin.
"""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from annotator.queries.rounds import get_round
from annotator.services.repeating import record_of, repeat_draw
from studies.models import Study

DIFFERENT, NOT_BEGUN = 1, 3


class Command(BaseCommand):
    help = "Draws a round's sample again and says whether it is the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", default="", help="the study's short name in addresses")
        parser.add_argument("--round", type=int, default=0, help="the round's number")
        parser.add_argument("--file", type=Path, help="a record of a draw, as the round's page gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            repeat = repeat_draw(asked(options))
        except (ValidationError, PermissionDenied, Http404, OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(sentence_of(error), returncode=NOT_BEGUN) from error
        if not repeat.is_same:
            raise CommandError(repeat.sentence, returncode=DIFFERENT)
        self.stdout.write(repeat.sentence)


def asked(options: dict[str, Any]) -> dict[str, Any]:
    if options["file"]:
        read: dict[str, Any] = json.loads(options["file"].read_text(encoding="utf-8"))
        return read
    study = Study.objects.filter(slug=options["study"]).first()
    if study is None:
        raise Http404("Name a study and a round, or a file with --file.")
    return record_of(get_round(study, options["round"]))


def sentence_of(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, KeyError | TypeError):
        return "The file is not a whole record of a draw."
    return str(error)
