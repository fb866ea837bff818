"""The figure itself: words, numbers, and that nothing leaves its box."""

from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from corpus.funnel import BOX, Drawn, Funnel, Step, boxes_of, sentence, svg, wrap

SVG = "{http://www.w3.org/2000/svg}"
DAY = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)
CLOSED = Step(1, "Closed", "state: closed", 6200, 2173, DAY, True)
MODELS = Step(2, "Mentions a model", "words: model or checkpoint", 1, 6199, DAY, False)


def drawn(funnel):
    return ElementTree.fromstring(svg(funnel))


def test_sentence_says_the_whole_way():
    funnel = Funnel(8373, 31, DAY, [CLOSED, MODELS], [Drawn("Round 3", 120, DAY)])
    assert sentence(funnel) == (
        "Collected 8,373 issues from 31 repositories (3 Mar 2026); Closed (state: closed): 6,200, 2,173 left out; "
        "Mentions a model (words: model or checkpoint): 1, 6,199 left out; drawn for Round 3: 120 (3 Mar 2026)."
    )


def test_figure_has_a_box_a_step():
    assert [(box.title, box.lines, box.beside) for box in boxes_of(Funnel(1, 1, DAY, [CLOSED, MODELS]))] == [
        ("Collected", ["1 issue from 1 repository", "as of 3 Mar 2026"], ()),
        ("Closed", ["state: closed", "6,200 issues"], ["Left out", "2,173 issues"]),
        ("Mentions a model", ["words: model or checkpoint", "1 issue"], ["Left out", "6,199 issues"]),
    ]


LONG = [
    "one that is described at such length that no box can hold it in a single line of the figure " * 2,
    "x" * 200,
    "画像認識モデルの読み込みに関する問題" * 5,
    "<script>alert(1)</script> & \x00 \x1b ]]>",
]


@pytest.mark.parametrize("text", LONG, ids=["words", "one word", "wide letters", "hostile"])
def test_long_and_hostile_names_stay_in_their_boxes(text):
    root = drawn(Funnel(5, 1, DAY, [Step(1, text, text, 3, 2, DAY, False)]))
    boxes = [
        (float(node.get("y")), float(node.get("y")) + float(node.get("height")))
        for node in root.findall(f"{SVG}rect")
        if node.get("width") == str(BOX)
    ]
    lines = [float(node.get("y")) for node in root.findall(f"{SVG}text")]
    height = float(root.get("height"))
    assert all(first[1] < second[0] for first, second in pairwise(boxes))
    assert boxes[-1][1] < height
    assert all(any(top < y < bottom for top, bottom in boxes) for y in lines[:-2])
    assert all(ord(letter) >= 32 for node in root.iter() for letter in node.text or "")


def test_wide_letters_get_half_as_many_a_line():
    assert {len(line) for line in wrap("界" * 40, 20)} == {10}
    assert wrap("", 20) == [""]


def test_a_funnel_of_nothing_is_drawn():
    empty = Funnel(0, 0, DAY, [Step(1, "Closed", "state: closed", 0, 0, DAY, False)])
    assert empty.full == 1
    assert "0 issues from 0 repositories" in [node.text for node in drawn(empty).iter(f"{SVG}text")]
