"""Passages of a rendered text as elements around their words, each with a note behind it. For pages that show marks of
several people; offsets count in the text's plain text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

TOKEN = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>|[^<]+""")
# What is one character of the plain text.
UNIT = re.compile(r"\r\n|&[#\w]+;|.", re.DOTALL)
PRE = re.compile(r"<pre[ >]")


@dataclass(frozen=True)
class Span:
    """From one code point to before another; `colour` is the number of a colour, `note` safe HTML for behind it."""

    start: int
    end: int
    colour: int
    note: str


def marked(html: str, spans: Sequence[Span]) -> str:
    """The same HTML with the passages in elements. Where several overlap, one stands in the other."""
    out, at, after_pre = [], 0, False
    for token in TOKEN.findall(html):
        if token.startswith("<"):
            out.append(token)
            after_pre = bool(PRE.match(token))
            continue
        if after_pre and token.startswith("\n"):  # which no browser shows
            out.append("\n")
            token = token[1:]
        after_pre = False
        units = UNIT.findall(token)
        here = [span for span in spans if span.start < at + len(units) and at < span.end]
        out.extend(pieces(units, at, here) if here else [token])
        at += len(units)
    return "".join(out)


def pieces(units: Sequence[str], at: int, spans: Sequence[Span]) -> Iterator[str]:
    """A run of text, cut where a passage begins or ends. Blank pieces stay bare: between the rows of a
    table nothing else may stand."""
    end = at + len(units)
    edges = sorted({at, end} | {edge for span in spans for edge in (span.start, span.end) if at < edge < end})
    for first, last in pairwise(edges):
        text = "".join(units[first - at : last - at])
        covering = [span for span in spans if span.start <= first and last <= span.end] if text.strip() else []
        opening = "".join(f'<mark class="evidence colour-{span.colour}">' for span in covering)
        yield f"{opening}{text}{'</mark>' * len(covering)}"
        yield from (span.note for span in spans if span.end == last)
