"""Reads of repositories, issues, comments and imports."""

import re
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from corpus.models import Comment, ImportProblem, ImportRun, ImportTally, Issue, ListingPage, Repository, Revision
from corpus.records import Listing
from jobs.models import Job
from studies.errors import NotThere
from studies.models import Study

NUMBER = re.compile(r"#?(\d{1,9})")
KEY = re.compile(r"([\w.-]+)/([\w.-]+)#(\d{1,9})")


def repositories_of(study: Study) -> QuerySet[Repository]:
    return Repository.objects.filter(study=study).order_by("owner", "name")


def issues_of(study: Study) -> QuerySet[Issue]:
    """The study's issues, newest first, with their repositories."""
    return (
        Issue.objects.filter(repository__study=study)
        .select_related("repository")
        .order_by("-created_at", "repository", "-number")
    )


def search(issues: QuerySet[Issue], text: str) -> QuerySet[Issue]:
    """Issues whose title or body has all the words; a number or owner/name#number finds that issue as well."""
    found = Q()
    for word in text.split():
        found &= Q(title__icontains=word) | Q(body__markdown__icontains=word)
    if key := KEY.fullmatch(text.strip()):
        found |= Q(repository__owner__iexact=key[1], repository__name__iexact=key[2], number=key[3])
    elif number_only := NUMBER.fullmatch(text.strip()):
        found |= Q(number=number_only[1])
    return issues.filter(found)


def in_repository(issues: QuerySet[Issue], full_name: str) -> QuerySet[Issue]:
    owner, _, name = full_name.partition("/")
    return issues.filter(repository__owner__iexact=owner, repository__name__iexact=name)


def get_issue(study: Study, issue_id: int) -> Issue:
    """The issue with its repository and its body."""
    issue = issues_of(study).select_related("repository", "body").filter(pk=issue_id).first()
    if issue is None:
        raise NotThere("There is no such issue in this study.")
    return issue


def comments_of(issue: Issue) -> QuerySet[Comment]:
    """In the order they were written, with their texts."""
    return issue.comments.select_related("text").order_by("created_at", "github_id")


def revisions_of(issue: Issue) -> QuerySet[Revision]:
    return issue.revisions.order_by("replaced_at", "pk")


def imports_of(study: Study) -> QuerySet[ImportRun]:
    """Newest first, with their jobs and how many records each refused."""
    return (
        ImportRun.objects.filter(job__study=study)
        .select_related("job__made_by")
        .annotate(refused=Count("problems", filter=Q(problems__skipped=True)))
        .order_by("-pk")
    )


def get_import(study: Study, run_id: int) -> ImportRun:
    run = imports_of(study).filter(pk=run_id).first()
    if run is None:
        raise NotThere("There is no such import in this study.")
    return run


def import_of(job: Job) -> ImportRun:
    return ImportRun.objects.get(job=job)


def problems_of(run: ImportRun) -> QuerySet[ImportProblem]:
    """In the order they were met."""
    return run.problems.order_by("pk")


def tallies_of(run: ImportRun) -> "QuerySet[ImportTally, Any]":
    """What the import came to, by repository."""
    sums = {name: Sum(name) for name in ("new", "changed", "same", "comments")}
    rows = run.tallies.values("repository").order_by("repository")
    return rows.annotate(**{f"sum_{name}": total for name, total in sums.items()})


def newest_issue_of(repository: Repository) -> datetime | None:
    """When the study last got an issue of this repository that it did not have."""
    newest: datetime | None = repository.issues.aggregate(newest=Max("first_seen_at"))["newest"]
    return newest


def listing_of(repository: Repository, url: str, *, not_before: datetime | None) -> Listing | None:
    """What an import that was not earlier than `not_before` remembers of this page of GitHub's listings."""
    pages = ListingPage.objects.filter(repository=repository, url=url)
    page = (pages.filter(read_at__gte=not_before) if not_before else pages).first()
    if page is None:
        return None
    return Listing(page.url, page.etag, page.next_url, page.records, page.pull_requests)
