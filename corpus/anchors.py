"""Places in texts: a quote by its offsets, its words and what stands around it, found again where the text changed.

Offsets count Unicode code points. A text's *plain text* is what a reader sees and selects: of a Markdown text that of
its rendering, as a browser's textContent has it; of a title the title itself, with the line ends of browsers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

CONTEXT = 32
# So many places of the same words are compared on either side of where they stood.
COMPARED = 200


@dataclass(frozen=True)
class Quote:
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str


def plain_title(title: str) -> str:
    return title.replace("\r\n", "\n").replace("\r", "\n")


def quoted(plain: str, start: int, end: int) -> Quote:
    """The quote between these offsets. Raises ValueError where they are none of this text."""
    if not 0 <= start < end <= len(plain):
        raise ValueError(f"{start} to {end} is no passage of a text of {len(plain)} characters.")
    return Quote(start, end, plain[start:end], plain[max(start - CONTEXT, 0) : start], plain[end : end + CONTEXT])


def found_again(quote: Quote, plain: str) -> tuple[int, int] | None:
    """Where the quote stands in this text: of all places with the same words the one whose surroundings are most like
    those it had, of those the one nearest to where it stood. None where the words are gone."""
    most = len(quote.prefix) + len(quote.suffix)
    best, best_likeness = None, (-1, 0)
    for start in places_of(quote.exact, plain, quote.start):
        likeness = likeness_at(quote, plain, start), -abs(start - quote.start)
        if likeness > best_likeness:
            best, best_likeness = start, likeness
        if likeness == (most, 0):
            break
    return None if best is None else (best, best + len(quote.exact))


def places_of(exact: str, plain: str, near: int) -> Iterator[int]:
    """Where these words begin, first from there onwards, then from there backwards."""
    yield from islice(onwards(exact, plain, near), COMPARED)
    yield from islice(backwards(exact, plain, near), COMPARED)


def onwards(exact: str, plain: str, start: int) -> Iterator[int]:
    at = plain.find(exact, start)
    while at >= 0:
        yield at
        at = plain.find(exact, at + 1)


def backwards(exact: str, plain: str, start: int) -> Iterator[int]:
    at = plain.rfind(exact, 0, max(start - 1 + len(exact), 0))
    while at >= 0:
        yield at
        at = plain.rfind(exact, 0, at - 1 + len(exact))


def likeness_at(quote: Quote, plain: str, start: int) -> int:
    """How many characters in a row before and after this place are those that stood around the quote."""
    end = start + len(quote.exact)
    before = plain[max(start - len(quote.prefix), 0) : start]
    return alike(quote.prefix[::-1], before[::-1]) + alike(quote.suffix, plain[end : end + len(quote.suffix)])


def alike(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def place_in_markdown(quote: Quote, plain: str, markdown: str) -> tuple[int, int] | None:
    """Where the quote stands in the Markdown as received. Known where its words stand there as often as in the plain
    text: then the same one of them in order. None where markup, entities or links come between."""
    lines = map(re.escape, quote.exact.split("\n"))
    written = list(re.finditer(r"\r?\n".join(lines), markdown))
    shown = [found.start() for found in re.finditer(re.escape(quote.exact), plain)]
    if len(written) != len(shown) or quote.start not in shown:
        return None
    return written[shown.index(quote.start)].span()
