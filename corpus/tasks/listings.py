"""The listings of one repository, page by page: issues, those that are missing, comments, events."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone

from corpus import github, queries
from corpus.github import Listed, Wanted
from corpus.github.connection import GitHub
from corpus.models import EventsRead, Gone, ImportRun, Issue, Repository
from corpus.payloads import split_address
from corpus.records import BadRecord, EventsUpTo, Listing, Page, Problem
from corpus.services.collecting import part_of
from corpus.services.pages import write_page
from corpus.services.rehearsal import Rehearsal
from corpus.services.repositories import mark_issue_gone
from jobs.services import Run

ISSUES, MISSING, COMMENTS, EVENTS = "issues", "missing issues", "comments", "events"
Answer = TypeVar("Answer")
Write = Callable[[str, Page], None]
Convert = Callable[[Listed], Page]


def patiently(run: Run, ask: Callable[[], Answer]) -> Answer:
    """Ask again a few times when GitHub does not answer. Unavailable when it still does not."""
    for seconds in settings.GITHUB_RETRY_SECONDS:
        try:
            return ask()
        except github.Unavailable:
            run.shutdown.wait(seconds)
            run.check()
    return ask()


class Listings:
    """Reads one repository of an import. `name` is how it was asked for; the checkpoint knows it under that."""

    def __init__(self, run: Run, asked: ImportRun, connection: GitHub, *, name: str, note: str, github_id: int) -> None:
        self.run, self.asked, self.connection = run, asked, connection
        self.name, self.note, self.github_id = name, note, github_id
        self.wanted = Wanted.of_json(asked.options["wanted"])
        self.since = run.job.started_at or run.job.made_at

    def read_all(self, repository: Repository) -> None:
        """Into the rows of this repository. Comments and events belong to issues: these come first."""
        write = partial(write_page, self.run, self.asked, repository=repository)
        self.read_issues(repository, str(repository), write)
        if self.wanted.lists_all:
            self.ask_for_missing(repository, write)
        if self.wanted.comments:
            convert = partial(github.comment_page, full_name=str(repository))
            self.read_listing(COMMENTS, github.comments_url(self.github_id), repository, convert, write)
        if self.wanted.events:
            self.read_events(repository, write)

    def try_issues(self, full_name: str, rehearsal: Rehearsal) -> None:
        """For a dry run: the listing of issues alone, anew: an unchanged page would not say how many comments are."""
        self.read_issues(None, full_name, rehearsal.take)

    def read_issues(self, repository: Repository | None, full_name: str, write: Write) -> None:
        convert = partial(github.issue_page, full_name=full_name, wanted=self.wanted)
        self.read_listing(ISSUES, github.issues_url(self.github_id, self.wanted), repository, convert, write)

    def read_listing(
        self, part: str, first_url: str, repository: Repository | None, convert: Convert, write: Write
    ) -> None:
        """From the page that the checkpoint names to the last; nothing when the listing was read to its end."""
        at = self.begin(part, {"next": first_url, "done": 0, "total": None})
        while url := at["next"]:
            key = f"{url}{self.wanted.mark}"
            known = queries.listing_of(repository, key, of_issues=part == ISSUES) if repository else None
            # A last page is read anew: one that was full is "not modified" also when another has come behind it.
            listed = self.ask(partial(self.connection.page, url, known if known and known.next_url else None))
            page = convert(listed)
            if page.listing:
                page.listing = replace(page.listing, url=key)
            at["next"] = "" if page.is_last else listed.listing.next_url
            at["total"] = total_of(listed, at)
            at = self.write(part, at, page, write)

    def begin(self, part: str, start: dict[str, Any]) -> dict[str, Any]:
        at: dict[str, Any] = start | self.asked.checkpoint.get(part_of(self.name, part), {})
        self.run.progress(at["done"], at["total"], unit=part, note=self.note)
        return at

    def write(self, part: str, at: dict[str, Any], page: Page, write: Write) -> dict[str, Any]:
        """Hand on the page with the checkpoint behind it; returns the checkpoint as it was written."""
        done = at["done"] + page.read
        left_out = at.get("left_out", 0) + page.left_out
        page.checkpoint = at | {"done": done, "total": done if not at["next"] else at["total"], "left_out": left_out}
        page.usage = self.connection.use()
        write(part_of(self.name, part), page)
        self.run.progress(done, page.checkpoint["total"], unit=part, note=self.note)
        return page.checkpoint

    def ask(self, question: Callable[[], Answer]) -> Answer:
        return patiently(self.run, question)

    def ask_for_missing(self, repository: Repository, write: Write) -> None:
        """What a whole listing no longer shows is asked for singly, and the answer decides what became of it."""
        missing = list(queries.missing_in(repository, since=self.since))
        for done, issue in enumerate(missing, 1):
            self.settle(repository, issue, write)
            self.run.progress(done, len(missing), unit=MISSING, note=self.note)

    def settle(self, repository: Repository, issue: Issue, write: Write) -> None:
        try:
            payload = self.ask(lambda: self.connection.issue(self.github_id, issue.number))
            if address := moved_to(payload, repository, issue):
                self.bury(issue, Gone.MOVED, address)
                return
        except github.Gone:
            self.bury(issue, Gone.DELETED)
        except github.NotFound:
            self.bury(issue, Gone.HIDDEN)
        except github.Blocked:
            self.bury(issue, Gone.BLOCKED)
        else:
            page = github.issue_page(Listed(Listing("", "", ""), [payload]), str(repository), Wanted())
            self.write(MISSING, {"next": "", "done": 0, "total": None}, page, write)

    def bury(self, issue: Issue, why: Gone, moved_to: str = "") -> None:
        mark_issue_gone(run=self.run, issue=issue, why=why, since=timezone.now(), moved_to=moved_to)

    def read_events(self, repository: Repository, write: Write) -> None:
        """From the newest down to where an earlier import has begun: what follows it has read."""
        first_url = github.events_url(self.github_id)
        at = self.begin(EVENTS, {"next": first_url, "done": 0, "total": None} | self.bounds(repository))
        while url := at["next"]:
            known = queries.listing_of(repository, first_url, of_issues=True) if at["trusts"] else None
            listed, problems = self.events_at(url, known if url == first_url else None)
            at["next"] = listed.listing.next_url if listed.records else ""
            records = [one for one in listed.records or [] if not is_known(one, at["until"])]
            if len(records) < len(listed.records or []):
                at["next"] = ""
            if listed.records is not None and "top" not in at:
                at |= {"top": max(github.ids_of(records), default=at["until"]), "etag": listed.listing.etag}
            page = github.event_page(records, str(repository))
            page.problems += problems
            if not at["next"] and "top" in at:
                before = at["until"] if self.wanted.lists_all else at["before"]
                page.events_up_to = EventsUpTo(at["top"], before, self.wanted.takes_all)
                page.listing = Listing(first_url, at["etag"], "")
            at["total"] = total_of(listed, at) if not at["until"] else None
            at = self.write(EVENTS, at, page, write)

    def bounds(self, repository: Repository) -> dict[str, Any]:
        """Down to which id events are read, and whether "not modified" may be trusted: where nothing is read again."""
        read = EventsRead.objects.filter(repository=repository).first()
        until = queries.events_read_of(repository, since=self.since)
        before = read.before if read else 0
        return {"until": until or 0, "before": before, "trusts": bool(read and until == read.to)}

    def events_at(self, url: str, known: Listing | None) -> tuple[Listed, list[Problem]]:
        """The page; an empty one, with a problem, where GitHub does not go so deep."""
        try:
            return self.ask(partial(self.connection.page, url, known)), []
        except github.TooDeep as error:
            sentence = f"{error} Older events of {self.name} could not be read; all the newer ones were."
            return Listed(Listing(url, "", ""), []), [Problem(self.name, sentence, skipped=False)]


def is_known(event: Any, until: int) -> bool:
    return bool(until) and any(number <= until for number in github.ids_of([event]))


def moved_to(payload: dict[str, Any], repository: Repository, issue: Issue) -> str:
    """The address of the issue that came as the answer; empty when it is the one that was asked for."""
    address = str(payload.get("html_url"))
    try:
        owner, name, number = split_address(address)
    except BadRecord as problem:
        raise github.Unavailable("GitHub's answer about an issue could not be read.") from problem
    same = f"{owner}/{name}".lower() == str(repository).lower() and number == issue.number
    return "" if same else address


def total_of(listed: Listed, at: dict[str, Any]) -> int | None:
    """About how many records the listing has: from the number of its pages, if told."""
    return listed.last_page * github.PER_PAGE if listed.last_page else at["total"]
