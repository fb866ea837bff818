"""What is known elsewhere of a version's codes. Other rooms register how to find out, at start; this one asks."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.utils.module_loading import import_string

from studies.models import Membership, Study
from taxonomy.models import Code, Version


@dataclass(frozen=True)
class Use:
    """Codings that have a code itself, not one below it, and issues whose label has it."""

    codings: int
    issues: int


@dataclass(frozen=True)
class Usage:
    """Of closed rounds alone. `rounds` are their numbers; the totals are what `by_uid` can be held against."""

    rounds: tuple[int, ...]
    codings: int
    issues: int
    by_uid: Mapping[uuid.UUID, Use]

    def of(self, uid: uuid.UUID) -> Use:
        return self.by_uid.get(uid, Use(0, 0))


@dataclass(frozen=True)
class IssueAddress:
    """Where an issue is read: in the study, and where it came from."""

    page: str
    source: str


Counter = Callable[[Version], Usage]
Holders = Callable[[Code, Membership], int]
Finder = Callable[[Study, Collection[str]], Mapping[str, IssueAddress]]

NAMES: dict[str, str] = {}


def register(*, counter: str, holders: str, finder: str) -> None:
    """Dotted names: of what counts the use of a version, of what counts the codings that hold a code, and of what
    finds issues by keys such as owner/name#12."""
    NAMES.update(counter=counter, holders=holders, finder=finder)


def usage_of(version: Version) -> Usage | None:
    """None where no closed round used the version, so that there is nothing to count."""
    count: Counter = import_string(NAMES["counter"])
    usage = count(version)
    return usage if usage.rounds else None


def codings_with(code: Code, member: Membership) -> int:
    """How many codings hold the code, in whichever version, as far as the member may see them."""
    count: Holders = import_string(NAMES["holders"])
    return count(code, member)


def addresses_of(study: Study, keys: Collection[str]) -> Mapping[str, IssueAddress]:
    """By key in lower case, for the keys that the study has."""
    find: Finder = import_string(NAMES["finder"])
    return find(study, keys) if keys else {}
