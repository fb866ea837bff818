"""A taxonomy from a file: `manage.py import_taxonomy FILE --study SLUG [--name NAME | --into NAME] [--dry-run]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from studies.errors import Conflict, Invalid, NotThere
from studies.models import Membership, Role, Study, User
from taxonomy.exchange.codebook import Codebook
from taxonomy.exchange.formats import read
from taxonomy.queries import get_draft
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.merging import merge_into_draft
from taxonomy.services.structure import MAX_BYTES


class Command(BaseCommand):
    help = "Begins a taxonomy with the codes of a file, or takes them into the draft of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="YAML, JSON, CSV, XLSX, SKOS, .qdc, Label Studio, doccano")
        parser.add_argument("--study", required=True, help="the study's short name, as in its address")
        parser.add_argument("--name", help="the new taxonomy's name; by default the one in the file")
        parser.add_argument("--into", help="the name of a taxonomy with a draft, which takes the codes")
        parser.add_argument("--remove", action="store_true", help="with --into: remove codes that the file leaves out")
        parser.add_argument("--by", help="e-mail address of the lead who imports; by default the study's first")
        parser.add_argument("--dry-run", action="store_true", help="tell what would come of it, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        study, by = study_and_lead(options["study"], options["by"])
        try:
            with options["file"].open("rb") as file:
                book = read(file.read(MAX_BYTES + 1), options["file"].name)
            for remark in book.remarks:
                self.stderr.write(remark)
            with transaction.atomic():
                self.stdout.write(take(study, by, book, options))
                transaction.set_rollback(options["dry_run"])
        except Invalid as error:
            raise CommandError("\n".join(error.messages)) from error
        except (NotThere, Conflict, OSError) as error:
            raise CommandError(str(error)) from error


def take(study: Study, by: User, book: Codebook, options: dict[str, Any]) -> str:
    """What came of it, in a sentence."""
    if options["into"]:
        return take_into_draft(study, by, book, options)
    said = {name: getattr(book, name) for name in ("purpose", "codes", "kind", "citation", "reservations", "levels")}
    name = options["name"] or book.name or options["file"].stem
    draft = import_taxonomy(study=study, name=name, several_codes=book.several_codes, by=by, **said)
    return f"{draft}: {len(book.codes)} codes."


def take_into_draft(study: Study, by: User, book: Codebook, options: dict[str, Any]) -> str:
    taxonomy = study.taxonomies.select_related("study").filter(name__iexact=options["into"]).first()
    if taxonomy is None:
        raise NotThere("There is no such taxonomy in this study.")
    draft = get_draft(taxonomy)
    outcome = merge_into_draft(version=draft, codes=book.codes, fields=book.fields, remove=options["remove"], by=by)
    left = f"{len(outcome.unmentioned)} not in the file {'removed' if outcome.removes else 'stay'}"
    return f"{draft}: {len(outcome.new)} new, {len(outcome.changed)} changed, {len(outcome.moved)} moved; {left}."


def study_and_lead(slug: str, email: str | None) -> tuple[Study, User]:
    leads = Membership.objects.filter(study__slug=slug, role=Role.LEAD, left_at__isnull=True, user__isnull=False)
    if email:
        leads = leads.filter(user__email__iexact=email)
    membership = leads.select_related("study", "user").order_by("pk").first()
    if membership is None or membership.user is None:
        who = f" with a lead {email}" if email else ""
        raise CommandError(f"There is no study {slug}{who}. Its short name stands in its address.")
    return membership.study, membership.user
