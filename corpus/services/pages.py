"""The page writer: a page's rows, its problems and its checkpoint are one transaction, under the job's fence.

A page that was written is never written again: the checkpoint moves with it. A page that was not leaves nothing.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from corpus.models import ImportProblem, ImportRun, ImportTally, ListingPage, Repository, Source
from corpus.records import Page, Problem
from corpus.services.comments import write_comments
from corpus.services.counts import Counts
from corpus.services.issues import write_issues
from jobs.services import Run


def write_page(run: Run, asked: ImportRun, part: str, page: Page, *, repository: Repository | None = None) -> None:
    """Write the page and move the checkpoint of `part`. LeaseLost, with nothing written, when the job is not ours.

    `repository` is the one whose listing the page belongs to.
    """
    counts = Counts(same=page.unchanged, comments=page.unchanged_comments, pull_requests=page.pull_requests)
    checkpoint = asked.checkpoint | {part: page.checkpoint}
    seen_at = run.job.started_at or run.job.made_at
    with transaction.atomic():
        run.hold()
        found = write_issues(asked, run.job.study, page, counts, seen_at)
        found += write_comments(asked, run.job.study, page, counts, seen_at)
        # In a listing of GitHub both are expected: pages move while they are read, and pull requests have comments.
        write_problems(asked, page.problems + (found if asked.source == Source.FILE else []))
        remember(repository, page, counts, seen_at)
        move(asked, checkpoint, counts)
    asked.checkpoint = checkpoint


def write_problems(asked: ImportRun, problems: Iterable[Problem]) -> None:
    rows = [
        ImportProblem(run=asked, place=problem.place, sentence=problem.sentence, skipped=problem.skipped)
        for problem in problems
    ]
    ImportProblem.objects.bulk_create(rows, batch_size=1000)


def remember(repository: Repository | None, page: Page, counts: Counts, read_at: datetime) -> None:
    """Keep the page's ETag. It is kept with the rows: who is told "not modified" later has them."""
    if repository and page.listing and page.listing.etag:
        records = len(page.issues) + counts.comments
        listing = replace(page.listing, records=records, pull_requests=page.pull_requests)
        ListingPage.objects.bulk_create(
            [ListingPage(repository=repository, read_at=read_at, **asdict(listing))],
            update_conflicts=True,
            unique_fields=["repository", "url"],
            update_fields=["etag", "next_url", "records", "pull_requests", "read_at"],
        )


def move(asked: ImportRun, checkpoint: dict[str, Any], counts: Counts) -> None:
    told = {name: count for name, count in asdict(counts).items() if name != "repositories"}
    more: dict[str, Any] = {name: F(name) + count for name, count in told.items() if count}
    tallies = [ImportTally(run=asked, repository=name, **found) for name, found in counts.repositories.items()]
    ImportTally.objects.bulk_create(tallies)
    ImportRun.objects.filter(pk=asked.pk).update(checkpoint=checkpoint, **more)
