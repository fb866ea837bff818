"""GitHub, as far as an import needs it. `connection` is loaded by the job process alone: it brings PyGithub with it."""

from corpus.github.errors import (
    Blocked,
    Forbidden,
    GitHubError,
    Gone,
    NotFound,
    RateLimited,
    TooDeep,
    Unauthorised,
    Unavailable,
)
from corpus.github.listings import (
    Listed,
    comment_page,
    comments_url,
    event_page,
    events_url,
    ids_of,
    issue_page,
    issues_url,
)
from corpus.github.names import read_names
from corpus.github.purse import Key, Purse
from corpus.github.wanted import PER_PAGE, Wanted

__all__ = [
    "PER_PAGE",
    "Blocked",
    "Forbidden",
    "GitHubError",
    "Gone",
    "Key",
    "Listed",
    "NotFound",
    "Purse",
    "RateLimited",
    "TooDeep",
    "Unauthorised",
    "Unavailable",
    "Wanted",
    "comment_page",
    "comments_url",
    "event_page",
    "events_url",
    "ids_of",
    "issue_page",
    "issues_url",
    "read_names",
]
