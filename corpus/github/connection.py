"""The one module that talks to GitHub: pages of listings and single objects, as plain dicts, in our own errors.

PyGithub's own objects are not used: on a listed issue each missing key costs a request. Its requester does the
authentication, the waiting between requests and the following of what has moved. It follows without the query of the
address, so that listings are asked for by the repository's number, which never moves.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from github import Auth, Github

from corpus.github.errors import RateLimited, Unauthorised, Unavailable, error_of
from corpus.github.listings import Listed
from corpus.github.purse import Key, Purse
from corpus.records import Listing, Usage

TIMEOUT_SECONDS = 20
LINK = re.compile(r'<([^<>]+)>;\s*rel="(next|last)"')


class GitHub:
    """A connection to one GitHub; close it, or use it in a with block. It counts its requests."""

    def __init__(self, base_url: str, purse: Purse, *, seconds_between_requests: float) -> None:
        self.base_url, self.host, self.purse = base_url.rstrip("/"), urlsplit(base_url).netloc, purse
        self.seconds_between_requests = seconds_between_requests
        self.opened: dict[str, Github] = {}
        self.requests, self.key = 0, purse.keys[0]

    def __enter__(self) -> "GitHub":
        return self

    def __exit__(self, *exc: object) -> None:
        for connection in self.opened.values():
            connection.close()

    def use(self) -> Usage:
        """What was used since this was asked last: to be written down with what it brought."""
        used = Usage(self.requests, dict(self.key.quota), {key.row: key.quota for key in self.purse.keys if key.row})
        self.requests = 0
        return used

    def repository(self, full_name: str) -> dict[str, Any]:
        """The repository's own object, under its present name when it was renamed."""
        found = self.object(f"/repos/{full_name}")
        if "full_name" not in found or not isinstance(found.get("id"), int):
            raise Unavailable("GitHub's answer about the repository could not be read.")
        return found

    def issue(self, repository_id: int, number: int) -> dict[str, Any]:
        """One issue; another one than was asked for when it was moved."""
        return self.object(f"/repositories/{repository_id}/issues/{number}")

    def object(self, url: str) -> dict[str, Any]:
        found = parse(self.get(url)[2])
        if not isinstance(found, dict):
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
        """The answer to the first token that may ask. A token that GitHub refuses, or whose quota is spent, is passed
        over; RateLimited or Unauthorised when none is left."""
        while True:
            self.key = self.purse.current()
            status, headers, body = self.ask(self.key, url, etag)
            self.key.learn(headers)
            if status in (200, 304):
                return status, headers, body
            error = error_of(status, headers, body)
            if isinstance(error, RateLimited):
                self.key.rests_until = error.until
                if len(self.purse.keys) == 1:
                    raise error
            elif isinstance(error, Unauthorised):
                self.key.refused = True
            else:
                raise error

    def ask(self, key: Key, url: str, etag: str) -> tuple[int, dict[str, str], str]:
        headers = {"Accept": "application/vnd.github+json"} | ({"If-None-Match": etag} if etag else {})
        self.requests += 1
        try:
            return self.opened_for(key).requester.requestJson("GET", url, headers=headers)
        except requests.RequestException as error:
            raise Unavailable(f"GitHub did not answer ({type(error).__name__}).") from error
        except RuntimeError as error:
            raise Unavailable(f"GitHub sent us to another server. Check GITHUB_API_URL. ({error})") from error

    def opened_for(self, key: Key) -> Github:
        if key.token not in self.opened:
            self.opened[key.token] = Github(
                base_url=self.base_url,
                auth=Auth.Token(key.token) if key.token else None,
                timeout=TIMEOUT_SECONDS,
                retry=None,
                seconds_between_requests=self.seconds_between_requests,
                user_agent="Intercoder",
                lazy=True,
            )
        return self.opened[key.token]


def last_page(links: Mapping[str, str]) -> int | None:
    """How many pages there are, where the Link header has their numbers."""
    if "next" not in links:
        return None
    number = parse_qs(urlsplit(links.get("last", "")).query).get("page", [""])[0]
    return int(number) if number.isdigit() else None


def parse(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unavailable("GitHub's answer is not JSON.") from error
