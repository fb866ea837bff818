"""The pages of frames, and the funnel as it leaves them: in the table, as a figure, and in words."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from corpus.models import Frame
from corpus.services.frames import create_frame, record_draw
from tests import factories

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def visit(client, study, lead):
    client.force_login(lead)

    def open_page(name, *args, query="", data=None):
        address = reverse(name, args=[study.slug, *args]) + query
        response = client.get(address) if data is None else client.post(address, data, follow=True)
        return response, LexborHTMLParser(response.content)

    return open_page


@pytest.fixture
def chain(study, lead):
    """Six issues, four of them closed, two of those with a model; two were drawn."""
    repository = factories.repository(study)
    for number in range(6):
        factories.issue(repository, body="model" if number < 2 else "It", days=1 if number < 4 else None)
    closed = create_frame(study=study, name="Closed", params={"state": ["closed"]}, by=lead)
    models = create_frame(study=study, name="Model & <co>", params={"q": ["model"]}, parent=closed, by=lead)
    return record_draw(frame=models, name="Round 1", issues=2, by=lead)


def words(node):
    return " ".join(node.text().split())


def table(html):
    """Step, issues, left out of each row."""
    return [[words(cell) for cell in row.css("th, td")[:3]] for row in html.css("table.funnel tbody tr")]


FIRST = "–undefined: the first step"
SAMPLE = "–undefined: a sample"
NUMBERS = [
    ["Collected", "6", FIRST],
    ["Closed", "4", "2"],
    ["Model & <co>", "2", "2"],
    ["Drawn for round 1", "2", SAMPLE],
]


def test_a_filtered_list_is_saved_as_a_frame(visit, chain):
    link = visit("issues", query="?q=model&state=closed&sort=oldest")[1].css_first("a[href*='frames/new']")
    assert words(link) == "Save this list as a frame"
    query = link.attributes["href"].partition("?")[2]
    assert {"q=model", "state=closed"} <= set(query.split("&"))
    page = visit("frame_new", query=f"?{query}")[1]
    assert "Found by “model”; closed: 2 issues of the corpus fit today." in words(page.css_first(".page-head"))
    response, html = visit("frame_new", query=f"?{query}", data={"name": "Closed models", "parent": chain.parent_id})
    made = Frame.objects.get(name="Closed models")
    assert response.redirect_chain == [(reverse("frame", args=[chain.study.slug, made.pk]), 302)]
    assert (made.filter, made.parent_id, made.counted) == ({"q": ["model"], "state": ["closed"]}, chain.parent_id, 2)
    assert words(html.css_first(".note.success")) == "Closed models is saved. It has 2 issues today."


def test_a_list_without_filter_offers_no_frame(visit, chain, client, rater_a):
    assert visit("issues")[1].css_first("a[href*='frames/new']") is None
    client.force_login(rater_a)
    assert visit("issues", query="?q=model")[1].css_first("a[href*='frames/new']") is None


@pytest.mark.parametrize(
    ("query", "data", "sentence"),
    [
        ("?q=model", {"name": "closed"}, "There is a frame closed already. Choose another name."),
        ("?q=model", {"name": ""}, "This field is required."),
        ("", {"name": "All"}, "This list has no filter yet. Choose words or filters first, then save it as a frame."),
    ],
)
def test_what_cannot_be_saved_is_said_beside_the_form(visit, chain, query, data, sentence):
    _, html = visit("frame_new", query=query, data=data)
    assert [words(node) for node in html.css(".error-text, .note.error")] == [sentence]
    assert Frame.objects.count() == 2


def test_frames_of_another_study_are_no_choice(visit, chain):
    other = factories.study("Other", "other")
    factories.member(other, chain.made_by, "lead")
    create_frame(study=other, name="Elsewhere", params={"q": ["x"]}, by=chain.made_by)
    options = [words(option) for option in visit("frame_new", query="?q=x")[1].css("select[name=parent] option")]
    assert options == ["the whole corpus", "Closed", "Model & <co>"]


def test_frames_are_shown_as_a_chain_with_numbers_and_criteria(visit, chain):
    html = visit("frames")[1]
    assert table(html) == NUMBERS
    criteria = [words(row.css("td")[3]) for row in html.css("table.funnel tbody tr")]
    assert criteria[0] == "1 repository"
    assert "losed" in criteria[1]
    assert "model" in criteria[2]


def test_a_frame_shows_its_funnel_and_its_issues(visit, chain):
    html = visit("frame", chain.pk)[1]
    assert table(html) == NUMBERS
    assert len(html.css("section[aria-labelledby=issues] tbody tr")) == 2
    assert "does not change" in words(html.css_first(".page-head"))
    assert html.css_first("form[action$='/rename/']") is None


def test_empty_pages_say_what_to_do(visit, study, client, rater_a):
    assert "Filter the list of issues" in words(visit("frames")[1].css_first(".empty"))
    client.force_login(rater_a)
    assert words(visit("frames")[1].css_first(".empty")).startswith("No frames yet. The lead saves")


def test_rename_count_and_remove(visit, chain, study):
    frame = create_frame(study=study, name="Open", params={"state": ["open"]}, by=chain.made_by)
    assert words(visit("frame_rename", frame.pk, data={"name": "Closed"})[1].css_first(".note.error")) == (
        "There is a frame Closed already. Choose another name."
    )
    assert words(visit("frame_rename", frame.pk, data={"name": "Not closed"})[1].css_first("h1")) == "Not closed"
    factories.issue(factories.repository(study), days=None)
    assert ["Not closed", "3", "4"] in table(visit("frames_count", data={})[1])
    assert words(visit("frame_delete", frame.pk, data={})[1].css_first(".note.success")) == (
        "Not closed is removed. Its issues stay in the corpus."
    )
    for name, data in (("frame_rename", {"name": "Other"}), ("frame_delete", {})):
        sentence = words(visit(name, chain.pk, data=data)[1].css_first(".note.error"))
        assert sentence.startswith("A round was drawn from Model & <co>, so it stays as it is.")
    assert Frame.objects.count() == 2


# The figure


def test_figure_and_words_have_the_numbers_of_the_page(visit, chain):
    svg = ElementTree.fromstring(visit("frame_funnel", chain.pk, "svg")[0].content)
    lines = [node.text for node in svg.iter(f"{SVG}text")]
    assert lines[:2] == ["Collected", "6 issues from 1 repository"]
    assert [lines[index + 1] for index, line in enumerate(lines) if line == "Left out"] == ["2 issues", "2 issues"]
    assert [line for line in lines if re.fullmatch(r"\d+ issues?", line)] == [
        "4 issues", "2 issues", "2 issues", "2 issues",
    ]  # fmt: skip
    assert lines[-1] == "Round 1: 2 issues"
    text = visit("frame_funnel", chain.pk, "txt")[0].content.decode()
    assert re.match(
        r"Collected 6 issues from 1 repository \(\d+ \w+ \d{4}\); Closed \(.*\): 4, 2 left out; "
        r"Model & <co> \(.*\): 2, 2 left out; drawn for Round 1: 2 \(\d+ \w+ \d{4}\)\.$",
        text,
    )
    assert words(visit("frame", chain.pk)[1].css_first("section[aria-labelledby=funnel] .headline")) == text


def test_figure_stands_by_itself_without_style_or_script(visit, chain):
    response = visit("frame_funnel", chain.pk, "svg")[0]
    assert response["Content-Type"] == "image/svg+xml"
    root = ElementTree.fromstring(response.content)
    assert {name for node in root.iter() for name in node.attrib} & {"style", "class", "onload", "href"} == set()
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {"svg", "title", "desc", "rect", "text", "path"}
    assert root.find(f"{SVG}title").text == "From the corpus to Model & <co>"


def test_picture_is_a_png_three_times_as_wide(visit, chain):
    response = visit("frame_funnel", chain.pk, "png", query="?save")[0]
    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(response.content[16:20], "big") == 680 * 3
    assert response["Content-Disposition"] == 'attachment; filename="model-reuse-model-co-funnel.png"'
