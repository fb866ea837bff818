"""Passages drawn as elements: exactly their words, in any HTML that a text comes to, and nothing else changed."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markdown import fragment, render
from corpus.marking import Span, marked
from tests.corpus.test_anchors import markdowns

NOTE = "<i>A</i>"


def drawn(html: str, colour: int) -> list[str]:
    """What stands in elements of this colour."""
    return [node.text(deep=True) for node in fragment(html).css(f"mark.colour-{colour}")]


def without(html: str) -> str:
    return re.sub(r"</?mark[^>]*>|<i>A</i>", "", html)


@given(markdowns(), st.data())
def test_the_words_of_passages_and_nothing_else_are_marked(markdown: str, data: st.DataObject) -> None:
    rendered = render(markdown)
    plain = rendered.plain
    spans = []
    for colour in (1, 2, 3):
        start = data.draw(st.integers(0, max(len(plain) - 1, 0)))
        end = data.draw(st.integers(start, len(plain)))
        if plain[start:end].strip():
            spans.append(Span(start, end, colour, ""))
    html = marked(rendered.html, spans)
    assert without(html) == rendered.html
    assert fragment(html).text(deep=True, separator="", strip=False) == plain
    for span in spans:
        words = "".join(drawn(html, span.colour))
        assert re.sub(r"\s", "", words) == re.sub(r"\s", "", plain[span.start : span.end])


@pytest.mark.parametrize(
    ("html", "words", "expected"),
    [
        ("<p>It fails.</p>", "fails", '<p>It <mark class="evidence colour-1">fails</mark><i>A</i>.</p>'),
        (
            "<p>It <b>fails</b> &amp; stops</p>", "fails & st",
            '<p>It <b><mark class="evidence colour-1">fails</mark></b><mark class="evidence colour-1"> &amp; st</mark>'
            "<i>A</i>ops</p>",
        ),
        ("<pre>\nrun()\n</pre>", "run", '<pre>\n<mark class="evidence colour-1">run</mark><i>A</i>()\n</pre>'),
        ('<a title="a > b">see</a>', "see", '<a title="a > b"><mark class="evidence colour-1">see</mark><i>A</i></a>'),
        (
            "<table><tr><td>1</td>\n<td>9</td></tr></table>", "1\n9",
            '<table><tr><td><mark class="evidence colour-1">1</mark></td>\n<td><mark class="evidence colour-1">9</mark>'
            "<i>A</i></td></tr></table>",
        ),
        ("a\r\nb 🐛", "b 🐛", 'a\r\n<mark class="evidence colour-1">b 🐛</mark><i>A</i>'),
    ],
)  # fmt: skip
def test_the_note_stands_behind_the_last_word(html: str, words: str, expected: str) -> None:
    plain = fragment(html).text(deep=True, separator="", strip=False)
    start = plain.index(words)
    assert marked(html, [Span(start, start + len(words), 1, NOTE)]) == expected


def test_of_overlapping_passages_one_stands_in_the_other() -> None:
    html = marked("one two three", [Span(0, 7, 1, ""), Span(4, 13, 2, "")])
    assert html == (
        '<mark class="evidence colour-1">one </mark><mark class="evidence colour-1"><mark class="evidence colour-2">two'
        '</mark></mark><mark class="evidence colour-2"> three</mark>'
    )


def test_without_passages_nothing_changes() -> None:
    assert marked("<p>a</p>", []) == "<p>a</p>"


@pytest.mark.shared_data
def test_real_issues_are_cut_at_every_place_as_browsers_count(shared_data: Path) -> None:
    """One passage of each real text, from its tenth character to the tenth before its end."""
    path = shared_data / "npm_issues" / "issues.jsonl"
    bodies = [json.loads(line)["body"] or "" for line in path.read_text().splitlines()[::10]]
    for body in bodies:
        rendered = render(body)
        start, end = 10, len(rendered.plain) - 10
        if end <= start:
            continue
        html = marked(rendered.html, [Span(start, end, 1, "")])
        words = re.sub(r"\s", "", "".join(drawn(html, 1)))
        assert words == re.sub(r"\s", "", rendered.plain[start:end])
