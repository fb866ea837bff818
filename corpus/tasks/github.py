"""Imports from GitHub: one repository after the other. One that cannot be read does not stop the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from corpus import github, queries
from corpus.github.connection import GitHub
from corpus.models import Gone, ImportRun, Repository
from corpus.records import Problem
from corpus.services import collecting, tokens
from corpus.services.collecting import DONE, NOT_READ
from corpus.services.rehearsal import Rehearsal
from corpus.services.repositories import NotTheSame, adopt_repository, mark_repository_gone
from corpus.tasks.listings import Listings, patiently
from jobs.errors import Failed, Park
from jobs.services import Run

FIRST_WAIT, LONGEST_WAIT, MOST_TRIES = timedelta(minutes=1), timedelta(hours=1), 12
SENTENCES: dict[type[github.GitHubError], tuple[Gone | None, str]] = {
    github.NotFound: (
        Gone.HIDDEN,
        "There is no repository {name}, or the token may not see it. Check the name; a private repository needs a "
        "token that may read its issues. What was read is kept.",
    ),
    github.Blocked: (Gone.BLOCKED, "{name} cannot be read from here. What was read is kept."),
    github.Gone: (Gone.OFF, "Issues of {name} are switched off on GitHub. What was read is kept."),
    github.Forbidden: (
        None,
        "The token may not read {name}. What was read is kept; import it again with a token that may read issues.",
    ),
    github.TooDeep: (None, "Not all of {name} could be listed. What was read is kept; choose fewer of its issues."),
}


def import_github(run: Run) -> None:
    """Each repository's issues, comments and events, from where the checkpoint says."""
    Collector(run, queries.import_of(run.job)).collect()


def try_github(run: Run) -> None:
    """What the same would come to, by the listings of issues alone: they tell how many comments there are."""
    Collector(run, queries.import_of(run.job)).collect()


class Collector:
    """Reads the repositories of one import."""

    def __init__(self, run: Run, asked: ImportRun) -> None:
        self.run, self.asked = run, asked
        self.names: list[str] = asked.options["repositories"]
        self.keys, unreadable = tokens.keys_for(asked, run.job.study)
        self.notes = [Problem("tokens", sentence, skipped=False) for sentence in unreadable]

    def collect(self) -> None:
        wait = settings.GITHUB_SECONDS_BETWEEN_REQUESTS
        purse = github.Purse(self.keys)
        with GitHub(settings.GITHUB_API_URL, purse, seconds_between_requests=wait) as self.connection:
            with self.told_to_people():
                for place, name in enumerate(self.names, 1):
                    if not collecting.state_of(self.asked, name):
                        self.read(name, note=f"{name}, {place} of {len(self.names)}")
            self.tell()
        self.conclude()

    def read(self, name: str, *, note: str) -> None:
        """Read one repository to its end, or write down why not."""
        try:
            self.read_parts(name, note)
        except NotTheSame as refusal:
            self.end(name, str(refusal))
        except tuple(SENTENCES) as error:
            why, sentence = SENTENCES[type(error)]
            if why and not self.asked.dry:
                mark_repository_gone(run=self.run, full_name=name, why=why)
            self.end(name, f"{error} {sentence.format(name=name)}")
        except github.Unavailable as error:
            self.wait_or_give_up(name, error)

    def read_parts(self, name: str, note: str) -> None:
        found = patiently(self.run, lambda: self.connection.repository(name))
        if found.get("has_issues") is False:
            raise github.Gone("GitHub says that it is gone (410).")
        listings = Listings(self.run, self.asked, self.connection, name=name, note=note, github_id=found["id"])
        if self.asked.dry:
            known = queries.repository_by_id(self.run.job.study, found["id"])
            rehearsal = Rehearsal(self.run, self.asked, goes_on=True)
            listings.try_issues(str(known or found["full_name"]), rehearsal)
            self.end(name)
            return
        repository = adopt_repository(run=self.run, github_id=found["id"], full_name=found["full_name"])
        if repository.pk in collecting.ids_read(self.asked):
            self.end(name, f"{name} is {repository} today, which this import has read already.", state=DONE)
            return
        listings.read_all(repository)
        self.end(name, repository=repository)

    def end(self, name: str, why: str = "", state: str = "", repository: Repository | None = None) -> None:
        ended = collecting.Ended(name, state or (NOT_READ if why else DONE), why, repository)
        collecting.end_repository(run=self.run, asked=self.asked, ended=ended, usage=self.connection.use())

    def wait_or_give_up(self, name: str, error: github.Unavailable) -> None:
        """The longer GitHub does not answer, the longer the wait; in the end the other repositories have their turn."""
        tries = collecting.count_try(run=self.run, asked=self.asked, usage=self.connection.use())
        if tries >= MOST_TRIES:
            self.end(name, f"{error} It was tried {tries} times. What was read is kept; import it again later.")
            return
        until = timezone.now() + min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
        raise Park(until, f"{error} What is read is kept; trying again.") from error

    @contextmanager
    def told_to_people(self) -> Iterator[None]:
        """What stops every repository, as a sentence with what to do."""
        try:
            yield
        except github.RateLimited as limit:
            self.tell()
            raise Park(limit.until, "GitHub's limit of requests is reached. What is read is kept.") from limit
        except github.Unauthorised as error:
            self.tell()
            raise Failed(
                f"{error} The token is wrong or has expired. What was read is kept; "
                "start the import again with another token."
            ) from error

    def tell(self) -> None:
        """What is to be said of tokens, and what was used."""
        refused = [key.name or "of this server or typed" for key in self.keys if key.refused]
        sentence = "GitHub refuses the token {} (401): it is wrong or has expired. Remove it, or add a new one."
        told = [Problem("tokens", sentence.format(name), skipped=False) for name in refused]
        usage = self.connection.use()
        collecting.tell(run=self.run, asked=self.asked, problems=self.notes + told, usage=usage)

    def conclude(self) -> None:
        """The import has failed when no repository could be read at all."""
        failed = [name for name in self.names if collecting.state_of(self.asked, name) == NOT_READ]
        if len(failed) < len(self.names):
            return
        if len(failed) == 1:
            raise Failed(self.asked.problems.filter(place=failed[0]).latest("pk").sentence)
        raise Failed(f"None of the {len(failed)} repositories could be read. The report says why, for each.")
