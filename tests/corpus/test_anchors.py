"""Quotes by offsets, words and surroundings: taken exactly, found again after changes, told where they are gone."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.anchors import CONTEXT, Quote, found_again, place_in_markdown, plain_title, quoted
from corpus.markdown import render

FAMILY = "👩‍👩‍👧‍👦"
WORDS = [
    "fails",
    "the model",
    "🐛",
    FAMILY,
    "é",
    "e\u0301",
    "日本語",
    "&amp;",
    "<b>loud</b>",
    "`code`",
    "a|b",
    "  ",
    "9",
]

word = st.sampled_from(WORDS)
line = st.lists(word, min_size=1, max_size=5).map(" ".join)
code = st.lists(line, min_size=1, max_size=3).map(lambda lines: "```python\n" + "\n".join(lines) + "\n```")
table = st.lists(st.tuples(word, word), min_size=1, max_size=3).map(
    lambda rows: "\n".join(["| A | B |", "|---|---|", *(f"| {one} | {other} |" for one, other in rows)])
)
block = st.one_of(
    line, code, table, line.map("> {}".format), line.map("- [ ] {}".format), line.map("[{}](https://x.y)".format)
)
ending = st.sampled_from(["\n", "\r\n"])


@st.composite
def markdowns(draw: st.DrawFn) -> str:
    blocks = draw(st.lists(block, min_size=1, max_size=4))
    return "\n\n".join(blocks).replace("\n", draw(ending))


@st.composite
def quotes(draw: st.DrawFn) -> tuple[str, str, Quote]:
    """A Markdown text, its plain text, and a passage of that."""
    markdown = draw(markdowns())
    plain = render(markdown).plain
    if not plain:
        markdown = plain = "fails"
    start = draw(st.integers(0, len(plain) - 1))
    return markdown, plain, quoted(plain, start, draw(st.integers(start + 1, len(plain))))


@given(quotes())
def test_a_quote_is_found_where_it_was_taken(made: tuple[str, str, Quote]) -> None:
    _, plain, quote = made
    assert plain[quote.start : quote.end] == quote.exact
    assert plain[: quote.start].endswith(quote.prefix)
    assert plain[quote.end :].startswith(quote.suffix)
    assert found_again(quote, plain) == (quote.start, quote.end)


@given(quotes(), line, st.integers(0, 200))
def test_words_added_elsewhere_move_a_quote_and_do_not_lose_it(
    made: tuple[str, str, Quote], added: str, at: int
) -> None:
    _, plain, quote = made
    before = at % (quote.start + 1)
    after = quote.end + at % (len(plain) - quote.end + 1)
    longer = plain[:after] + added + plain[after:]
    longer = longer[:before] + added + longer[before:]
    place = found_again(quote, longer)
    assert place is not None
    assert longer[place[0] : place[1]] == quote.exact
    if longer.count(quote.exact) == 1:
        assert place == (quote.start + len(added), quote.end + len(added))


@given(quotes(), markdowns())
def test_a_quote_is_detached_exactly_where_its_words_are_gone(made: tuple[str, str, Quote], other: str) -> None:
    _, _, quote = made
    plain = render(other).plain
    place = found_again(quote, plain)
    assert (place is None) == (quote.exact not in plain)
    if place:
        assert plain[place[0] : place[1]] == quote.exact


@given(quotes())
@example(("a\r\nb", "a\nb", Quote(0, 3, "a\nb", "", "")))
def test_a_place_in_the_markdown_holds_the_same_words(made: tuple[str, str, Quote]) -> None:
    markdown, plain, quote = made
    place = place_in_markdown(quote, plain, markdown)
    if place:
        assert markdown[place[0] : place[1]].replace("\r\n", "\n") == quote.exact


CELLS = "A | B\nbase 9\nlarge 9\nhuge 9\n"


@pytest.mark.parametrize(
    ("text", "changed", "start", "end", "place"),
    [
        (CELLS, CELLS, 19, 20, (19, 20)),
        (CELLS, "A | B\ntiny 9\nbase 9\nlarge 9\nhuge 9\n", 19, 20, (26, 27)),  # not the 9 that stands at 19 now
        (CELLS, "A | B\nlarge 9\nhuge 9\n", 19, 20, (12, 13)),
        (CELLS, "A | B\nbase 8\nlarge 8\nhuge 8\n", 19, 20, None),
        ("x x x", "x x x x", 2, 3, (2, 3)),  # all around it is alike: the nearest
        (f"{FAMILY} 🐛 fails", f"🐛🐛 {FAMILY} 🐛 fails", 8, 9, (11, 12)),
    ],
)  # fmt: skip
def test_of_the_same_words_those_with_the_same_surroundings_are_the_quote(
    text: str, changed: str, start: int, end: int, place: tuple[int, int] | None
) -> None:
    assert found_again(quoted(text, start, end), changed) == place


def test_thousands_of_the_same_word_are_not_all_compared() -> None:
    text = "no " * 100_000
    quote = quoted(f"{text}the end no more", 300_008, 300_010)
    assert quote.exact == "no"
    assert found_again(quote, f"no {text}the end no more") == (300_011, 300_013)


@pytest.mark.parametrize(
    ("markdown", "words", "place"),
    [
        ("It **fails** at start", "fails", (5, 10)),
        ("It **fails** at start", "It fails", None),  # the markup stands between
        ("9 &lt; 10", "< 10", None),
        ("one\r\ntwo", "one\ntwo", (0, 8)),
        ("| a |\n|---|\n| 9 |\n| 9 |", "9", (14, 15)),
        ("[see](https://see.example)", "see", None),  # twice in the Markdown, once in the text
        ("```\n🐛 1\n```", "🐛 1", (4, 7)),
    ],
)
def test_the_place_in_the_markdown_is_told_where_it_is_certain(
    markdown: str, words: str, place: tuple[int, int] | None
) -> None:
    plain = render(markdown).plain
    start = plain.index(words)
    assert place_in_markdown(quoted(plain, start, start + len(words)), plain, markdown) == place


def test_of_words_that_overlap_themselves_no_place_is_told() -> None:
    assert place_in_markdown(quoted("aaaa", 1, 3), "aaaa", "aaaa") is None


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 6)])
def test_what_is_no_passage_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="is no passage of a text of 5 characters"):
        quoted("12345", start, end)


def test_surroundings_are_short_and_end_with_the_text() -> None:
    quote = quoted("a" * 100 + "b" + "c", 100, 101)
    assert (quote.prefix, quote.suffix) == ("a" * CONTEXT, "c")


def test_a_title_has_the_line_ends_of_browsers() -> None:
    assert plain_title("a\r\nb\rc\nd") == "a\nb\nc\nd"
