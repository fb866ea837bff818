"""Words as they are searched for: how a text becomes words, and what somebody who types into the search box means."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_WORD = 100
WORD = re.compile(rf"([^\W_]{{1,{LONGEST_WORD}}})[^\W_]*")
ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
TERM = re.compile(r'(-?)(?:"([^"]*)("?)|(\S+))')
# PostgreSQL's tsvector ends at 1 MB with its positions: the words of a text beyond this many bytes are not searched.
MOST_BYTES = 300_000
CODE = re.compile(r"^ {0,3}(?:>\s?)*(?:```|~~~)|<(?:pre|code)[ >]", re.MULTILINE | re.IGNORECASE)
IMAGE = re.compile(r"!\[[^\]]*\][(\[]|<img\s", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """Words that must stand in this order, side by side; the last may go on when `prefix`; absent when `negated`."""

    words: tuple[str, ...]
    prefix: bool = False
    negated: bool = False


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> list[str]:
    """Runs of letters and digits, without case. The same for every database, so that all find the same."""
    if text.isascii():  # most texts are, and this takes a quarter of the time
        return [word[:LONGEST_WORD] for word in text.translate(ASCII).split()]
    return WORD.findall(normal(text))


def searched(texts: Iterable[str]) -> str:
    """The words of the texts, divided by spaces, as far as they are searched."""
    whole = " ".join(filter(None, (" ".join(words_of(text[:MOST_BYTES])) for text in texts)))
    return whole.encode()[:MOST_BYTES].decode(errors="ignore")


def parse(text: str) -> list[Term]:
    """Words, "phrases", -not, beginnings*. What holds no letter and no digit says nothing."""
    found = []
    for minus, phrase, _, bare in TERM.findall(text):
        said = bare or phrase
        if words := words_of(said):
            found.append(Term(tuple(words), prefix=bool(bare) and said.endswith("*"), negated=bool(minus)))
    return found


def pattern(terms: Iterable[Term]) -> re.Pattern[str] | None:
    """Finds what the terms found in a text as it was written. None when nothing is to be marked."""
    positive = [term for term in terms if not term.negated]
    if not positive:
        return None
    ends = {False: r"(?![^\W_])", True: r"[^\W_]*"}
    each = [r"[\W_]+".join(map(re.escape, term.words)) + ends[term.prefix] for term in positive]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(each, key=len, reverse=True))})", re.IGNORECASE)


def has_code(markdown: str) -> bool:
    """A block of code, fenced or in HTML."""
    return ("`" in markdown or "~" in markdown or "<" in markdown) and CODE.search(markdown) is not None


def has_image(markdown: str) -> bool:
    return IMAGE.search(markdown) is not None


def excerpt(text: str, marks: re.Pattern[str], *, around: int = 100) -> list[tuple[str, bool]]:
    """A piece of the text about the first place found, in bits of which some are marked. Empty when nothing is."""
    first = marks.search(text)
    if first is None:
        return []
    start, end = max(first.start() - around, 0), min(first.end() + around, len(text))
    bits, at = [("…" if start else "", False)], start
    for found in marks.finditer(text, start, end):
        bits += [(text[at : found.start()], False), (found[0], True)]
        at = found.end()
    bits.append((text[at:end] + ("…" if end < len(text) else ""), False))
    return [bit for bit in bits if bit[0]]
