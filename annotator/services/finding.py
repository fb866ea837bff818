"""Finding words in one issue: its title, its body and all its comments, as they are read, shown on the page or not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.models import Issue, Text
from corpus.queries import comments_of
from corpus.services.renderings import renderings_of

AROUND = 50
MOST = 100


@dataclass(frozen=True)
class Hit:
    """Where the words stand: in the body, or in a comment of this number and id. `start` and `end` count the units of
    a browser's strings (UTF-16) in the text's `textContent`."""

    comment: int | None
    number: int
    start: int
    end: int
    before: str
    words: str
    after: str


def pattern_of(words: str) -> re.Pattern[str] | None:
    """The words as written, in any case, with any space between them."""
    parts = [re.escape(part) for part in words.split()]
    return re.compile(r"\s+".join(parts), re.IGNORECASE) if parts else None


def hits_in(issue: Issue, words: str) -> tuple[list[Hit], int]:
    """The first hits in the order of reading, and how many there are in all."""
    pattern = pattern_of(words)
    if pattern is None:
        return [], 0
    comments = list(comments_of(issue))
    texts: list[tuple[int | None, Text]] = [(None, issue.body), *((row.pk, row.text) for row in comments)]
    plain = {key: row.plain for key, row in renderings_of(text for _, text in texts).items()}
    found: list[Hit] = []
    total = 0
    for number, (comment, text) in enumerate(texts):
        for hit in hits_of(plain[text.pk], pattern, comment, number):
            total += 1
            if len(found) < MOST:
                found.append(hit)
    return found, total


def hits_of(plain: str, pattern: re.Pattern[str], comment: int | None, number: int) -> Iterator[Hit]:
    at = units = 0
    for match in pattern.finditer(plain):
        units += utf16(plain[at : match.start()])
        at = match.start()
        before, after = plain[max(at - AROUND, 0) : at], plain[match.end() : match.end() + AROUND]
        yield Hit(comment, number, units, units + utf16(match[0]), before, match[0], after)


def utf16(text: str) -> int:
    return len(text) + sum(1 for each in text if each > "\uffff") if not text.isascii() else len(text)
