"""Reads of repositories, issues, comments and imports."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from corpus.elsewhere import ELSEWHERE, KEY_ENDS, Reference
from corpus.fulltext import matching
from corpus.models import (
    Comment,
    EventsRead,
    GitHubToken,
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

# So far the clock of GitHub and that of this machine may be apart.
CLOCKS_DIFFER = timedelta(hours=1)
NUMBER = re.compile(r"#?(\d{1,9})")
KEY = re.compile(r"([\w.-]+)/([\w.-]+)#(\d{1,9})")


def repositories_of(study: Study) -> QuerySet[Repository]:
    return Repository.objects.filter(study=study).order_by("owner", "name")


def repository_by_id(study: Study, github_id: int) -> Repository | None:
    return repositories_of(study).filter(github_id=github_id).first()


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
        moved = Q(moved_to_url__iendswith=f"/{key[1]}/{key[2]}/issues/{key[3]}")
        return moved_too(Q(named(f"{key[1]}/{key[2]}"), number=key[3]) | moved)
    number_only = NUMBER.fullmatch(text.strip())
    return moved_too(Q(number=number_only[1])) if number_only else Q(pk__in=[])


def moved_too(issues: Q) -> Q:
    moved = Issue.objects.filter(issues, moved_to__isnull=False)
    return issues | Q(pk__in=moved.values("moved_to"))


def issue_by_key(study: Study, repository: str, number: int) -> Issue:
    """The issue that this key leads to now: under a former name of its repository, or where it was moved to."""
    issues = issues_of(study).filter(named(repository), number=number).select_related("moved_to__repository")
    found = min(issues, key=lambda issue: str(issue.repository).lower() != repository.lower(), default=None)
    if found is None:
        raise NotThere("There is no such issue in this study.")
    return found.moved_to or found


def named(full_name: str) -> Q:
    """Issues of the repository that has this name, or had it."""
    owner, _, name = full_name.rpartition("/")
    present = Q(repository__owner__iexact=owner, repository__name__iexact=name)
    return present | Q(repository__former_names__icontains=f'"{full_name}"')


def tokens_of(study: Study) -> QuerySet[GitHubToken]:
    return GitHubToken.objects.filter(study=study).select_related("added_by").order_by("added_at", "pk")


def get_token(study: Study, token_id: int) -> GitHubToken:
    token = tokens_of(study).filter(pk=token_id).first()
    if token is None:
        raise NotThere("There is no such token in this study.")
    return token


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
    """Ids of those of the issues, named by repository in lower case and number, that the study has; a repository's
    former name, and the number of an issue that moved, lead to the present ones."""
    ids = repository_ids(study, {name for name, _ in keys})
    rows = Issue.objects.filter(repository__in=ids.values(), number__in={number for _, number in keys})
    told = rows.values_list("repository", "number", "pk", "moved_to")
    found = {(repository, number): moved or pk for repository, number, pk, moved in told}
    return {(name, number): found[ids[name], number] for name, number in keys if (ids.get(name), number) in found}


def find_references(study: Study, references: Collection[Reference]) -> dict[Reference, int]:
    """Ids of those that the study has: GitHub's by repository and number, others by their address, else their key."""
    found: dict[Reference, int] = {}
    waiting = iter(dict.fromkeys(references))
    while chunk := list(islice(waiting, 500)):
        ids = issues_by_key(study, {(one.repository, one.number) for one in chunk if one.number and one.is_on_github})
        rows = Issue.objects.filter(repository__study=study)
        urls = dict(rows.filter(url__in={one.url for one in chunk if one.url}).values_list("url", "pk"))
        keys = kept_by_key(study, {one.name for one in chunk if one.key})
        for one in chunk:
            by_key = ids.get((one.repository, one.number or 0)) if one.is_on_github else None
            if pk := by_key or urls.get(one.url) or keys.get((one.repository, one.key)):
                found[one] = pk
    return found


def kept_by_key(study: Study, names: Collection[str]) -> dict[tuple[str, str], int]:
    """What has no address, by repository and the key that its title begins with."""
    rows = Issue.objects.filter(repository__study=study, repository__owner=ELSEWHERE, repository__name__in=names)
    told = rows.values_list("repository__name", "title", "pk") if names else []
    return {(f"{ELSEWHERE}/{name}".lower(), title.partition(KEY_ENDS)[0]): pk for name, title, pk in told}


def repository_ids(study: Study, names: Collection[str]) -> dict[str, int]:
    """Of those that the study has, by full name in lower case: present names before former ones."""
    rows = list(repositories_of(study))
    former = {name.lower(): row.pk for row in rows for name in row.former_names}
    present = {str(row).lower(): row.pk for row in rows}
    return {name: pk for name, pk in (former | present).items() if name in names}


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
    sums = {name: Sum(name) for name in ("new", "changed", "same", "comments", "events", "requests")}
    rows = run.tallies.values("repository").order_by("repository")
    return rows.annotate(**{f"sum_{name}": total for name, total in sums.items()})


def by_repository(run: ImportRun) -> list[dict[str, Any]]:
    """What the import came to by repository, and of a list of them which are over and which could not be read."""
    rows = {row["repository"].lower(): dict(row) for row in tallies_of(run)}
    for name in run.options.get("repositories", []):
        ended = run.checkpoint.get("repositories", {}).get(name, {})
        row = rows.setdefault(name.lower(), {"repository": name})
        row |= {"state": ended.get("state", "waiting"), "left_out": ended.get("left_out", 0)}
    return sorted(rows.values(), key=lambda row: row["repository"].lower())


def came_late(repository: Repository, read_at: datetime) -> bool:
    """Whether the study got an issue after that moment which was there before: what was read then has passed over
    what belongs to it."""
    there = repository.issues.filter(created_at__lte=read_at + CLOCKS_DIFFER)
    return there.filter(first_seen_at__gt=read_at).exists()


def listing_of(repository: Repository, url: str, *, of_issues: bool) -> Listing | None:
    """What an earlier import remembers of this page of GitHub's listings. Not of issues, it must know all of them."""
    page = ListingPage.objects.filter(repository=repository, url=url).first()
    if page is None or not (of_issues or not came_late(repository, page.read_at)):
        return None
    return Listing(page.url, page.etag, page.next_url, page.records, page.pull_requests, tuple(page.numbers))


def events_read_of(repository: Repository, *, since: datetime) -> int | None:
    """The id up to which no event has to be read again; None when all have. `since` is when this import began: an
    issue whose disappearance it has noticed may have moved the listing when it was read last."""
    read = EventsRead.objects.filter(repository=repository).first()
    if read is None or came_late(repository, read.read_at):
        return None
    return read.before if repository.issues.filter(gone_since__gte=since).exists() else read.to


def missing_in(repository: Repository, *, since: datetime) -> QuerySet[Issue]:
    """Issues that a whole listing read since then did not show, and that were not missed before."""
    return repository.issues.filter(gone="", last_seen_at__lt=since).order_by("number")
