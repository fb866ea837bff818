"""The one module that talks to GitHub: pages of whole-repository listings, as plain dicts, in our own errors.

PyGithub's own objects are not used: on a listed issue each missing key costs a request. Its requester does the
authentication, the waiting between requests and the following of a renamed repository.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from github import Auth, Github

from corpus.payloads import is_pull_request, read_comment, read_issue
from corpus.records import BadRecord, Listing, Page, Problem

PER_PAGE = 100
TIMEOUT_SECONDS = 20
UNTOLD_WAIT = timedelta(seconds=60)
Record = TypeVar("Record")
LINK = re.compile(r'<([^<>]+)>;\s*rel="(next|last)"')


class GitHubError(Exception):
    """GitHub did not give what was asked; the sentence says what to do."""


class RateLimited(GitHubError):
    """No more requests are allowed before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("GitHub allows no more requests for now.")
        self.until = until


class Unavailable(GitHubError):
    """GitHub did not answer, or not in a way that can be read. Trying again may help."""


class Unauthorised(GitHubError):
    """The token is wrong, expired, or may not read this."""


class NotFound(GitHubError):
    """There is nothing under this name, or the token may not see it."""


class Gone(GitHubError):
    """It was there: issues are switched off, or the thing was deleted."""


@dataclass(frozen=True)
class Listed:
    """One page of a listing. `records` is None when it is as remembered. `last_page` is known when GitHub tells it."""

    listing: Listing
    records: list[Any] | None
    last_page: int | None = None


class GitHub:
    """A connection to one GitHub; close it, or use it in a with block."""

    def __init__(self, base_url: str, token: str, *, seconds_between_requests: float) -> None:
        self.host = urlsplit(base_url).netloc
        self.github = Github(
            base_url=base_url.rstrip("/"),
            auth=Auth.Token(token) if token else None,
            timeout=TIMEOUT_SECONDS,
            retry=None,
            seconds_between_requests=seconds_between_requests,
            user_agent="Intercoder",
            lazy=True,
        )

    def __enter__(self) -> "GitHub":
        return self

    def __exit__(self, *exc: object) -> None:
        self.github.close()

    def repository(self, full_name: str) -> dict[str, Any]:
        """The repository's own object, under its present name when it was renamed."""
        _, _, body = self.get(f"/repos/{full_name}")
        found = parse(body)
        if not isinstance(found, dict) or "full_name" not in found or "id" not in found:
            raise Unavailable("GitHub's answer about the repository could not be read.")
        return found

    def page(self, url: str, known: Listing | None = None) -> Listed:
        """One page; `known` is what an earlier import remembers of it, so that GitHub can answer "not modified"."""
        status, headers, body = self.get(url, etag=known.etag if known else "")
        if status == 304 and known:
            return Listed(known, None)
        records = parse(body)
        if not isinstance(records, list):
            raise Unavailable("GitHub's answer is not a list.")
        links = {rel: address for address, rel in LINK.findall(headers.get("link", ""))}
        listing = Listing(url, headers.get("etag", ""), self.here(links.get("next", "")))
        return Listed(listing, records, last_page(links))

    def here(self, address: str) -> str:
        """The address if it is on our GitHub: a token is sent nowhere else."""
        if address and urlsplit(address).netloc != self.host:
            raise Unavailable(f"GitHub sent us on to {urlsplit(address).netloc}, which is not the server that was set.")
        return address

    def get(self, url: str, *, etag: str = "") -> tuple[int, dict[str, str], str]:
        headers = {"Accept": "application/vnd.github+json"} | ({"If-None-Match": etag} if etag else {})
        try:
            status, answered, body = self.github.requester.requestJson("GET", url, headers=headers)
        except requests.RequestException as error:
            raise Unavailable(f"GitHub did not answer ({type(error).__name__}).") from error
        except RuntimeError as error:
            raise Unavailable(f"GitHub sent us to another server. Check GITHUB_API_URL. ({error})") from error
        if status not in (200, 304):
            raise error_of(status, answered, body)
        return status, answered, body


def issues_url(full_name: str, *, state: str, since: str) -> str:
    """All issues, oldest first, so that pages stay as they are while new issues come."""
    query = {"state": state, "sort": "created", "direction": "asc", "per_page": PER_PAGE}
    return f"/repos/{full_name}/issues?{urlencode(query | ({'since': since} if since else {}))}"


def comments_url(full_name: str, *, since: str) -> str:
    query = {"sort": "created", "direction": "asc", "per_page": PER_PAGE}
    return f"/repos/{full_name}/issues/comments?{urlencode(query | ({'since': since} if since else {}))}"


def last_page(links: Mapping[str, str]) -> int | None:
    """How many pages there are, where the Link header has their numbers; 1 when there is no further page."""
    if "next" not in links:
        return None
    number = parse_qs(urlsplit(links.get("last", "")).query).get("page", [""])[0]
    return int(number) if number.isdigit() else None


def parse(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unavailable("GitHub's answer is not JSON.") from error


def error_of(status: int, headers: Mapping[str, str], body: str) -> GitHubError:
    """What a refusal means. A limit is told by its headers or its message, under 403 as well as 429."""
    if status in (403, 429) and (until := limit_ends(status, headers, body)):
        return RateLimited(until)
    if status in (401, 403):
        return Unauthorised(f"GitHub refused the request ({status}).")
    if status in (404, 451):
        return NotFound(f"GitHub has nothing under this name ({status}).")
    if status == 410:
        return Gone("GitHub says that it is gone (410).")
    return Unavailable(f"GitHub answered {status}.")


def limit_ends(status: int, headers: Mapping[str, str], body: str) -> datetime | None:
    now = datetime.now(UTC)
    if (wait := headers.get("retry-after", "")).isdigit():
        return now + timedelta(seconds=int(wait))
    reset = headers.get("x-ratelimit-reset", "").split(".")[0]
    if reset.isdigit() and (headers.get("x-ratelimit-remaining") == "0" or status == 429):
        return max(datetime.fromtimestamp(int(reset), UTC), now)
    if status == 429 or "rate limit" in body.lower():
        return now + UNTOLD_WAIT
    return None


def issue_page(listed: Listed, full_name: str) -> Page:
    """A listing's page as records; pull requests are counted and left out."""
    if listed.records is None:
        return Page(unchanged=listed.listing.records, pull_requests=listed.listing.pull_requests)
    page = Page(listing=listed.listing)
    for payload in listed.records:
        if isinstance(payload, Mapping) and is_pull_request(payload):
            page.pull_requests += 1
        elif record := read(read_issue, payload, full_name, page):
            page.add_issue(record, place_of(payload))
    return page


def comment_page(listed: Listed, full_name: str) -> Page:
    if listed.records is None:
        return Page(unchanged_comments=listed.listing.records)
    page = Page(listing=listed.listing)
    for payload in listed.records:
        if record := read(read_comment, payload, full_name, page):
            page.add_comment(record, place_of(payload))
    return page


def read(
    reader: Callable[[Mapping[str, Any], str], tuple[Record, list[str]]], payload: Any, full_name: str, page: Page
) -> Record | None:
    """The record; None, with a problem on the page, when it cannot be used."""
    if not isinstance(payload, Mapping):
        page.problems.append(Problem(place_of(payload), "Not a JSON object."))
        return None
    try:
        record, notes = reader(payload, full_name)
    except BadRecord as problem:
        page.problems.append(Problem(place_of(payload), str(problem)))
        return None
    page.problems += [Problem(place_of(payload), note, skipped=False) for note in notes]
    return record


def place_of(payload: Any) -> str:
    address = payload.get("html_url") or payload.get("url") if isinstance(payload, Mapping) else ""
    return str(address or "a record without an address")[:300]
