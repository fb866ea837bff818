"""Listings of GitHub as pages of records; what is not wanted and what is no issue is counted and left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from corpus.github.wanted import PER_PAGE, Wanted
from corpus.payloads import is_pull_address, is_pull_request, read_comment, read_event, read_issue
from corpus.records import BadRecord, Listing, Page, Problem

Found = TypeVar("Found")


@dataclass(frozen=True)
class Listed:
    """One page of a listing. `records` is None when it is as remembered. `last_page` is known when GitHub tells it."""

    listing: Listing
    records: list[Any] | None
    last_page: int | None = None


def issues_url(repository_id: int, wanted: Wanted) -> str:
    return f"/repositories/{repository_id}/issues?{urlencode(wanted.query)}"


def comments_url(repository_id: int) -> str:
    """All comments, oldest first. The issue that was changed last has comments from before."""
    query = {"sort": "created", "direction": "asc", "per_page": PER_PAGE}
    return f"/repositories/{repository_id}/issues/comments?{urlencode(query)}"


def events_url(repository_id: int) -> str:
    """All events, the newest first: GitHub lists them in no other order."""
    return f"/repositories/{repository_id}/issues/events?{urlencode({'per_page': PER_PAGE})}"


def issue_page(listed: Listed, full_name: str, wanted: Wanted) -> Page:
    """The page's issues. Its `numbers` are those of all that stand on it, wanted or not."""
    if listed.records is None:
        return unchanged(listed)
    page = Page(listing=listed.listing)
    for payload in listed.records:
        if isinstance(payload, Mapping) and is_pull_request(payload):
            page.pull_requests += 1
        elif record := read(read_issue, payload, full_name, page):
            page.numbers.append(record.number)
            if wanted.takes(record):
                page.add_issue(record, place_of(payload))
                page.comments_told += number_of_comments(payload) if wanted.comments else 0
            else:
                page.left_out += 1
            page.is_last = page.is_last or wanted.ends_before(record.created_at)
    return page


def number_of_comments(payload: Mapping[str, Any]) -> int:
    told = payload.get("comments")
    return told if isinstance(told, int) else 0


def unchanged(listed: Listed) -> Page:
    known = listed.listing
    return Page(
        unchanged=known.records,
        pull_requests=known.pull_requests,
        numbers=list(known.numbers),
        left_out=max(len(known.numbers) - known.records, 0),
    )


def comment_page(listed: Listed, full_name: str) -> Page:
    if listed.records is None:
        return Page(unchanged_comments=listed.listing.records)
    page = Page(listing=listed.listing)
    for payload in listed.records:
        if isinstance(payload, Mapping) and is_pull_address(payload.get("html_url")):
            page.passed_over += 1
        elif record := read(read_comment, payload, full_name, page):
            page.add_comment(record, place_of(payload))
    return page


def event_page(records: list[Any], full_name: str) -> Page:
    """The events that matter; those of pull requests and all other kinds are passed over."""
    page = Page()
    for payload in records:
        before = len(page.problems)
        if record := read(read_event, payload, full_name, page):
            page.add_event(record, place_of(payload))
        else:
            page.passed_over += len(page.problems) == before
    return page


def ids_of(records: list[Any]) -> list[int]:
    return [one["id"] for one in records if isinstance(one, Mapping) and isinstance(one.get("id"), int)]


def read(
    reader: Callable[[Mapping[str, Any], str], tuple[Found, list[str]]], payload: Any, full_name: str, page: Page
) -> Found | None:
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
