"""The page writer: a page's rows, its problems and its checkpoint are one transaction, under the job's fence.

A page that was written is never written again: the checkpoint moves with it. A page that was not leaves nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from corpus.models import (
    EventsRead,
    GitHubToken,
    ImportProblem,
    ImportRun,
    ImportTally,
    ListingPage,
    Repository,
    Source,
)
from corpus.records import Page, Problem, Usage
from corpus.services.comments import write_comments
from corpus.services.counts import Counts
from corpus.services.events import write_events
from corpus.services.issues import write_issues
from jobs.services import Run


def write_page(run: Run, asked: ImportRun, part: str, page: Page, *, repository: Repository | None = None) -> None:
    """Write the page and move the checkpoint of `part`. LeaseLost, with nothing written, when the job is not ours.

    `repository` is the one whose listing the page belongs to.
    """
    counts = counts_of(page)
    checkpoint = asked.checkpoint | {part: page.checkpoint} | ({"tries": 0} if repository else {})
    seen_at = run.job.started_at or run.job.made_at
    with transaction.atomic():
        run.hold()
        found = write_issues(asked, run.job.study, page, counts, seen_at)
        found += write_comments(asked, run.job.study, page, counts, seen_at)
        if strangers := write_events(asked, run.job.study, page, counts):
            page.checkpoint["strangers"] = True
        # In a listing of GitHub both are expected: pages move while they are read, and pull requests have comments.
        write_problems(asked, page.problems + (found + strangers if asked.source == Source.FILE else []))
        if repository:
            see(repository, page, seen_at)
            remember(repository, page, counts)
        move(asked, checkpoint, counts, page.usage, str(repository or ""))
    asked.checkpoint = checkpoint


def counts_of(page: Page) -> Counts:
    return Counts(same=page.unchanged, comments=page.unchanged_comments, pull_requests=page.pull_requests)


def write_problems(asked: ImportRun, problems: Iterable[Problem]) -> None:
    rows = [
        ImportProblem(run=asked, place=problem.place, sentence=problem.sentence, skipped=problem.skipped)
        for problem in problems
    ]
    ImportProblem.objects.bulk_create(rows, batch_size=1000)


def see(repository: Repository, page: Page, seen_at: datetime) -> None:
    """What stands on the page is still there, also where it was left out or the page is as it was."""
    written = {record.number for record in page.issues}
    listed = [number for number in page.numbers if number not in written]
    repository.issues.filter(number__in=listed).update(last_seen_at=seen_at)


def remember(repository: Repository, page: Page, counts: Counts) -> None:
    """Keep the page's ETag, and how far events were read. They are kept with the rows: who is told "not modified"
    later has them. Not when events of issues were met that are not in the study: they are read again next time."""
    now, up_to = timezone.now(), page.events_up_to
    if up_to and up_to.all_issues and page.checkpoint.get("strangers"):
        return
    if up_to:
        EventsRead.objects.bulk_create(
            [EventsRead(repository=repository, to=up_to.to, before=up_to.before, read_at=now)],
            update_conflicts=True,
            unique_fields=["repository"],
            update_fields=["to", "before", "read_at"],
        )
    if page.listing and page.listing.etag:
        listing = replace(
            page.listing,
            records=len(page.issues) + counts.comments,
            pull_requests=page.pull_requests,
            numbers=tuple(page.numbers),
        )
        ListingPage.objects.bulk_create(
            [ListingPage(repository=repository, read_at=now, **asdict(listing))],
            update_conflicts=True,
            unique_fields=["repository", "url"],
            update_fields=["etag", "next_url", "records", "pull_requests", "numbers", "read_at"],
        )


def move(asked: ImportRun, checkpoint: dict[str, Any], counts: Counts, usage: Usage, repository: str = "") -> None:
    """Add to the counts, in all and by repository, and move the checkpoint; requests count for `repository`."""
    told = {name: count for name, count in asdict(counts).items() if name != "repositories"}
    more: dict[str, Any] = {name: F(name) + count for name, count in told.items() if count}
    if usage.requests and repository:
        counts.repositories.setdefault(repository, Counter())["requests"] += usage.requests
    tallies = [ImportTally(run=asked, repository=name, **found) for name, found in counts.repositories.items()]
    ImportTally.objects.bulk_create(tallies)
    ImportRun.objects.filter(pk=asked.pk).update(checkpoint=checkpoint, **more)
    keep_usage(asked, usage)


def keep_usage(asked: ImportRun, usage: Usage) -> None:
    """Requests and quotas, as GitHub told them last."""
    if usage.requests:
        quota = {"quota": usage.quota} if usage.quota else {}
        ImportRun.objects.filter(pk=asked.pk).update(requests=F("requests") + usage.requests, **quota)
    for row, quota in usage.tokens.items():
        if quota:
            GitHubToken.objects.filter(pk=row).update(**quota)
