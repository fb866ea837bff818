"""References in rendered text: people stand out, other issues become links where the study has them.

The links stay out of the stored rendering: it is the same for every study, and its plain text carries the evidence.
"""

import re
from collections.abc import Iterable, Mapping

Key = tuple[str, int]

TOKEN = re.compile(r"<[^>]*>|[^<]+")
TAG = re.compile(r"<(/?)(a|pre|code)\b", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w@/.`-])@[A-Za-z\d][A-Za-z\d-]{0,38}(?:/[\w-]+)?(?![\w@])")
REFERENCE = re.compile(r"(?<![\w/#&.-])(?:([\w.-]+/[\w.-]+))?#(\d{1,9})(?![\w])")


def references_in(html: Iterable[str], repository: str) -> set[Key]:
    """Repository in lower case and number of every issue that the texts name."""
    found: set[Key] = set()
    for text in html:
        for piece, plain in pieces(text):
            if plain:
                found |= {key_of(match, repository) for match in REFERENCE.finditer(piece)}
    return found


def linked(html: str, repository: str, addresses: Mapping[Key, str]) -> str:
    """The sanitised HTML with a link around each reference that has an address; its text is as it was."""

    def link(match: re.Match[str]) -> str:
        address = addresses.get(key_of(match, repository))
        return f'<a href="{address}">{match[0]}</a>' if address else match[0]

    return "".join(REFERENCE.sub(link, piece) if plain else piece for piece, plain in pieces(html))


def mentioned(html: str) -> str:
    """The HTML with the people it calls by @name in bold; its text is as it was."""
    return "".join(MENTION.sub(r"<b>\g<0></b>", piece) if plain else piece for piece, plain in pieces(html))


def key_of(match: re.Match[str], repository: str) -> Key:
    return (match[1] or repository).lower(), int(match[2])


def pieces(html: str) -> Iterable[tuple[str, bool]]:
    """Tags and texts in turn, with whether it is text that may hold a link: none does in links and code."""
    inside = 0
    for piece in TOKEN.findall(html):
        if piece.startswith("<"):
            if tag := TAG.match(piece):
                inside = max(inside - 1, 0) if tag[1] else inside + 1
            yield piece, False
        else:
            yield piece, inside == 0
