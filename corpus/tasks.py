"""The handlers of the import jobs: read a page, write it, tell how far it is. Loaded by the job process alone."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from corpus import duplicates, files, github, queries
from corpus.github import GitHub
from corpus.models import ImportRun, Repository
from corpus.records import Page
from corpus.services import imports, uploads
from corpus.services.duplicates import keep_duplicates
from corpus.services.pages import write_page
from corpus.services.rehearsal import Rehearsal
from jobs.errors import Failed, Park
from jobs.services import Run

Answer = TypeVar("Answer")
TRY_AGAIN_AFTER = timedelta(minutes=1)
ISSUES, COMMENTS = "issues", "comments"


def import_file(run: Run) -> None:
    """Issues first, then the comments of the second file, or of the same, each from where its checkpoint says."""
    asked = queries.import_of(run.job)
    read_files(run, asked, partial(write_page, run, asked))


def try_file(run: Run) -> None:
    """The same, without writing: from the start on, however often it is interrupted."""
    asked = queries.import_of(run.job)
    rehearsal = Rehearsal(run, asked)
    rehearsal.begin()
    read_files(run, asked, rehearsal.take)


def read_files(run: Run, asked: ImportRun, write: Callable[[str, Page], None]) -> None:
    """Hand the pages of the files to `write`, with the part they belong to."""
    kind, path = files.Kind.of_json(asked.options["kind"]), uploads.path_of(asked.options[ISSUES])
    try:
        total = files.count_records(path, kind)
        read_part(run, asked, ISSUES, files.issue_pages(path, kind, behind(asked, ISSUES)), total, write)
        if asked.options[COMMENTS]:
            kind, path = files.Kind.of_json(asked.options["comments_kind"]), uploads.path_of(asked.options[COMMENTS])
            total = files.count_records(path, kind)
        elif kind.holds_comments:
            total = None
        else:
            return
        read_part(run, asked, COMMENTS, files.comment_pages(path, kind, behind(asked, COMMENTS)), total, write)
    except files.BadFile as problem:
        raise Failed(f"{problem} What was read stays.") from problem
    except FileNotFoundError as error:
        raise Failed("The uploaded file is no longer there. What was read stays; import the file again.") from error


def behind(asked: ImportRun, part: str) -> dict[str, int]:
    """What of this part is read already."""
    found: dict[str, int] = asked.checkpoint.get(part, {})
    return found


def read_part(
    run: Run, asked: ImportRun, part: str, pages: Iterable[Page], total: int | None, write: Callable[[str, Page], None]
) -> None:
    done = behind(asked, part).get("done", 0)
    run.progress(done, total, unit=part)
    for page in pages:
        done += page.read
        page.checkpoint["done"] = done
        write(part, page)
        run.progress(done, total, unit=part)


def find_duplicates(run: Run) -> None:
    """All issues of the study, oldest first; what was found before is replaced in one step."""
    issues = queries.texts_by_age(run.job.study)
    total = issues.count()
    search = duplicates.Search(lambda pk: duplicates.shingles(*issues.get(pk=pk)[1:]))
    for done, (pk, title, body) in enumerate(issues.iterator(chunk_size=500), 1):
        search.add(pk, title, body)
        if done % 500 == 0:
            run.progress(done, total, unit="issues")
    keep_duplicates(run=run, found=search.found())
    run.progress(total, total, unit="issues")


def import_github(run: Run) -> None:
    """All issues of the repository, then all comments, page by page; pull requests are in both and are left out."""
    asked = queries.import_of(run.job)
    token = imports.token_of(asked)
    wait = settings.GITHUB_SECONDS_BETWEEN_REQUESTS
    with (
        told_to_people(asked),
        GitHub(settings.GITHUB_API_URL, token, seconds_between_requests=wait) as connection,
    ):
        found = patiently(run, lambda: connection.repository(asked.name))
        name = found["full_name"]
        repository = imports.adopt_repository(study=run.job.study, github_id=found["id"], full_name=name)
        reader = ListingReader(run, asked, connection, repository)
        since, state = asked.options["since"], asked.options["state"]
        reader.read(ISSUES, github.issues_url(name, state=state, since=since), github.issue_page)
        reader.read(COMMENTS, github.comments_url(name, since=since), github.comment_page)


class ListingReader:
    """Reads the listings of one repository into the study."""

    def __init__(self, run: Run, asked: ImportRun, connection: GitHub, repository: Repository) -> None:
        self.run, self.asked, self.connection, self.repository = run, asked, connection, repository

    def read(self, part: str, first_url: str, convert: Callable[[github.Listed, str], Page]) -> None:
        """From the page that the checkpoint names to the last; nothing when the listing was read to its end."""
        # A comment is left out while its issue is not here: pages read before the newest issue came are read again.
        fresh = queries.newest_issue_of(self.repository) if part == COMMENTS else None
        checkpoint = {"next": first_url, "done": 0, "total": None} | self.asked.checkpoint.get(part, {})
        self.run.progress(checkpoint["done"], checkpoint["total"], unit=part)
        while url := checkpoint["next"]:
            known = queries.listing_of(self.repository, url, not_before=fresh)
            listed = patiently(self.run, partial(self.connection.page, url, known))
            page = convert(listed, str(self.repository))
            checkpoint["done"] += page.read
            checkpoint["total"] = total_of(listed, checkpoint)
            checkpoint["next"] = listed.listing.next_url
            page.checkpoint = dict(checkpoint)
            write_page(self.run, self.asked, part, page, repository=self.repository)
            self.run.progress(checkpoint["done"], checkpoint["total"], unit=part)


def total_of(listed: github.Listed, checkpoint: dict[str, int | None]) -> int | None:
    """About how many records the listing has: exactly at its end, else from the number of its pages, if told."""
    if not listed.listing.next_url:
        return checkpoint["done"]
    return listed.last_page * github.PER_PAGE if listed.last_page else checkpoint["total"]


def patiently(run: Run, ask: Callable[[], Answer]) -> Answer:
    """Ask again a few times when GitHub does not answer, then leave the rest for later: what was read is kept."""
    for seconds in settings.GITHUB_RETRY_SECONDS:
        try:
            return ask()
        except github.Unavailable:
            run.shutdown.wait(seconds)
            run.check()
    try:
        return ask()
    except github.Unavailable as problem:
        raise Park(timezone.now() + TRY_AGAIN_AFTER, f"{problem} What is read is kept; trying again.") from problem


@contextmanager
def told_to_people(asked: ImportRun) -> Iterator[None]:
    """GitHub's refusals as sentences with what to do."""
    try:
        yield
    except github.RateLimited as limit:
        raise Park(limit.until, "GitHub's limit of requests is reached. What is read is kept.") from limit
    except github.Unauthorised as error:
        raise Failed(
            f"{error} The token is wrong, has expired or may not read {asked.name}. What was read is kept; "
            "start the import again with a token that may read issues."
        ) from error
    except github.NotFound as error:
        raise Failed(
            f"{error} There is no repository {asked.name}, or the token may not see it. "
            "Check the name; a private repository needs a token that may read its issues."
        ) from error
    except github.Gone as error:
        raise Failed(f"{error} Issues of {asked.name} are switched off on GitHub. What was read is kept.") from error
