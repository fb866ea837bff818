"""References become links where the study has the issue; nothing else of the text changes."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from corpus.markdown import render
from corpus.references import linked, references_in
from tests.corpus.payloads_xss import PAYLOADS

ADDRESSES = {("lab/one", 12): "/12/", ("lab/two", 3): "/3/"}


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        ("see #12, #13", [("#12", "/12/")]),
        ("Lab/Two#3 and (#12).", [("Lab/Two#3", "/3/"), ("#12", "/12/")]),
        ("`#12` and\n```\n#12\n```", []),
        ("[a #12](https://example.org/#12)", [("a #12", "https://example.org/#12")]),
        ("x#12 ##12 #12a a/b/lab/two#3 &#12;", []),
        ("**#12**", [("#12", "/12/")]),
    ],
)
def test_references_are_links(markdown, links):
    before = render(markdown)
    after = linked(before.html, "lab/one", ADDRESSES)
    tree = LexborHTMLParser(f"<div>{after}</div>").css_first("div")
    assert [(node.text(), node.attributes["href"]) for node in tree.css("a")] == links
    assert tree.text() == before.plain


def test_references_are_known_before_they_are_looked_up():
    html = [render("#1 and Lab/Two#3").html, render("`#4` #1 #99").html]
    assert references_in(html, "Lab/One") == {("lab/one", 1), ("lab/two", 3), ("lab/one", 99)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_harmless_with_links(payload):
    html = render(f"#12 {payload} #12").html
    tags = [node.tag for node in LexborHTMLParser(f"<div>{html}</div>").css("div *") if node.tag != "a"]
    after = LexborHTMLParser(f"<div>{linked(html, 'lab/one', ADDRESSES)}</div>")
    assert [node.tag for node in after.css("div *") if node.tag != "a"] == tags
