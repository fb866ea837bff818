"""Markdown as GitHub shows it, and nothing in it that could do harm."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from corpus import highlighting, markdown
from corpus.highlighting import highlighted
from corpus.markdown import fragment, render
from corpus.models import Rendering, Text
from corpus.services.renderings import renderings_of
from tests import factories
from tests.corpus.payloads_xss import PAYLOADS

REL = "noopener nofollow ugc noreferrer"


def nodes(html):
    return [node for node in LexborHTMLParser(f"<div>{html}</div>").css("div *")]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "text {} text", "> {}", "**{}**"])
def test_nothing_that_could_do_harm_is_left(payload, around):
    html = render(around.format(payload)).html
    assert harm_in(html) == []
    assert LexborHTMLParser(f"<div id=outer>{html}</div><i>after</i>").css("body > i")


def harm_in(html):
    """Elements, attributes and addresses that are not on the list."""
    found = []
    for node in nodes(html):
        if node.tag not in markdown.TAGS:
            found.append(node.tag)
        allowed = markdown.ATTRIBUTES.get(node.tag, set()) | set(markdown.FORCED_ATTRIBUTES.get(node.tag, {}))
        allowed |= {"rel"} if node.tag == "a" else set()
        ours = set((node.attributes.get("class") or "").split()) <= markdown.CLASSES.get(node.tag, set())
        allowed |= {"class"} if ours else set()
        found += [f"{node.tag} {name}" for name in node.attributes if name not in allowed]
        address = node.attributes.get("href")
        if address is not None and not re.match(r"(https?://|mailto:)", address):
            found.append(address)
        if node.tag == "a" and node.attributes.get("rel") != REL:
            found.append("a link without rel")
    return found


def test_there_are_enough_payloads():
    assert len(set(PAYLOADS)) >= 68


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** ~~s~~ `c`", "<p><strong>b</strong> <del>s</del> <code>c</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# One\n## Two\n##### Five", "<h3>One</h3>\n<h4>Two</h4>\n<h6>Five</h6>"),
        ("<h1>raw</h1>", "<h3>raw</h3>"),
        (":tada:", "<p>🎉</p>"),
        ("https://a.example/x", f'<p><a href="https://a.example/x" rel="{REL}">https://a.example/x</a></p>'),
        ("[t](https://a.example)", f'<p><a href="https://a.example" rel="{REL}">t</a></p>'),
        ("![a <b>](https://i.example/x.png)", f'<p><a href="https://i.example/x.png" rel="{REL}">image: a &lt;b&gt;, i.example</a></p>'),  # noqa: E501
        ("![](https://i.example/x.png)", f'<p><a href="https://i.example/x.png" rel="{REL}">image, i.example</a></p>'),
        (
            "[![badge](https://i.example/b.svg)](https://ci.example)",
            f'<p><a href="https://ci.example" rel="{REL}"><span>image: badge, i.example</span></a></p>',
        ),
        ("![a](docs/x.png)", "<p><span>image: a</span></p>"),
        ("[t](docs/x.md)", f'<p><a rel="{REL}">t</a></p>'),
        ("> [!WARNING]\n> hot", '<blockquote class="alert-warning">\n<p><strong>Warning</strong></p>\n<p>hot</p>\n</blockquote>'),  # noqa: E501
        ("```python\nx = 1\n```", '<pre tabindex="0"><code>x = <span class="code-number">1</span>\n</code></pre>'),
        ("```nonsense\nx <b>\n```", '<pre tabindex="0"><code>x &lt;b&gt;\n</code></pre>'),
        ("```diff\n-a\n+b\n```", '<pre tabindex="0"><code><span class="code-removed">-a</span>\n<span class="code-added">+b</span>\n</code></pre>'),  # noqa: E501
        ('<pre lang="js"><code>1</code></pre>', '<pre tabindex="0"><code><span class="code-number">1</span></code></pre>'),  # noqa: E501
        ('<pre lang="js"><code><b>1</b></code></pre>', '<pre tabindex="0"><code><b>1</b></code></pre>'),
        ('<span class="code-added">x</span>', "<p><span>x</span></p>"),
        ('<blockquote class="alert-note">x</blockquote>', "<blockquote>x</blockquote>"),
        ("@octo-dev, a@b.c, `@x`, @lab/team", f'<p><b>@octo-dev</b>, <a href="mailto:a@b.c" rel="{REL}">a@b.c</a>, <code>@x</code>, <b>@lab/team</b></p>'),  # noqa: E501
        ("<details><summary>s</summary>\n\nb\n\n</details>", "<details><summary>s</summary>\n<p>b</p>\n</details>"),
        ("<kbd>x</kbd><sub>1</sub>", "<p><kbd>x</kbd><sub>1</sub></p>"),
        ("", ""),
        ("   \n", ""),
    ],
)  # fmt: skip
def test_dialect(text, html):
    assert render(text).html == html


def test_task_list_says_what_is_done_and_cannot_be_ticked():
    boxes = [node.attributes for node in nodes(render("- [x] one\n- [ ] two").html) if node.tag == "input"]
    assert boxes == [
        {"type": "checkbox", "disabled": "", "checked": "", "aria-label": "done"},
        {"type": "checkbox", "disabled": "", "aria-label": "not done"},
    ]


def test_footnotes_are_read_below_without_addresses_of_their_own():
    rendered = render("text[^n]\n\n[^n]: the note")
    assert [node.attributes for node in nodes(rendered.html) if node.tag == "a"] == [{"rel": REL}]
    assert rendered.plain.split() == ["text1", "the", "note"]


LANGUAGES = ["python", "js", "diff", "console", "html", "yaml", "json", "pytb", "c++", "nonsense", "", "bash"]
CODE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=200)


@given(CODE, st.sampled_from(LANGUAGES))
def test_colours_change_no_character_of_the_code(code, language):
    plain, coloured = (render(f"~~~~{word}\n{code.replace('~', '-')}\n~~~~\n\nafter").plain for word in ("", language))
    assert coloured == plain
    assert fragment(highlighted(code, language)).text(deep=True, separator="", strip=False) == code


def test_a_long_block_has_no_colours():
    code = "x = 1\n" * (highlighting.LONGEST // 6 + 1)
    assert render(f"```python\n{code}```").html == f'<pre tabindex="0"><code>{code}</code></pre>'


def test_table_keeps_its_alignment():
    cells = [node.attributes for node in nodes(render("|a|b|\n|:-|-:|\n|1|2|").html) if node.tag in ("th", "td")]
    assert cells == [{"align": "left"}, {"align": "right"}] * 2


def test_plain_text_is_what_a_browser_has_as_text_content():
    assert render("# A\n\n<pre>x\n</pre>\n\ny &amp; <b>z</b>\r\nlast").plain == "A\nx\n\ny & z\nlast"


@pytest.mark.parametrize(
    "hostile", [">", "<div>", "<ol><li>", "<b>", "<li>", "<table><tr><td>", "[", "![", "*a ", "`", "<details>"]
)
def test_deep_or_endless_nesting_takes_no_time(hostile):
    begun = time.process_time()
    assert harm_in(render(hostile * 30_000).html) == []
    assert time.process_time() - begun < 5


def test_text_longer_than_any_issue_comes_as_it_is_written():
    text = "# <b>x</b>\n" + "y" * markdown.LONGEST
    assert render(text).html.startswith('<pre tabindex="0"># &lt;b&gt;x&lt;/b&gt;')
    assert render(text).plain == text


@pytest.mark.shared_data
def test_real_issues_are_harmless_and_say_what_they_said(shared_data):
    for line in (shared_data / "npm_issues" / "issues.jsonl").read_text().splitlines():
        rendered = render(json.loads(line)["body"] or "")
        assert harm_in(rendered.html) == []
        assert render(json.loads(line)["body"] or "").plain == rendered.plain


def test_renderings_are_made_once_for_many_texts(db, django_assert_num_queries):
    texts = [factories.text(f"*{number}*") for number in range(30)]
    with django_assert_num_queries(2):
        made = renderings_of(texts)
    with django_assert_num_queries(1):
        found = renderings_of([*texts, texts[0]])
    assert {key: row.html for key, row in made.items()} == {
        text.pk: f"<p><em>{number}</em></p>" for number, text in enumerate(texts)
    }
    assert {key: row.plain for key, row in found.items()} == {text.pk: str(number) for number, text in enumerate(texts)}
    assert Rendering.objects.count() == 30


def test_rendering_of_another_renderer_is_made_anew(db, monkeypatch):
    text = factories.text("x")
    renderings_of([text])
    monkeypatch.setattr("corpus.services.renderings.RENDERER", "next")
    renderings_of([text])
    assert set(Rendering.objects.values_list("renderer", flat=True)) == {markdown.RENDERER, "next"}
    assert str(Text.objects.get()) == text.pk[:12]
