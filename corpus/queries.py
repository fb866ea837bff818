"""Reads of repositories, issues, comments and imports."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Lower

from corpus.fulltext import matching
from corpus.models import (
    Comment,
    ImportProblem,
    ImportRun,
    ImportTally,
    Issue,
    IssueEvent,
    LikelyDuplicate,
    ListingPage,
    Part,
    Repository,
    Revision,
)
from corpus.records import Listing
from corpus.words import parse
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
    """Issues in which all of it holds: words, "phrases", beginnings* and -not, in title, body and comments; a number
    or owner/name#number finds that issue as well. In the order they were in: `fulltext.ranked` knows the best."""
    terms = parse(text)
    if any(not term.negated for term in terms):
        return issues.filter(Q(pk__in=matching(terms)) | by_number(text))
    for term in terms:
        issues = issues.exclude(pk__in=matching([replace(term, negated=False)]))
    return issues if terms else issues.none()


def by_number(text: str) -> Q:
    """Issues of this number; with a repository's name, also a former one. A moved issue leads to where it went too."""
    if key := KEY.fullmatch(text.strip()):
        named = Q(repository__owner__iexact=key[1], repository__name__iexact=key[2]) | formerly(f"{key[1]}/{key[2]}")
        return moved_too(named & Q(number=key[3]))
    number_only = NUMBER.fullmatch(text.strip())
    return moved_too(Q(number=number_only[1])) if number_only else Q(pk__in=[])


def formerly(full_name: str) -> Q:
    """Issues whose repository had this name once."""
    named = Repository.objects.alias(before=Cast("former_names", TextField())).filter(
        pk=OuterRef("repository"), before__icontains=f'"{full_name}"'
    )
    return Q(Exists(named))


def moved_too(issues: Q) -> Q:
    moved = Issue.objects.filter(issues, moved_to__isnull=False)
    return issues | Q(pk__in=moved.values("moved_to"))


def issue_by_key(study: Study, repository: str, number: int) -> Issue:
    """The issue that this key leads to now: under a former name of its repository, or where it was moved to."""
    owner, _, name = repository.rpartition("/")
    named = Q(repository__owner__iexact=owner, repository__name__iexact=name)
    issues = issues_of(study).filter(number=number).select_related("moved_to__repository")
    found = issues.filter(named).first() or issues.filter(formerly(repository)).first()
    if found is None:
        raise NotThere("There is no such issue in this study.")
    return found.moved_to or found


def texts_by_age(study: Study) -> "QuerySet[Issue, tuple[int, str, str]]":
    """Id, title and body of every issue, the oldest first."""
    rows = Issue.objects.filter(repository__study=study).order_by("created_at", "pk")
    return rows.values_list("pk", "title", "body__markdown")


def duplicates_in(study: Study) -> QuerySet[LikelyDuplicate]:
    """The later issue of each pair, the newest first, both with their repositories."""
    return (
        LikelyDuplicate.objects.filter(issue__repository__study=study)
        .select_related("issue__repository", "of__repository")
        .order_by("-issue__created_at", "issue")
    )


def get_issue(study: Study, issue_id: int) -> Issue:
    """The issue with its repository and its body."""
    related = ("repository", "body", "moved_to__repository", "duplicate_of__repository")
    issue = issues_of(study).select_related(*related).filter(pk=issue_id).first()
    if issue is None:
        raise NotThere("There is no such issue in this study.")
    return issue


def issues_by_key(study: Study, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Ids of those of the issues, named by repository in lower case and number, that the study has; of a moved one
    that of where it went. A former name of a repository is as good as its name."""
    names = former_names_of(study) if keys else {}
    wanted = {(names.get(name, name), number) for name, number in keys}
    full = Concat(Lower("repository__owner"), Value("/"), Lower("repository__name"))
    rows = Issue.objects.filter(repository__study=study, number__in={number for _, number in wanted})
    rows = rows.annotate(full=full, now=Coalesce("moved_to", "pk")).filter(full__in={name for name, _ in wanted})
    found = {(name, number): pk for name, number, pk in rows.values_list("full", "number", "now")}
    return {key: found[now] for key in keys if (now := (names.get(key[0], key[0]), key[1])) in found}


def former_names_of(study: Study) -> dict[str, str]:
    """The name in use by every former one, both in lower case; a name that is used again is no former one."""
    rows = repositories_of(study).exclude(former_names=[])
    return {str(before).lower(): str(row).lower() for row in rows for before in row.former_names}


def events_of(issue: Issue) -> QuerySet[IssueEvent]:
    return issue.events.order_by("at", "github_id", "pk")


def comments_of(issue: Issue) -> QuerySet[Comment]:
    """In the order they were written, with their texts."""
    return issue.comments.select_related("text").order_by("created_at", "github_id")


def comment_texts_of(issue_ids: Collection[int]) -> QuerySet[Comment, tuple[int, str]]:
    """Pairs of issue and Markdown, each issue's in the order they were written."""
    rows = Comment.objects.filter(issue__in=issue_ids).order_by("issue", "created_at", "github_id")
    return rows.values_list("issue_id", "text__markdown")


def revisions_of(issue: Issue) -> QuerySet[Revision]:
    return issue.revisions.order_by("replaced_at", "pk")


def changes_of(issue: Issue) -> list[tuple[Revision, str]]:
    """Each earlier text, by the time it was replaced, with the text that came next in its place."""
    now: dict[tuple[Part, int | None], str] = {
        (Part.TITLE, None): issue.title,
        (Part.BODY, None): issue.body.markdown,
    }
    rows = revisions_of(issue).select_related("text", "comment__text")
    found = []
    for revision in reversed(rows):
        place = Part(revision.part), revision.comment_id
        current = revision.comment.text.markdown if revision.comment else ""
        found.append((revision, now.get(place, current)))
        now[place] = revision.text.markdown
    return found[::-1]


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
