"""Marks on an issue whose text has changed: where they were, where their words went, or detached."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.models import Assignment, Draft, Evidence, Round
from annotator.services.anchoring import marks_as_shown, place_now, shown_texts, source_of_row
from annotator.services.coding import save_draft
from annotator.services.plain_texts import Source
from corpus.markdown import render
from corpus.models import Comment, Issue, Part, Rendering, Revision
from studies.models import Membership, Study
from tests import factories

BODY = "It **fails** 🐛 at once.\r\n\r\n| run | ends |\r\n|---|---|\r\n| 1 | 9 |\r\n| 2 | 9 |"
TITLE = "Crash 🐛 at start"
COMMENT = "Same *here*."


@pytest.fixture
def issue(study: Study) -> Issue:
    made = factories.issue(factories.repository(study), body=BODY, title=TITLE)
    factories.comment(made, COMMENT)
    return made


def mark(exact: str, part: Part = Part.BODY, *, of: Issue, **fields: Any) -> dict[str, Any]:
    comment = of.comments.get() if part == Part.COMMENT else None
    markdown = {Part.TITLE: TITLE, Part.BODY: BODY, Part.COMMENT: COMMENT}[part]
    start = (TITLE if part == Part.TITLE else render(markdown).plain).index(exact)
    place = {"part": part.value, "comment": comment.pk if comment else None, "text": factories.text(markdown).pk}
    return {**place, "start": start, "end": start + len(exact), "exact": exact, "codes": [], "proposals": [], **fields}


def change(issue: Issue, *, title: str = TITLE, body: str = BODY, comment: str = COMMENT) -> Issue:
    """What an import does with new texts."""
    said = issue.comments.get()
    for part, of, before, after in (
        (Part.TITLE, None, TITLE, title), (Part.BODY, None, BODY, body), (Part.COMMENT, said, COMMENT, comment),
    ):  # fmt: skip
        if before != after:
            text = factories.text(before)
            Revision.objects.create(issue=issue, comment=of, part=part, text=text, replaced_at=factories.NOW)
    Issue.objects.filter(pk=issue.pk).update(title=title, body=factories.text(body))
    Comment.objects.filter(pk=said.pk).update(text=factories.text(comment))
    return Issue.objects.select_related("body").get(pk=issue.pk)


def test_marks_of_texts_that_are_still_there_stay_as_they_are(issue: Issue) -> None:
    marks = [mark("fails", of=issue), mark("Crash", Part.TITLE, of=issue), mark("here", Part.COMMENT, of=issue)]
    assert marks_as_shown(issue, marks) == marks
    assert marks_as_shown(issue, []) == []


def test_marks_go_with_their_words(issue: Issue) -> None:
    marks = [
        mark("🐛 at once", of=issue), mark("Crash 🐛", Part.TITLE, of=issue), mark("here", Part.COMMENT, of=issue)
    ]  # fmt: skip
    now = change(issue, title="Again: Crash 🐛", body=f"Edit 👩‍👩‍👧‍👦:\r\n\r\n{BODY}", comment="And here, too.")
    shown = marks_as_shown(now, marks)
    assert [each["exact"] for each in shown] == [each["exact"] for each in marks]
    plain = [render(now.body.markdown).plain, now.title, render("And here, too.").plain]
    assert [text[each["start"] : each["end"]] for each, text in zip(shown, plain, strict=True)] == [
        "🐛 at once", "Crash 🐛", "here",
    ]  # fmt: skip
    texts = [now.body_id, factories.text("Again: Crash 🐛").pk, factories.text("And here, too.").pk]
    assert [each["text"] for each in shown] == texts


def test_of_two_nines_the_one_in_the_same_row_is_found(issue: Issue) -> None:
    plain = render(BODY).plain
    second = plain.rindex("9")
    marks = [mark("9", of=issue) | {"start": second, "end": second + 1}]
    now = change(issue, body=BODY.replace("| 1 | 9 |", "| 0 | 9 |\r\n| 1 | 9 |"))
    (shown,) = marks_as_shown(now, marks)
    assert shown["start"] == render(now.body.markdown).plain.rindex("9")


def test_words_that_are_gone_stay_marks_of_the_text_they_were_in(issue: Issue) -> None:
    marks = [mark("fails", of=issue), mark("at once", of=issue)]
    now = change(issue, body="It works 🐛 at once.")
    assert marks_as_shown(now, marks) == [marks[0], {**marks[1], "text": now.body_id, "start": 11, "end": 18}]


def test_a_mark_of_a_text_that_is_not_known_is_found_by_its_words(issue: Issue) -> None:
    strange = mark("at once", of=issue) | {"text": factories.text("unknown").pk, "start": 3, "end": 9}
    assert marks_as_shown(issue, [strange]) == [mark("at once", of=issue)]


def test_marks_that_never_fitted_their_text_are_found_by_their_words(issue: Issue) -> None:
    now = change(issue, body="It works at once.")
    wrong = mark("at once", of=issue) | {"start": 0, "end": 7}
    assert marks_as_shown(now, [wrong]) == [wrong | {"text": now.body_id, "start": 9, "end": 16}]


def test_a_mark_of_a_comment_that_is_not_there_stays(issue: Issue) -> None:
    other = mark("here", Part.COMMENT, of=issue) | {"comment": 0}
    assert marks_as_shown(issue, [other]) == [other]


def test_another_rendering_of_the_same_text_moves_marks_too(issue: Issue) -> None:
    marks = [mark("at once", of=issue)]
    shown_texts(issue, [Source(Part.BODY)])
    Rendering.objects.filter(text=issue.body_id).update(plain="Now it fails 🐛 at once.")
    assert marks_as_shown(issue, marks) == [{**marks[0], "start": 15, "end": 22}]


def test_rows_are_found_by_what_stood_around_them(issue: Issue, members: dict[str, Membership], lead: Any) -> None:
    version = factories.taxonomy(issue.repository.study, by=lead)
    round = factories.round_of(version, [issue], [members["rater_a"]])
    coding = factories.coding(Assignment.objects.get(round_issue__round=round))
    rows = [
        factories.evidence(coding, "🐛 at"), factories.evidence(coding, "fails"),
        factories.evidence(coding, "here", comment=issue.comments.get()),
        factories.evidence(coding, "Crash", part=Part.TITLE),
    ]  # fmt: skip
    now = shown_texts(change(issue, body="Well. It works 🐛 at once.", comment="Gone."), map(source_of_row, rows))
    assert [place_now(row, now[source_of_row(row)]) for row in rows] == [(15, 19), None, None, (0, 5)]
    assert place_now(rows[0], None) is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_before_and_behind_words_are_found(issue: Issue, data: st.DataObject) -> None:
    bits = st.lists(st.sampled_from(["🐛", "fails", "| 9 |", "\r\n\r\n", "`x`", "👩‍👩‍👧‍👦", " ", "&lt;"]), max_size=6)
    before, after = ("".join(data.draw(bits)) for _ in "12")
    Issue.objects.filter(pk=issue.pk).update(body=factories.text(f"{before}\r\n\r\nA unique thing 🐛.\r\n\r\n{after}"))
    now = Issue.objects.select_related("body").get(pk=issue.pk)
    plain = render(now.body.markdown).plain
    marks = [mark("fails", of=issue) | {"exact": "unique thing 🐛", "start": 0, "end": 14}]
    (shown,) = marks_as_shown(now, marks)
    if "unique thing 🐛" in plain:
        assert plain[shown["start"] : shown["end"]] == "unique thing 🐛"


class TestScreen:
    @pytest.fixture
    def mine(self, issue: Issue, members: dict[str, Membership], lead: Any) -> Assignment:
        version = factories.taxonomy(issue.repository.study, by=lead)
        round = factories.round_of(version, [issue], [members["rater_a"], members["rater_b"]])
        return Assignment.objects.get(round_issue__round=round, member=members["rater_a"])

    @pytest.fixture
    def state(self, mine: Assignment, rater_a: Any) -> Any:
        client = Client()
        client.force_login(rater_a)
        round: Round = mine.round_issue.round
        url = reverse("coding_issue", args=[round.study.slug, round.number, mine.pk])
        return lambda: client.get(url).json()

    def test_a_draft_comes_with_its_marks_where_they_stand_now(
        self, issue: Issue, mine: Assignment, state: Any, rater_a: Any
    ) -> None:
        kept = mark("at once", of=issue)
        save_draft(assignment=mine, payload={"evidence": [kept]}, version=0, by=rater_a)
        assert state()["answer"]["evidence"] == [kept]
        now = change(issue, body="Not at once.")
        assert state()["answer"]["evidence"] == [kept | {"text": now.body_id, "start": 4, "end": 11}]
        assert Draft.objects.get().payload["evidence"] == [kept]

    def test_so_does_what_was_submitted(self, issue: Issue, mine: Assignment, state: Any) -> None:
        factories.evidence(factories.coding(mine), "at once")
        change(issue, body="Not at once.")
        assert [(each["start"], each["end"]) for each in state()["answer"]["evidence"]] == [(4, 11)]
        assert Evidence.objects.get().text_id == issue.body_id

    def test_every_text_names_its_revision_to_be_marked(self, issue: Issue, state: Any) -> None:
        html = state()["html"]
        comment = issue.comments.get()
        for attributes in (
            f'data-part="title" data-text="{factories.text(TITLE).pk}"',
            f'data-part="body" data-text="{issue.body_id}"',
            f'data-part="comment" data-comment="{comment.pk}" data-text="{comment.text_id}"',
        ):
            assert html.count(attributes) == 1

    def test_nothing_marked_has_no_key_in_the_answer(self, state: Any) -> None:
        assert "evidence" not in state()["answer"]
