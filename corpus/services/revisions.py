"""Texts by their content, and the earlier texts that a later import replaced."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from corpus.models import Comment, Issue, Part, Revision, Text
from corpus.services.rows import write_rows


def sha256(markdown: str) -> str:
    return hashlib.sha256(markdown.encode()).hexdigest()


def store_texts(texts: Mapping[str, str]) -> None:
    """Texts by their SHA-256; those that are there already stay. Sorted, so that two imports lock in one order."""
    write_rows(Text, ("sha256", "markdown"), sorted(texts.items()), unique=("sha256",))


def issue_revisions(known: Issue, now: Issue, at: datetime) -> list[Revision]:
    """What the issue said before, for each of title and body that it now says otherwise."""
    earlier = []
    if known.title != now.title:
        earlier.append(Revision(issue=known, part=Part.TITLE, text_id=sha256(known.title), replaced_at=at))
    if known.body_id != now.body_id:
        earlier.append(Revision(issue=known, part=Part.BODY, text_id=known.body_id, replaced_at=at))
    return earlier


def comment_revision(known: Comment, at: datetime) -> Revision:
    return Revision(issue_id=known.issue_id, comment=known, part=Part.COMMENT, text_id=known.text_id, replaced_at=at)


def store_revisions(revisions: Iterable[Revision], titles: Iterable[str]) -> None:
    """Earlier titles become texts like any other first."""
    store_texts({sha256(title): title for title in titles})
    Revision.objects.bulk_create(revisions, batch_size=1000)
