"""A list of issues as people paste it: owner/name#number, addresses, or numbers where the study has one repository."""

import re

from corpus.models import Repository
from studies.errors import Invalid
from studies.models import Study

BETWEEN = re.compile(r"[\s,;]+")
KEY = re.compile(r"([\w.-]+/[\w.-]+)#(\d{1,9})")
ADDRESS = re.compile(r"https?://[^/\s]+/([\w.-]+/[\w.-]+)/issues/(\d{1,9})(?:[/?#]\S*)?")
NUMBER = re.compile(r"#?(\d{1,9})")
MOST_NAMED = 10


def keys_in(text: str, study: Study) -> list[str]:
    """The keys named, each once, in lower case. Invalid names what cannot be read."""
    asked = [word for word in BETWEEN.split(text) if word]
    if not asked:
        raise Invalid({"listed": "Paste the issues: owner/name#number, addresses, or numbers."})
    names = names_of(study)
    read = {word: key_of(word, names) for word in asked}
    if unread := [word for word, key in read.items() if key is None]:
        numbers = any(NUMBER.fullmatch(word) for word in unread)
        more = " Numbers alone do when the study has one repository." if numbers else ""
        raise Invalid({"listed": f"Not readable as an issue: {named(unread)}.{more}"})
    return list(dict.fromkeys(key for key in read.values() if key))


def names_of(study: Study) -> dict[str, str]:
    """Present names of repositories by present and former ones, in lower case."""
    found = dict[str, str]()
    repositories = list(Repository.objects.filter(study=study))
    for repository in repositories:
        found |= {str(former).lower(): str(repository).lower() for former in repository.former_names}
    return found | {str(repository).lower(): str(repository).lower() for repository in repositories}


def key_of(word: str, names: dict[str, str]) -> str | None:
    if match := KEY.fullmatch(word) or ADDRESS.fullmatch(word):
        repository = match[1].lower()
        return f"{names.get(repository, repository)}#{int(match[2])}"
    if (match := NUMBER.fullmatch(word)) and len(set(names.values())) == 1:
        return f"{next(iter(names.values()))}#{int(match[1])}"
    return None


def named(words: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(words) - MOST_NAMED
    return ", ".join(words[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
