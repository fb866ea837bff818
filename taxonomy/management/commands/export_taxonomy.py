"""A taxonomy as a file: `manage.py export_taxonomy --study SLUG --taxonomy NAME [--version N] FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studies.errors import Invalid, NotThere
from taxonomy.exchange.codebook import codebook_of
from taxonomy.exchange.formats import FORMATS, writable, write
from taxonomy.models import Taxonomy
from taxonomy.queries import get_draft, get_version


class Command(BaseCommand):
    help = "Writes a version of a taxonomy into a file, in the format that its name ends with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=f"ends with {', '.join(endings())}")
        parser.add_argument("--study", required=True, help="the study's short name, as in its address")
        parser.add_argument("--taxonomy", required=True, help="the taxonomy's name")
        parser.add_argument("--number", type=int, help="the version's number; the draft without it")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        key = endings().get(file.suffix.lower())
        taxonomy = Taxonomy.objects.filter(study__slug=options["study"], name__iexact=options["taxonomy"]).first()
        if key is None:
            raise CommandError(f"The file's name ends with none of {', '.join(endings())}.")
        if taxonomy is None:
            raise CommandError("There is no such taxonomy in such a study.")
        try:
            number = options["number"]
            version = get_draft(taxonomy) if number is None else get_version(taxonomy, number)
            file.write_bytes(write(codebook_of(version), key))
        except (NotThere, OSError) as error:
            raise CommandError(str(error)) from error
        except Invalid as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{version}: {version.codes.count()} codes in {file}, as {FORMATS[key].label}.")


def endings() -> dict[str, str]:
    """The format of each ending; .json is ours, not JSON-LD's."""
    return {suffix: known.key for known in writable() for suffix in known.suffixes}
