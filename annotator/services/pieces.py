"""Long HTML in pieces: each is whole HTML of its own, and their texts, put together, are the text of all of it.

The HTML is that of `corpus.markdown`: sanitised, so that every tag that opens is closed, in order.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(r"<(/?)([a-z0-9]+)((?:[^>\"]|\"[^\"]*\")*)>|[^<]+")
VOID = {"br", "hr", "input", "wbr"}
ENTITY = re.compile(r"&[#\w]{0,10}$")
# So much more is taken to end between blocks rather than within one.
SLACK = 1.5


@dataclass(frozen=True)
class Piece:
    """`next` is where the following piece begins, None at the end."""

    html: str
    next: int | None


def piece_of(html: str, begin: int, length: int) -> Piece:
    """About `length` characters of HTML, at least 25, from `begin`, which is 0 or what an earlier piece named as
    `next`. What is open at either end is opened and closed again."""
    if begin == 0 and len(html) <= length * SLACK:
        return Piece(html, None)
    before = open_at(html, begin)
    end, after = cut(html, begin, length, before)
    closing = "".join(f"</{name}>" for name, _ in reversed(after))
    inner = "".join(tag for _, tag in before) + kept_line(before, html, begin) + html[begin:end]
    return Piece(inner + closing, end if end < len(html) else None)


Open = list[tuple[str, str]]


def open_at(html: str, position: int) -> Open:
    """Names and tags of the elements that are open here, the outermost first."""
    stack: Open = []
    for token in TOKEN.finditer(html, 0, position):
        follow(stack, token)
    return stack


def follow(stack: Open, token: re.Match[str]) -> None:
    if token[2] is None or token[2] in VOID:
        return
    if token[1]:
        stack.pop()
    else:
        stack.append((token[2], token[0]))


def cut(html: str, begin: int, length: int, before: Open) -> tuple[int, Open]:
    """Where a piece ends, and what is open there: between blocks where one ends soon, else within."""
    stack, least, most = list(before), begin + length, begin + int(length * SLACK)
    for token in TOKEN.finditer(html, begin):
        if token.start() >= most and not token[1]:
            return token.start(), stack
        if token[2] is None and token.end() > most:
            return within(html, max(token.start(), least), most), stack
        follow(stack, token)
        if token.end() >= least and not stack:
            return token.end(), stack
    return len(html), []


def within(html: str, least: int, most: int) -> int:
    """The end of a line in this text, else any place that is in no entity."""
    line = html.rfind("\n", least, most)
    if line >= 0:
        return line + 1
    entity = ENTITY.search(html, max(most - 12, 0), most)
    return entity.start() if entity else most


def kept_line(before: Open, html: str, begin: int) -> str:
    """A browser drops a line end that follows <pre>; one that belongs to the text is written twice."""
    return "\n" if before and before[-1][0] == "pre" and html[begin : begin + 1] == "\n" else ""
