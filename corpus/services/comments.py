"""Comments of a page: inserted or updated, with their earlier texts kept."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from corpus import queries
from corpus.models import Comment, ImportRun, Issue
from corpus.records import CommentRecord, EventRecord, Page, Problem
from corpus.services.counts import Counts
from corpus.services.indexing import index_issues
from corpus.services.revisions import comment_revision, sha256, store_revisions, store_texts
from studies.models import Study

FIELDS = ("author", "author_association", "author_is_bot", "created_at", "text_id")
UPDATED = ("author", "author_association", "author_is_bot", "created_at", "text")
NO_ISSUE = "The issue of this comment is not in the study. Import the issue first, or together with its comments."


def write_comments(asked: ImportRun, study: Study, page: Page, counts: Counts, seen_at: datetime) -> list[Problem]:
    """Insert or update the page's comments; returns the problems of those whose issue is not known."""
    if not page.comments:
        return []
    issues = issue_ids(study, page.comments)
    records = {(issues[c.issue_key], c.github_id): c for c in page.comments if c.issue_key in issues}
    known = known_comments(records)
    rows = [comment_row(asked, record, issue_id) for (issue_id, _), record in sorted(records.items())]
    writes = [row for row in rows if differs(row, known.get((row.issue_id, row.github_id)))]
    store_texts({sha256(record.text): record.text for record in records.values()})
    store_earlier(writes, known, seen_at)
    Comment.objects.bulk_create(
        writes, update_conflicts=True, unique_fields=["issue", "github_id"], update_fields=UPDATED, batch_size=1000
    )
    index_issues(row.issue_id for row in writes)
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


def known_comments(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Comment]:
    """The sum hides the second list from SQLite's index: it would look up every pair of both lists."""
    wanted = set(keys)
    rows = (
        Comment.objects.select_for_update()
        .filter(issue_id__in={issue_id for issue_id, _ in wanted})
        .annotate(by_github=F("github_id") + 0)
        .filter(by_github__in={github_id for _, github_id in wanted})
    )
    return {(row.issue_id, row.github_id): row for row in rows.order_by("pk")}


def comment_row(asked: ImportRun, record: CommentRecord, issue_id: int) -> Comment:
    return Comment(
        brought_by=asked,
        issue_id=issue_id,
        github_id=record.github_id,
        author=record.author,
        author_association=record.author_association,
        author_is_bot=record.author_is_bot,
        created_at=record.created_at,
        text_id=sha256(record.text),
    )


def differs(row: Comment, before: Comment | None) -> bool:
    return before is None or any(getattr(row, name) != getattr(before, name) for name in FIELDS)


def store_earlier(rows: Iterable[Comment], known: dict[tuple[int, int], Comment], seen_at: datetime) -> None:
    befores = [(row, known.get((row.issue_id, row.github_id))) for row in rows]
    store_revisions(
        [comment_revision(before, seen_at) for row, before in befores if before and before.text_id != row.text_id], []
    )
