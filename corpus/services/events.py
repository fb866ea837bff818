"""Events of a page: each stored once, whether a file or GitHub told it first."""

import re
from collections.abc import Iterable

from corpus.models import Comment, EventKind, ImportRun, Issue, IssueEvent
from corpus.records import EventRecord, Page, Problem
from corpus.services.comments import issue_ids
from corpus.services.counts import Counts
from corpus.services.indexing import stamp_corpora
from studies.models import Study

NO_ISSUE = "The issue of this event is not in the study. Import the issue first, or together with its events."
MARKS = (EventKind.MARKED_AS_DUPLICATE, EventKind.UNMARKED_AS_DUPLICATE)
# How an issue is marked as a duplicate: https://docs.github.com/issues/tracking-your-work-with-issues/administering-issues/marking-issues-or-pull-requests-as-a-duplicate
DUPLICATE_OF = re.compile(
    r"^\s*duplicate of\s+(?:https?://\S+?/)?([\w.-]+/[\w.-]+)?(?:#|/issues/)(\d{1,9})\b",
    re.IGNORECASE | re.MULTILINE,
)
Moment = tuple[int, str, object]


def write_events(asked: ImportRun, study: Study, page: Page, counts: Counts) -> list[Problem]:
    """Insert the page's events that are not known; returns the problems of those whose issue is not."""
    if not page.events:
        return []
    issues = issue_ids(study, page.events)
    taken = [(issues[record.issue_key], record) for record in page.events if record.issue_key in issues]
    new, numbered = sort_out(asked, taken)
    IssueEvent.objects.bulk_create(new, batch_size=1000)
    IssueEvent.objects.bulk_update(numbered, ["github_id", "actor", "data"], batch_size=1000)
    for _, record in taken:
        counts.add(f"{record.owner}/{record.name}", "events")
    mark_duplicates(study, {issue_id for issue_id, record in taken if record.kind in MARKS})
    places = zip(page.events, page.event_places, strict=True)
    return [Problem(place, NO_ISSUE) for record, place in places if record.issue_key not in issues]


def sort_out(asked: ImportRun, taken: Iterable[tuple[int, EventRecord]]) -> tuple[list[IssueEvent], list[IssueEvent]]:
    """Rows to insert, and rows that were told without a number before and now get theirs.

    An event without a number is the same as any of its kind, issue and moment.
    """
    known = known_events(issue_id for issue_id, _ in taken)
    new: list[IssueEvent] = []
    numbered: list[IssueEvent] = []
    for issue_id, record in taken:
        rows = known.setdefault((issue_id, record.kind, record.at), {})
        if record.github_id in rows or (record.github_id is None and rows):
            continue
        row = rows.pop(None, None)
        if row is None:
            row = IssueEvent(issue_id=issue_id, kind=record.kind, at=record.at, brought_by=asked)
            new.append(row)
        elif row.pk:
            numbered.append(row)
        row.github_id, row.actor, row.data = record.github_id, record.actor or row.actor, row.data | record.data
        rows[record.github_id] = row
    return new, numbered


def known_events(issue_ids: Iterable[int]) -> dict[Moment, dict[int | None, IssueEvent]]:
    """By issue, kind and moment, then by number; locked in one order."""
    found: dict[Moment, dict[int | None, IssueEvent]] = {}
    rows = IssueEvent.objects.select_for_update().filter(issue_id__in=set(issue_ids)).order_by("pk")
    for row in rows:
        found.setdefault((row.issue_id, row.kind, row.at), {})[row.github_id] = row
    return found


def mark_duplicates(study: Study, issue_ids: Iterable[int]) -> None:
    """Point those that are marked as duplicates to the issue that a comment beginning "Duplicate of" names."""
    issues = list(Issue.objects.filter(pk__in=issue_ids).select_related("repository").order_by("pk"))
    for issue in issues:
        last = issue.events.filter(kind__in=MARKS).order_by("-at", "-github_id").first()
        marked = last is not None and last.kind == EventKind.MARKED_AS_DUPLICATE
        issue.duplicate_of = named_in_comments(study, issue) if marked else None
    Issue.objects.bulk_update(issues, ["duplicate_of"])
    if issues:
        stamp_corpora({study.pk})


def named_in_comments(study: Study, issue: Issue) -> Issue | None:
    """The last that a comment names and the study has."""
    for comment in Comment.objects.filter(issue=issue).select_related("text").order_by("-created_at", "-github_id"):
        if found := DUPLICATE_OF.search(comment.text.markdown):
            owner, _, name = (found[1] or str(issue.repository)).partition("/")
            rows = Issue.objects.filter(repository__study=study, number=int(found[2])).exclude(pk=issue.pk)
            return rows.filter(repository__owner__iexact=owner, repository__name__iexact=name).first()
    return None
