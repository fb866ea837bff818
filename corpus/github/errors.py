"""What GitHub answers when it does not give what was asked, in our own types."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

UNTOLD_WAIT = timedelta(seconds=60)


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
    """The token is wrong or has expired."""


class Forbidden(GitHubError):
    """The token may not read this."""


class NotFound(GitHubError):
    """There is nothing under this name, or the token may not see it."""


class Blocked(GitHubError):
    """It is there, and GitHub may not show it."""


class Gone(GitHubError):
    """It was there: issues are switched off, or the thing was deleted."""


class TooDeep(GitHubError):
    """GitHub does not show so many pages of this listing."""


MEANINGS: dict[int, tuple[type[GitHubError], str]] = {
    401: (Unauthorised, "GitHub refused the request (401)."),
    403: (Forbidden, "GitHub refused the request (403)."),
    404: (NotFound, "GitHub has nothing under this name (404)."),
    410: (Gone, "GitHub says that it is gone (410)."),
    422: (TooDeep, "GitHub does not show so many pages (422)."),
    451: (Blocked, "GitHub may not show this for legal reasons (451)."),
}


def error_of(status: int, headers: Mapping[str, str], body: str) -> GitHubError:
    """What a refusal means. A limit is told by its headers or its message, under 403 as well as 429."""
    if status in (403, 429) and (until := limit_ends(status, headers, body)):
        return RateLimited(until)
    kind, sentence = MEANINGS.get(status, (Unavailable, f"GitHub answered {status}."))
    return kind(sentence)


def limit_ends(status: int, headers: Mapping[str, str], body: str) -> datetime | None:
    now = datetime.now(UTC)
    if (wait := headers.get("retry-after", "")).isdigit():
        return now + timedelta(seconds=int(wait))
    if (reset := moment(headers.get("x-ratelimit-reset", ""))) and (
        headers.get("x-ratelimit-remaining") == "0" or status == 429
    ):
        return max(reset, now)
    if status == 429 or "rate limit" in body.lower():
        return now + UNTOLD_WAIT
    return None


def moment(seconds: str) -> datetime | None:
    """Seconds since 1970 as GitHub's headers tell them."""
    whole = seconds.split(".")[0]
    return datetime.fromtimestamp(int(whole), UTC) if whole.isdigit() else None
