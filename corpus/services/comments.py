"""Comments of a page: inserted or updated, with their earlier texts kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

from corpus import queries
from corpus.models import Comment, ImportRun, Issue
from corpus.records import CommentRecord, EventRecord, Page, Problem
from corpus.services.counts import Counts
from corpus.services.indexing import index_issues
from corpus.services.revisions import comment_revision, sha256, store_revisions, store_texts
from corpus.services.rows import write_rows
from studies.models import Study

Key = tuple[int, int]  # the issue's id, the comment's on GitHub
Values = tuple[Any, ...]

FIELDS = ("author", "author_association", "author_is_bot", "created_at", "text_id")
NO_ISSUE = "The issue of this comment is not in the study. Import the issue first, or together with its comments."


def write_comments(asked: ImportRun, study: Study, page: Page, counts: Counts, seen_at: datetime) -> list[Problem]:
    """Insert or update the page's comments; returns the problems of those whose issue is not known."""
    if not page.comments:
        return []
    issues = issue_ids(study, page.comments)
    records = {(issues[c.issue_key], c.github_id): c for c in page.comments if c.issue_key in issues}
    known = known_comments(records)
    writes = {key: now for key, record in sorted(records.items()) if (now := values_of(record)) != said(known.get(key))}
    store_texts({values[-1]: records[key].text for key, values in writes.items()})
    edited = [key for key, values in writes.items() if key in known and known[key].text_id != values[-1]]
    store_revisions([comment_revision(known[key], seen_at) for key in edited], [])
    write_rows(
        Comment,
        ("issue_id", "github_id", *FIELDS, "brought_by_id"),
        ((*key, *values, asked.pk) for key, values in writes.items()),
        unique=("issue_id", "github_id"),
        update=FIELDS,
    )
    index_issues(issue_id for issue_id, _ in writes)
    for record in records.values():
        counts.add(f"{record.owner}/{record.name}", "comments")
    places = zip(page.comments, page.comment_places, strict=True)
    return [Problem(place, NO_ISSUE) for comment, place in places if comment.issue_key not in issues]


def issue_ids(study: Study, records: Iterable[CommentRecord | EventRecord]) -> dict[tuple[str, int], int]:
    """Ids of the issues that comments or events belong to, by repository in lower case and number."""
    keys = {record.issue_key for record in records}
    repositories = queries.repository_ids(study, {full_name for full_name, _ in keys})
    rows = Issue.objects.filter(repository__in=repositories.values(), number__in={number for _, number in keys})
    found = {(repository, number): pk for repository, number, pk in rows.values_list("repository", "number", "pk")}
    places = {key: (repositories.get(key[0]), key[1]) for key in keys}
    return {key: found[place] for key, place in places.items() if place in found}


def known_comments(keys: Iterable[Key]) -> dict[Key, Comment]:
    """The sum hides the second list from SQLite's index: it would look up every pair of both lists."""
    wanted = set(keys)
    rows = (
        Comment.objects.select_for_update()
        .filter(issue_id__in={issue_id for issue_id, _ in wanted})
        .annotate(by_github=F("github_id") + 0)
        .filter(by_github__in={github_id for _, github_id in wanted})
    )
    return {(row.issue_id, row.github_id): row for row in rows.order_by("pk")}


def values_of(record: CommentRecord) -> Values:
    """What a source says of a comment, in the order of FIELDS."""
    return record.author, record.author_association, record.author_is_bot, record.created_at, sha256(record.text)


def said(comment: Comment | None) -> Values:
    return tuple(getattr(comment, name) for name in FIELDS) if comment else ()
