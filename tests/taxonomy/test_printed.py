"""The codebook as page, Markdown, LaTeX and JSON: whole, with safe text, counted of closed rounds alone."""

import re
from dataclasses import replace

import comrak
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from annotator.models import Assignment
from annotator.states import Phase
from taxonomy.exchange import latex, markdown
from taxonomy.exchange.formats import read
from taxonomy.exchange.kinds import written
from taxonomy.exchange.printed import Example, book_of, example
from taxonomy.models import Levels
from taxonomy.queries import records
from taxonomy.services.editing import add_code, edit_code
from taxonomy.services.versions import publish, start_draft
from tests import factories

HOSTILE = "R&D 100% a_b #1 {x} ~ ^ \\end{longtable} $5 <b>é→漢</b> [l](u) `c` *s* | -- ![i](j)"
SPECIAL = re.compile(r"(?<!\\)[&%$#_{}~^]")


@pytest.fixture
def full(draft, code, lead):
    """The draft with everything said of some codes."""
    edit_code(
        code=code("A"), name="R&D 100%_a", definition=HOSTILE, use_when="1. When\n- so", avoid_when="> Not so.",
        examples='It says "no". tidewater/captioner#7\nhttps://example.org/a_(b)?c=%25#d\nPlain.',
        notes="Only for raters.", key="q", by=lead,
    )  # fmt: skip
    for name in ("B", "C"):
        edit_code(code=code(name), exclusive_group="cause", by=lead)
    return draft


@pytest.fixture
def published(full, lead):
    return publish(version=full, note="The first.", by=lead)


@pytest.fixture
def visit(published, client, lead):
    client.force_login(lead)
    known = [published.taxonomy.study.slug, published.taxonomy_id]
    return lambda name, *args: client.get(reverse(name, args=[*known, *args]))


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("It fails. a-b/c.d#12", Example("It fails.", "a-b/c.d#12")),
        ("It fails (a/b#1)", Example("It fails", "a/b#1")),
        ("It fails – a/b#1.", Example("It fails", "a/b#1")),
        ("a/b#1", Example("", "a/b#1")),
        ("See https://x.org/?q=1", Example("See", "https://x.org/?q=1", "https://x.org/?q=1")),
        ("a/b#1 says so", Example("a/b#1 says so")),
        ("x javascript:alert(1)", Example("x javascript:alert(1)")),
        ("", Example("")),
    ],
)
def test_line_of_examples_may_end_with_an_issue_or_an_address(line, read):
    assert example(line) == read


def test_examples_lead_to_the_issue_of_the_study_or_where_it_came_from(published):
    study = published.taxonomy.study
    elsewhere = [each.url for each in book_of(published).entries[0].examples]
    assert elsewhere == ["https://github.com/tidewater/captioner/issues/7", "https://example.org/a_(b)?c=%25#d", ""]
    issue = factories.issue(factories.repository(study, "Tidewater/Captioner"), number=7)
    assert book_of(published).entries[0].examples[0].url == reverse("issue", args=[study.slug, issue.pk])
    assert book_of(published, inside=False).entries[0].examples[0].url == issue.url


def test_what_may_be_chosen_is_said(published):
    said = {entry.node.code.name: entry.choice for entry in book_of(published).entries}
    assert said["B"] == ("Of the group “cause” one at most is chosen; the others are 3 C.",)
    assert said["A1"] == ()
    published.levels, published.several_codes = Levels.LEAVES, False
    book = book_of(published)
    assert book.rule == "Only codes with nothing below them may be chosen, one code an issue."
    assert {entry.node.code.name for entry in book.entries if "below it" in " ".join(entry.choice)} == {
        "R&D 100%_a",
        "A1",
    }
    published.levels = Levels.TOP
    assert {e.node.code.name for e in book_of(published).entries if "top category" in " ".join(e.choice)} == {
        "A1",
        "A1a",
        "A2",
    }


def test_code_that_is_not_chosen_says_so(full, code, lead):
    edit_code(code=code("C"), selectable=False, exclusive_group="", by=lead)
    assert book_of(full).entries[-1].choice == ("Not chosen itself: it holds others together.",)


class TestCounts:
    @pytest.fixture
    def coded(self, study, members, lead):
        """Round 1 closed, round 2 running: only the first is counted."""
        version = factories.taxonomy(study, by=lead)
        raters = [members["rater_a"], members["rater_b"]]
        issues = [factories.issue(factories.repository(study)) for _ in range(3)]
        closed = factories.round_of(version, issues, raters, phase=Phase.DISCUSSION)
        answers = {raters[0].alias: ["Loading", "Output", ""], raters[1].alias: ["Loading", "Loading", None]}
        factories.answers(closed, answers)
        revised = Assignment.objects.get(member=raters[1], round_issue=closed.round_issues.get(position=1))
        factories.coding(revised, ["Output"])
        drawn = list(closed.round_issues.order_by("position"))
        factories.resolution(drawn[0], ["Loading"], by=lead)
        factories.resolution(drawn[1], ["Loading"], by=lead)
        factories.resolution(drawn[1], ["Output"], by=lead)
        running = factories.round_of(version, issues, raters)
        factories.answers(running, {raters[0].alias: ["Memory"] * 3, raters[1].alias: ["Memory"] * 3})
        return version

    def test_last_codings_and_labels_of_closed_rounds(self, coded):
        book = book_of(coded)
        uses = {entry.name: (entry.use.codings, entry.use.issues) for entry in book.entries}
        assert uses == {"Loading": (2, 1), "Output": (2, 1), "Memory": (0, 0)}
        assert book.counted == (
            "Counts are of closed round 1: 5 codings, 2 labelled issues. "
            "A code is counted where it was given itself, not one below it."
        )

    def test_several_rounds_are_named(self, coded):
        usage = replace(book_of(coded).usage, rounds=(1, 3))
        assert replace(book_of(coded), usage=usage).counted.startswith("Counts are of closed rounds 1, 3: ")

    def test_nothing_is_counted_before_a_round_is_closed(self, published):
        book = book_of(published)
        assert (book.usage, book.counted, {entry.use for entry in book.entries}) == (None, "", {None})

    def test_files_hold_the_counts(self, coded):
        book = book_of(coded)
        assert "Codings: 2. Issues: 1." in markdown.markdown(book)
        assert " & 2 & 1 \\\\\n" in latex.latex(book)


class TestPage:
    def test_it_holds_everything_as_text(self, visit, published):
        page = visit("taxonomy_version", 1).content.decode()
        for told in (
            "R&amp;D 100%_a", "&lt;b&gt;é→漢&lt;/b&gt;", "Only for raters.", "<kbd>q</kbd>", "The first.",
            'href="#code-1.1"', 'id="code-1.1"', published.content_hash, "Contents",
        ):  # fmt: skip
            assert told in page
        assert "<b>é" not in page

    def test_what_changed_since_the_last_version(self, visit, published, code, lead):
        next_draft = start_draft(taxonomy=published.taxonomy, by=lead)
        add_code(version=next_draft, name="D", by=lead)
        assert "“D”, at the top" in visit("draft_codebook").content.decode()
        second = publish(version=next_draft, by=lead)
        page = visit("taxonomy_version", 2).content.decode()
        assert "Changes since version 1" in page
        assert "“D”, at the top" in page
        assert "## Changes since version 1\n\n- Added: “D”, at the top" in markdown.markdown(book_of(second))
        assert "Changes since" not in visit("taxonomy_version", 1).content.decode()

    def test_draft_says_that_it_can_change_and_offers_no_files(self, published, visit, lead):
        start_draft(taxonomy=published.taxonomy, by=lead)
        page = visit("draft_codebook").content.decode()
        assert "it can still change" in page
        assert "Both say the same." in page
        assert "SHA-256" not in page
        assert not {"codebook.md", "Public link"} & set(re.findall(r"codebook\.md|Public link", page))

    @pytest.mark.parametrize("kind", ["md", "tex", "json"])
    def test_files_are_named_after_taxonomy_and_version(self, kind, visit):
        response = visit("codebook_file", 1, kind)
        assert response["Content-Disposition"] == f'attachment; filename="reuse-1.{kind}"'

    def test_as_many_queries_for_one_code_as_for_thirty(self, study, lead):
        client, counts = Client(), []
        client.force_login(lead)
        for size in (1, 30):
            version = factories.taxonomy(study, [f"Code {at}" for at in range(size)], by=lead)
            with CaptureQueriesContext(connection) as queries:
                url = reverse("taxonomy_version", args=[study.slug, version.taxonomy_id, 1])
                assert client.get(url).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestMarkdown:
    def test_it_is_read_as_it_was_typed(self, published):
        html = comrak.render_markdown(markdown.markdown(book_of(published, inside=False)))
        assert "<h2>1 R&amp;D 100%_a</h2>" in html
        assert "<h4>1.1.1 A1a</h4>" in html
        assert "&lt;b&gt;é→漢&lt;/b&gt; [l](u) `c` *s* | -- ![i](j)" in html
        assert "1. When<br />\n- so" in html
        assert '<a href="https://example.org/a_(b)?c=%25#d">' in html
        assert html.count("<ul>") == 1

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
    def test_no_text_becomes_markup(self, text):
        html = comrak.render_markdown(f"x {markdown.in_line(text)} y")
        assert re.fullmatch(r"<p>[^<]*</p>\n", html)

    @given(st.text(st.sampled_from("-+=*_#>1.) \n|`~[]()<&a"), max_size=30))
    def test_no_line_becomes_a_list_or_a_heading(self, text):
        html = comrak.render_markdown(f"x\n\n{markdown.escaped(text)}\n\ny")
        assert set(re.findall(r"<(\w+)", html)) <= {"p", "br"}


class TestLatex:
    def test_hostile_names_are_printed_as_they_are(self, published):
        text = latex.latex(book_of(published, inside=False))
        assert r"\hspace*{0em}1 R\&D 100\%\_a & R\&D 100\% a\_b \#1 \{x\} \textasciitilde{} \textasciicircum{} " in text
        assert r"\textbackslash{}end\{longtable\} \$5 \textless{}b\textgreater{}é→漢" in text
        assert r"\textbar{} -{}- ![i](j)" in text
        assert r"\href{https://example.org/a_(b)?c=\%25\#d}".replace("a_", r"a\_") in text
        assert (text.count(r"\begin{longtable}"), text.count(r"\end{longtable}")) == (1, 1)

    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
    def test_nothing_special_is_left_and_braces_are_even(self, text):
        escaped = latex.escaped(text)
        ours = re.sub(r"\\(?:text\w+\{\}|newline |[&%$#_{}])|[-',]\{\}", "", escaped)
        assert not re.search(r"[\\&%$#_{}~^]", ours)
        assert "\n" not in escaped

    @given(st.from_regex(r"https://[!-~]{1,40}", fullmatch=True))
    def test_address_breaks_no_cell(self, url):
        assert not SPECIAL.search(latex.address(url))


def test_json_is_read_again_as_the_same_codes(published):
    content, _ = written(book_of(published), "json")
    book = read(content.encode())
    assert (book.name, book.purpose, book.codes) == ("Reuse", "What goes wrong.", records(published))


def test_the_hash_may_break_in_a_caption(published):
    caption = latex.latex(book_of(published)).split(r"\caption{")[1].split(r" \\")[0]
    pieces = re.findall(r"[0-9a-f]{8}", published.content_hash)
    assert rf"SHA-256 {(chr(92) + 'allowbreak{}').join(pieces)}." in caption
