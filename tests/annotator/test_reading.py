"""Long issues on the coding screen: light at first, the rest on demand, words found in all of it; one's own alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Round
from annotator.services.finding import hits_in
from annotator.services.reading import COMMENTS, reading_of, rest_of, text_of, thread_after
from corpus.markdown import render
from corpus.models import Issue
from studies.errors import NotThere
from studies.models import Membership, Study
from tests import factories

LOG = "step 🙂 of a log: nothing happens & nothing fails\n" * 6000 + "the NEEDLE stands here\n"


@pytest.fixture
def short(study: Study) -> Issue:
    issue = factories.issue(factories.repository(study), body="It **fails** on start.")
    factories.comment(issue, "It fails here too.")
    return issue


@pytest.fixture
def long(study: Study) -> Issue:
    issue = factories.issue(factories.repository(study), body=f"```\n{LOG}```")
    for number in range(1, 101):
        factories.comment(issue, f"Comment {number} says so." if number != 70 else LOG)
    return issue


def plain(html: str) -> str:
    return render(html).plain


def test_short_issue_is_whole(short: Issue) -> None:
    for whole in (True, False):
        reading = reading_of(short, whole=whole)
        assert reading.shown.html == "<p>It <strong>fails</strong> on start.</p>"
        assert (reading.shown.rest, reading.total, reading.left) == (None, 1, 0)
        assert [(read.number, read.shown.rest) for read in reading.comments] == [(1, None)]


def test_long_issue_is_shown_from_its_beginning(long: Issue) -> None:
    reading = reading_of(long, whole=False)
    assert len(reading.shown.html) < 100_000
    assert reading.shown.rest is not None
    assert reading.shown.size > 300_000
    assert [read.number for read in reading.comments] == list(range(1, COMMENTS + 1))
    assert (reading.total, reading.left) == (100, 100 - COMMENTS)
    assert reading_of(long).left == 0
    assert "NEEDLE" in reading_of(long).shown.html


def test_rest_of_a_text_comes_in_pieces(long: Issue) -> None:
    at, html = reading_of(long, whole=False).shown.rest, ""
    while at is not None:
        piece = rest_of(long, None, at)
        html, at = html + piece.html, piece.next
    assert "the NEEDLE stands here" in html
    assert rest_of(long, None, 10**9).next is None
    comment = long.comments.get(text__markdown=LOG)
    assert "step" in rest_of(long, comment.pk, 0).html
    with pytest.raises(NotThere):
        text_of(factories.issue(long.repository), comment.pk)


def test_thread_goes_on_and_as_far_as_is_asked(long: Issue) -> None:
    def numbers(*asked: int) -> list[int]:
        return [read.number for read in thread_after(long, *asked).comments]

    assert numbers(40) == list(range(41, 81))
    assert numbers(80) == list(range(81, 101))
    assert numbers(40, 97) == list(range(41, 98))
    assert numbers(100) == []
    assert thread_after(long, 40).left == 20
    folded = thread_after(long, 69).comments[0].shown
    assert folded.rest is not None
    assert len(folded.html) < 100_000


def test_thread_breaks_off_when_the_screen_is_full(study: Study) -> None:
    issue = factories.issue(factories.repository(study))
    for _ in range(12):
        factories.comment(issue, "word " * 4000)
    reading = reading_of(issue, whole=False)
    assert (len(reading.comments), reading.left) == (5, 7)


def test_words_are_found_in_all_of_an_issue(long: Issue, short: Issue) -> None:
    hits, total = hits_in(long, "needle  stands")
    assert [(hit.number, hit.words, hit.before[-4:], hit.after[:5]) for hit in hits] == [
        (0, "NEEDLE stands", "the ", " here"), (70, "NEEDLE stands", "the ", " here"),
    ]  # fmt: skip
    assert total == 2
    hits, total = hits_in(long, "nothing fails")
    assert (len(hits), total) == (100, 12_000)
    assert [len(hits_in(short, words)[0]) for words in ("fails", "fails on", "", "f.ils", "**")] == [2, 1, 0, 0, 0]


def test_places_count_as_browsers_do(study: Study) -> None:
    issue = factories.issue(factories.repository(study), body="🙂🙂 here and 🙂 here")
    assert [(hit.start, hit.end) for hit in hits_in(issue, "here")[0]] == [(5, 9), (17, 21)]
    assert [(hit.start, hit.end) for hit in hits_in(issue, "🙂 here")[0]] == [(2, 9), (14, 21)]


@pytest.fixture
def given_out(study: Study, members: dict[str, Membership], lead: Any, long: Issue) -> Round:
    version = factories.taxonomy(study, by=lead)
    return factories.round_of(version, [long], [members["rater_a"], members["rater_b"]])


def test_screen_brings_the_rest_as_json(given_out: Round, rater_a: Any, django_assert_num_queries: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    own = Assignment.objects.get(member__user=rater_a)
    where = {"slug": given_out.study.slug, "number": given_out.number}

    def address(name: str) -> str:
        return reverse(name, kwargs={**where, "assignment_id": own.pk})

    page = client.get(reverse("coding", kwargs=where))
    assert len(page.content) < 220_000
    assert "Show more of the 60 comments that follow" in page.content.decode()
    assert "Comment 100 says so." in client.get(reverse("coding", kwargs=where), {"whole": ""}).content.decode()
    rest = page.context["reading"].shown.rest
    told = client.get(address("coding_text"), {"from": rest}).json()
    assert "nothing fails" in told["html"]
    assert (rest > 60_000, told["next"]) == (True, None)
    with django_assert_num_queries(8):  # session, person, membership, round, assignment, comments, texts, their number
        thread = client.get(address("coding_thread"), {"after": 40}).json()["html"]
    assert thread.count("<section") == 40
    assert "Show more of the 20 comments that follow" in thread
    found = client.get(address("coding_find"), {"q": "needle"}).json()
    assert (found["total"], [hit["number"] for hit in found["hits"]]) == (2, [0, 70])
    assert client.get(address("coding_text"), {"comment": "999999"}).status_code == 404
