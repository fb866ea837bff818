"""Issues of a page: inserted or updated, with their earlier texts kept."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from corpus import queries
from corpus.models import ImportRun, Issue, Repository, Revision, Source
from corpus.records import IssueRecord, Page, Problem
from corpus.services.counts import Counts
from corpus.services.indexing import index_issues
from corpus.services.revisions import issue_revisions, sha256, store_revisions, store_texts
from corpus.services.rows import write_rows
from studies.models import Study

SAID_BY_ALL = ("title", "state", "created_at", "closed_at", "url")
SAID_BY_SOME = (
    "github_id", "author", "author_association", "author_is_bot", "state_reason", "labels", "milestone", "closed_by",
    "updated_at",
)  # fmt: skip
WHEREABOUTS = ("gone", "gone_since", "moved_to_id", "moved_to_url")
# A comment moves the time of the last change: alone, that is no change of the issue.
FIELDS = (*(name for name in (*SAID_BY_ALL, *SAID_BY_SOME) if name != "updated_at"), "body_id")
COLUMNS = tuple(field.attname for field in Issue._meta.concrete_fields if not field.primary_key)
REPEATED = "This issue stands in the file more than once; the last of its records was taken."


def write_issues(asked: ImportRun, study: Study, page: Page, counts: Counts, seen_at: datetime) -> list[Problem]:
    """Insert or update the page's issues and count them; returns the problems of issues that stand there twice."""
    if not page.issues:
        return []
    last = {record.key: index for index, record in enumerate(page.issues)}
    earlier = [index for index, record in enumerate(page.issues) if last[record.key] != index]
    repositories = repository_ids(study, page.issues)
    known = known_issues(page.issues, repositories)
    writes = Writes(asked, counts, seen_at)
    for index in last.values():
        record = page.issues[index]
        before = known.get((repositories[record.repository], record.number))
        if writes.take(record, repositories[record.repository], before):
            earlier.append(index)
    writes.store()
    return [Problem(page.issue_places[index], REPEATED, skipped=False) for index in sorted(earlier)]


def repository_ids(study: Study, records: Iterable[IssueRecord]) -> dict[str, int]:
    """Ids by full name in lower case; repositories that the study does not have yet are made, in one order."""
    by_name = {record.repository: record for record in records}
    known = queries.repository_ids(study, by_name)
    for full_name in sorted(by_name.keys() - known.keys()):
        record = by_name[full_name]
        made, _ = Repository.objects.get_or_create(
            study=study,
            owner__iexact=record.owner,
            name__iexact=record.name,
            defaults={"owner": record.owner, "name": record.name},
        )
        known[full_name] = made.pk
    return known


def known_issues(records: Iterable[IssueRecord], repositories: dict[str, int]) -> dict[tuple[int, int], Issue]:
    """The rows that may be meant, locked in one order, by repository and number."""
    rows = Issue.objects.select_for_update().filter(
        repository_id__in=repositories.values(), number__in={record.number for record in records}
    )
    return {(row.repository_id, row.number): row for row in rows.order_by("pk")}


class Writes:
    """What a page's issues come to: rows to insert or update, texts, revisions, and those only seen again."""

    def __init__(self, asked: ImportRun, counts: Counts, seen_at: datetime) -> None:
        self.asked, self.counts, self.seen_at = asked, counts, seen_at
        self.rows: list[Issue] = []
        self.texts: dict[str, str] = {}
        self.revisions: list[Revision] = []
        self.old_titles: list[str] = []
        self.seen_again: list[int] = []
        self.new_urls: list[str] = []

    def whereabouts(self, before: Issue | None) -> dict[str, Any]:
        """Who is on GitHub is not gone; a file does not know."""
        if before is None or self.asked.source == Source.GITHUB:
            return {}
        return {name: getattr(before, name) for name in WHEREABOUTS}

    def take(self, record: IssueRecord, repository_id: int, before: Issue | None) -> bool:
        """Sort one record into what is to be written. True when this run has met the issue before."""
        row = Issue(
            repository_id=repository_id,
            number=record.number,
            brought_by=self.asked,
            first_seen_at=self.seen_at,
            last_seen_at=self.seen_at,
            **values_of(record, before),
            **self.whereabouts(before),
        )
        repeated = before is not None and before.last_seen_at == self.seen_at
        kind = kind_of_change(row, before)
        if not repeated:
            self.counts.add(f"{record.owner}/{record.name}", kind)
        if before and kind == "same" and not moved(row, before):
            self.seen_again.append(before.pk)
            return repeated
        if before is None:
            self.new_urls.append(row.url)
        else:
            self.revisions += issue_revisions(before, row, self.seen_at)
            self.old_titles.append(before.title)
        self.rows.append(row)
        self.texts[row.body_id] = record.body
        return repeated

    def store(self) -> None:
        store_texts(self.texts)
        store_revisions(self.revisions, self.old_titles)
        rows = sorted(self.rows, key=lambda row: (row.repository_id, row.number))
        write_rows(
            Issue,
            COLUMNS,
            ([getattr(row, name) for name in COLUMNS] for row in rows),
            unique=("repository_id", "number"),
            update=(*SAID_BY_ALL, *SAID_BY_SOME, "body_id", "last_seen_at", *WHEREABOUTS),
        )
        index_issues(ids_of(rows))
        Issue.objects.filter(pk__in=self.seen_again).update(last_seen_at=self.seen_at)
        lead_on(self.asked.job.study, self.new_urls)


def ids_of(rows: Collection[Issue]) -> list[int]:
    keys = {(row.repository_id, row.number) for row in rows}
    found = Issue.objects.filter(
        repository__in={repository for repository, _ in keys}, number__in={number for _, number in keys}
    )
    return [
        pk for repository, number, pk in found.values_list("repository", "number", "pk") if (repository, number) in keys
    ]


def lead_on(study: Study, urls: Iterable[str]) -> None:
    """Issues that moved to where the study had nothing lead to the issue that it has there now."""
    waiting = Issue.objects.filter(repository__study=study, moved_to__isnull=True, moved_to_url__in=list(urls))
    for issue in waiting.exclude(moved_to_url="").order_by("pk"):
        issue.moved_to = Issue.objects.filter(repository__study=study, url=issue.moved_to_url).first()
        issue.save(update_fields=["moved_to"])


def moved(row: Issue, before: Issue) -> bool:
    """Whether something is to be written of an issue that says what it said."""
    return any(getattr(row, name) != getattr(before, name) for name in ("updated_at", *WHEREABOUTS))


def values_of(record: IssueRecord, before: Issue | None) -> dict[str, Any]:
    """The row's fields; what the source does not say is taken over from before."""
    said = {name: getattr(record, name) for name in SAID_BY_SOME if getattr(record, name) is not None}
    if "labels" in said:
        said["labels"] = list(said["labels"])
    kept = {name: getattr(before, name) for name in SAID_BY_SOME if name not in said} if before else {}
    told = {name: getattr(record, name) for name in SAID_BY_ALL}
    return told | {"body_id": sha256(record.body)} | said | kept


def kind_of_change(row: Issue, before: Issue | None) -> str:
    """Which count of an import it moves: new, changed or same."""
    if before is None:
        return "new"
    return "changed" if any(getattr(row, name) != getattr(before, name) for name in FIELDS) else "same"
