"""What everybody marked in an issue, on the page of a closed round's disagreement."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Evidence, Round
from annotator.queries.disagreements import case_of
from annotator.services.marked import marked_issue
from annotator.states import Phase
from corpus.markdown import fragment
from corpus.models import Comment, Issue, Part, Revision
from studies.models import Membership, Study
from tests import factories

BODY = "It **fails** 🐛 & stops.\n\n| run | ends |\n|---|---|\n| 1 | no |\n\n```py\nload('<a>')\n```"


@pytest.fixture
def issue(study: Study) -> Issue:
    return factories.issue(factories.repository(study), body=BODY, title="Crash & <burn> 🐛")


@pytest.fixture
def comment(issue: Issue) -> Comment:
    return factories.comment(issue, "Same *here*.")


@pytest.fixture
def round(issue: Issue, members: dict[str, Membership], lead: Any) -> Round:
    version = factories.taxonomy(issue.repository.study, by=lead)
    raters = [members["rater_a"], members["rater_b"]]
    return factories.round_of(version, [issue], raters, phase=Phase.DISCUSSION)


@pytest.fixture
def codings(round: Round) -> list[Any]:
    given = round.round_issues.get().assignments.order_by("member__alias")
    return [factories.coding(each, names) for each, names in zip(given, (["Loading"], ["Output"]), strict=True)]


@pytest.fixture
def shown(round: Round, lead: Any) -> Any:
    client = Client()
    client.force_login(lead)

    def ask() -> str:
        issue = round.round_issues.get().issue_id
        return client.get(reverse("disagreement", args=[round.study.slug, round.number, issue])).content.decode()

    return ask


def drawn(html: str) -> dict[str, str]:
    """The words in each colour, without the notes."""
    tree = fragment(html)
    for note in tree.css("article .initial"):
        note.decompose()
    found: dict[str, str] = {}
    for node in tree.css("article mark.evidence"):
        colour = (node.attributes["class"] or "").split()[1]
        found[colour] = found.get(colour, "") + node.text(deep=True)
    return found


def words(html: str, css: str) -> list[str]:
    return [re.sub(r"\s+", " ", node.text(deep=True)).strip() for node in fragment(html).css(css)]


def test_everybodys_marks_stand_in_the_text_and_in_the_table(codings: list[Any], comment: Comment, shown: Any) -> None:
    first, second = codings
    rows = [
        factories.evidence(first, "fails 🐛 & stops", ["Loading"]),
        factories.evidence(first, "🐛", part=Part.TITLE),
        factories.evidence(second, "& stops.\n\n\n\nrun", ["Output"]),
        factories.evidence(second, "load('<a>')"),
        factories.evidence(second, "here", ["Output"], comment=comment),
    ]
    html = shown()
    told = drawn(html)
    assert told["colour-1"] == "🐛fails 🐛 & stops"
    assert re.sub(r"\s", "", told["colour-2"]) == "&stops.runload('<a>')here"
    assert words(html, "article .initial") == [
        "R rater_a marked this for the issue as a whole.", "R rater_a marked this for Loading.",
        "R rater_b marked this for Output.", "R rater_b marked this for the issue as a whole.",
        "R rater_b marked this for Output.",
    ]  # fmt: skip
    assert words(html, ".quoted li") == [
        "“fails 🐛 & stops” Loading", "“🐛” the issue as a whole", "“& stops. run” Output",
        "“load('<a>')” the issue as a whole", "“here” Output",
    ]  # fmt: skip
    links = {node.attributes["href"] for node in fragment(html).css(".quoted a")}
    assert links == {f"#quote-{row.pk}" for row in rows}
    assert {f"#{node.attributes['id']}" for node in fragment(html).css("article .initial")} == links


def test_a_proposed_code_is_named_like_a_code(round: Round, codings: list[Any], shown: Any) -> None:
    made = factories.proposal(round.round_issues.get(), codings[0].assignment.member, "Licences")
    factories.evidence(codings[0], "fails", ["Loading"]).proposals.add(made)
    assert words(shown(), ".quoted li") == ["“fails” Loading, Licences"]


def test_on_a_changed_issue_marks_follow_their_words_or_are_detached(
    issue: Issue, codings: list[Any], shown: Any
) -> None:
    factories.evidence(codings[0], "🐛 & stops", ["Loading"])
    factories.evidence(codings[1], "fails", ["Output"])
    factories.evidence(codings[1], "<burn>", part=Part.TITLE)
    Revision.objects.create(issue=issue, part=Part.BODY, text=issue.body, replaced_at=factories.NOW)
    Issue.objects.filter(pk=issue.pk).update(title="Solved", body=factories.text(BODY.replace("fails", "works")))
    html = shown()
    assert drawn(html) == {"colour-1": "🐛 & stops"}
    assert words(html, ".quoted li") == [
        "“🐛 & stops” Loading",
        "“fails” detached: the text has changed Output",
        "“<burn>” detached: the text has changed the issue as a whole",
    ]


def test_without_marks_nothing_is_said_of_quotes(codings: list[Any], shown: Any) -> None:
    html = shown()
    assert ("Quotes" in html, "<mark" in html) == (False, False)


def test_only_the_last_submit_counts_and_a_missing_one_marks_nothing(
    round: Round, codings: list[Any], shown: Any
) -> None:
    factories.evidence(codings[0], "fails", ["Loading"])
    factories.coding(codings[0].assignment, ["Loading"])
    assert "Quotes" not in shown()
    factories.evidence(codings[1], "stops")
    Evidence.objects.filter(coding=codings[0]).delete()
    round.round_issues.get().assignments.get(member=codings[0].assignment.member).codings.all()
    assert words(shown(), ".quoted li") == ["“stops” the issue as a whole"]


def test_the_eighth_rater_has_the_colour_of_the_rest(study: Study, issue: Issue, lead: Any) -> None:
    raters = [factories.member(study, factories.user(f"extra_{number}")) for number in range(8)]
    version = factories.taxonomy(study, by=lead)
    round = factories.round_of(version, [issue], raters, phase=Phase.DISCUSSION)
    last = sorted(round.round_issues.get().assignments.all(), key=lambda each: each.member.alias)[-1]
    factories.evidence(factories.coding(last, ["Loading"]), "fails", ["Loading"])
    marked = marked_issue(case_of(round.round_issues.get()))
    assert 'class="evidence colour-0"' in marked.reading.shown.html
    assert [len(quotes) for quotes in marked.quotes] == [0] * 7 + [1]


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_queries_for_any_number_of_marks(
    round: Round, codings: list[Any], lead: Any, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        factories.evidence(codings[0], "fails", ["Loading"])
    case = case_of(round.round_issues.get())
    marked_issue(case)  # rendered once
    with django_assert_num_queries(6):  # marks, codes, proposals, rendering; the page's comments and rendering
        marked_issue(case)
