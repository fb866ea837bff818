"""Long HTML in pieces: nothing is lost at their seams, for any text, and each is whole HTML."""

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.services.pieces import piece_of
from corpus.markdown import fragment, render


def pieces(html: str, length: int) -> list[str]:
    found, begin = [], 0
    while begin is not None:
        piece = piece_of(html, begin, length)
        assert piece.next is None or piece.next > begin
        found.append(piece.html)
        begin = piece.next  # type: ignore[assignment]  # ends the loop
    return found


def text(html: str) -> str:
    return str(fragment(html).text(deep=True, separator="", strip=False))


def test_short_html_is_one_piece() -> None:
    assert pieces("<p>short</p>", 100) == ["<p>short</p>"]
    assert pieces("", 100) == [""]


def test_pieces_end_between_blocks_where_one_ends_soon() -> None:
    html = "".join(f"<p>{letter * 13}</p>" for letter in "abcdef")
    assert pieces(html, 30) == [html[:40], html[40:80], html[80:]]


def test_what_is_open_is_closed_and_opened_again() -> None:
    html = "<ul><li><b>" + "one line\n" * 4 + "</b></li></ul><p>end</p>"
    found = pieces(html, 20)
    assert found[0] == "<ul><li><b>one line\none line\n</b></li></ul>"
    assert found[1].startswith("<ul><li><b>one line\n")
    assert "".join(map(text, found)) == text(html)


def test_a_line_end_at_the_beginning_of_a_piece_of_code_is_kept() -> None:
    html = '<pre tabindex="0">' + "line\n\n\n\n\n\n" * 30 + "</pre>"
    for length in range(20, 40):
        assert "".join(map(text, pieces(html, length))) == text(html)


def test_no_entity_and_no_tag_is_cut() -> None:
    html = "<p>" + "&amp;" * 50 + '<a href="https://example.org/?a=1&amp;b=>" title="a > b">link</a></p>'
    for length in range(25, 60):
        found = pieces(html, length)
        assert "".join(map(text, found)) == text(html)


MARKDOWN = """
# Title

Some *words* with `code`, a [link](https://example.org/?a=1&b=2) and <kbd>K</kbd>.

- one
  - two

    three
- four

| a | b |
|---|---|
| 1 | 2 |
| 🙂 | 4 |

```python
def f(x):

    return x & 1 < 2
```

> quote

<details><summary>more</summary>

text

</details>

1. a
2. b
"""


@settings(max_examples=30)
@given(length=st.integers(25, 400), times=st.integers(1, 4))
def test_texts_of_pieces_put_together_are_the_text(length: int, times: int) -> None:
    html = render(MARKDOWN * times).html
    found = pieces(html, length)
    assert "".join(map(text, found)) == text(html)


@settings(max_examples=60)
@given(st.text(st.sampled_from('ab\n &<>"*`-🙂\t'), max_size=400), st.integers(25, 90))
def test_any_text_survives_its_pieces(markdown: str, length: int) -> None:
    rendered = render(markdown)
    assert "".join(map(text, pieces(rendered.html, length))) == rendered.plain


def test_first_piece_of_a_huge_text_is_small() -> None:
    html = f"<pre>{'a line of a log &amp; more' * 200_000}</pre>"
    first = piece_of(html, 0, 60_000)
    assert len(first.html) < 100_000
    assert first.next is not None
    last = piece_of(html, len(html) - 1000, 300_000)
    assert last.next is None
