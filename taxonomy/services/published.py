"""Taxonomies of others, to compare ours with: taken as they are, and published at once."""

from collections.abc import Sequence

from django.db import transaction

from studies.errors import Invalid
from studies.models import Study, User
from taxonomy.models import Purpose, Version
from taxonomy.queries import CodeRecord
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.versions import publish


@transaction.atomic
def add_published(
    *,
    study: Study,
    name: str,
    purpose: str = "",
    citation: str,
    reservations: str = "",
    codes: Sequence[CodeRecord],
    by: User,
) -> Version:
    """Version 1 of a taxonomy that somebody else published; rounds do not offer it."""
    if not citation.strip():
        raise Invalid({"citation": "Say where it was published: authors, title, venue, year, DOI or address."})
    draft = import_taxonomy(
        study=study,
        name=name,
        purpose=purpose,
        codes=codes,
        kind=Purpose.PUBLISHED,
        citation=citation,
        reservations=reservations,
        by=by,
    )
    return publish(version=draft, note="As published by its authors.", by=by)
