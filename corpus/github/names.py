"""Repositories as people write them down: names, addresses, one a line or many, with whatever stands between them."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

BETWEEN = re.compile(r"[\s,;|\"'<>()\[\]]+")
SSH = re.compile(r"^git@([\w.-]+):")
NAME = re.compile(r"([A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,150})")
MOST = 1000
BOM = "\ufeff"


def read_names(text: str, hosts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Full names in the order they are met, each once whatever its case, and a sentence for each that is none.

    `hosts` are those whose addresses are understood. What follows a # on a line is a remark.
    """
    names: dict[str, str] = {}
    wrong: list[str] = []
    for number, line in enumerate(text.lstrip(BOM).splitlines(), 1):
        for word in words_of(line):
            if name := name_in(word, set(hosts)):
                names.setdefault(name.lower(), name)
            else:
                wrong.append(f"Line {number}: “{word[:80]}” is not a repository. Write it as owner/name.")
    if len(names) > MOST:
        wrong.append(f"These are {len(names)} repositories. Import at most {MOST} at once.")
    return list(names.values()), wrong


def words_of(line: str) -> Iterator[str]:
    yield from filter(None, BETWEEN.split(re.sub(r"(^|\s)#.*", "", line)))


def name_in(word: str, hosts: set[str]) -> str:
    """The full name that a word stands for; empty when it stands for none."""
    word = SSH.sub(r"https://\1/", word)
    if "://" not in word and word.lower().startswith(tuple(f"{host}/" for host in hosts)):
        word = f"https://{word}"
    if "://" not in word:
        found = NAME.fullmatch(word)
        return without_ending(found[0]) if found else ""
    try:
        split = urlsplit(word)
    except ValueError:
        return ""
    if (split.hostname or "").removeprefix("www.") not in hosts:
        return ""
    path = split.path.strip("/").removeprefix("repos/")
    found = NAME.match("/".join(path.split("/")[:2]))
    return without_ending(found[0]) if found else ""


def without_ending(name: str) -> str:
    return name.removesuffix(".git").rstrip(".,")
