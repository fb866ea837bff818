"""Evidence: marked passages in drafts, checked at the submit, kept with the coding, told by the API."""

import hashlib
import json
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Coding, Draft, Evidence, Round
from annotator.queries.codings import answer_of
from annotator.services.coding import save_draft, submit_coding
from annotator.services.marks import LONGEST, MOST
from annotator.states import Phase
from corpus.markdown import RENDERER, render
from corpus.models import Comment, Issue, Part, Revision, Text
from studies.errors import Invalid
from studies.models import Membership, Study
from tests import factories

FAMILY = "👩‍👩‍👧‍👦"
TABLE = f"| run | ends |\n|---|---|\n| 1 | {FAMILY} |"
BODY = f"It **fails** 🐛 since `2.1`:\n\n{TABLE}\n\n```py\nload('🐛')\n```\n&amp; then".replace("\n", "\r\n")
TITLE = "Crash 🐛 at start"
COMMENT = "Same *here*."


@pytest.fixture
def issue(study: Study) -> Issue:
    return factories.issue(factories.repository(study), body=BODY, title=TITLE)


@pytest.fixture
def comment(issue: Issue) -> Comment:
    return factories.comment(issue, COMMENT)


@pytest.fixture
def round(issue: Issue, comment: Comment, members: dict[str, Membership], lead: Any) -> Round:
    version = factories.taxonomy(issue.repository.study, by=lead)
    return factories.round_of(version, [issue], [members["rater_a"], members["rater_b"]], allows_proposals=True)


@pytest.fixture
def mine(round: Round, members: dict[str, Membership]) -> Assignment:
    return Assignment.objects.get(round_issue__round=round, member=members["rater_a"])


@pytest.fixture
def codes(round: Round) -> dict[str, int]:
    return {code.name: code.pk for code in round.version.codes.all()}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def mark(exact: str, *, of: str = BODY, codes: Any = (), **fields: Any) -> dict[str, Any]:
    """A mark of the first place of these words in the body, or in the text that is given."""
    plain = of if fields.get("part") == Part.TITLE else render(of).plain
    start = plain.index(exact)
    place = {"part": "body", "comment": None, "text": sha(of), "start": start, "end": start + len(exact)}
    return {**place, "exact": exact, "codes": list(codes), "proposals": [], **fields}


def submit(assignment: Assignment, by: Any, **fields: Any) -> Coding:
    return submit_coding(assignment=assignment, by=by, **{"outcome": "none", "client_id": uuid.uuid4(), **fields})


def test_a_submit_keeps_its_passages_with_the_text_that_was_seen(
    mine: Any, codes: Any, comment: Any, rater_a: Any
) -> None:
    chosen = [codes["Loading"], codes["Output"]]
    proposal = factories.proposal(mine.round_issue, mine.member, "Licences")
    given = [
        mark("fails 🐛 since", codes=chosen),
        mark(f"1\n{FAMILY}"),
        mark("load('🐛')", codes=chosen[:1], proposals=[proposal.pk]),
        mark("🐛 at", of=TITLE, part=Part.TITLE),
        mark("here", of=COMMENT, part=Part.COMMENT, comment=comment.pk),
    ]
    coding = submit(mine, rater_a, outcome="coded", codes=chosen, proposals=[proposal.pk], evidence=given)
    rows = list(Evidence.objects.order_by("pk"))
    assert {row.coding for row in rows} == {coding}
    told = [(row.part, row.exact, row.comment, row.text_id, row.renderer) for row in rows]
    assert told == [
        ("body", "fails 🐛 since", None, sha(BODY), RENDERER),
        ("body", f"1\n{FAMILY}", None, sha(BODY), RENDERER),
        ("body", "load('🐛')", None, sha(BODY), RENDERER),
        ("title", "🐛 at", None, sha(TITLE), ""),
        ("comment", "here", comment, sha(COMMENT), RENDERER),
    ]
    ties = [({code.name for code in row.codes.all()}, {each.name for each in row.proposals.all()}) for row in rows]
    assert ties == [
        ({"Loading", "Output"}, set()),
        (set(), set()),
        ({"Loading"}, {"Licences"}),
        (set(), set()),
        (set(), set()),
    ]
    for row in rows:
        plain = TITLE if row.part == Part.TITLE else render(row.text.markdown).plain
        assert plain[row.start : row.end] == row.exact
        assert plain[: row.start].endswith(row.prefix)
        assert plain[row.end :].startswith(row.suffix)
    raw = [row.text.markdown[row.raw_start : row.raw_end] if row.raw_end else None for row in rows]
    assert raw == [None, None, "load('🐛')", "🐛 at", "here"]


def test_each_revision_has_its_own_passages_and_tells_them_as_a_draft_does(mine: Any, codes: Any, rater_a: Any) -> None:
    first = [mark("fails", codes=[codes["Loading"]])]
    second = [mark("then"), mark("since")]
    codings = [
        submit(mine, rater_a, outcome="coded", codes=[codes["Loading"]], evidence=first),
        submit(mine, rater_a, evidence=second),
        submit(mine, rater_a),
    ]
    assert [answer_of(coding).get("evidence") for coding in codings] == [first, second, None]


def test_the_same_passage_twice_is_one_with_the_codes_of_both(mine: Any, codes: Any, rater_a: Any) -> None:
    chosen = [codes["Loading"], codes["Output"]]
    given = [mark("fails", codes=chosen[:1]), mark("fails", codes=chosen[1:]), mark("fail", codes=chosen[:1])]
    coding = submit(mine, rater_a, outcome="coded", codes=chosen, evidence=given)
    assert answer_of(coding)["evidence"] == [mark("fails", codes=sorted(chosen)), mark("fail", codes=chosen[:1])]


def test_the_same_submit_again_makes_no_second_passage(mine: Any, rater_a: Any) -> None:
    again = {"client_id": uuid.uuid4(), "evidence": [mark("fails")]}
    assert submit(mine, rater_a, **again) == submit(mine, rater_a, **again)
    assert Evidence.objects.count() == 1


OTHER = "Not this issue's text."
MOVED = "“fails” does not stand at characters {} of the body: there stands “{}”. Mark it again."
NEVER = "“fails” is of a text that this issue never had. Mark it again."
UNTIED = "“fails” supports a code that is not chosen. Choose the code, or untie the quote."
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "moved": ({"start": 4, "end": 9}, MOVED.format("4 to 9", "ails ")),
    "utf-16": (  # a count as of JavaScript's strings
        mark("since") | {"start": 12, "end": 17},
        MOVED.replace("fails", "since").format("12 to 17", "ince "),
    ),
    "beyond": ({"start": 500, "end": 505}, MOVED.format("500 to 505", "")),
    "backwards": ({"start": 9, "end": 3}, MOVED.format("9 to 3", "")),
    "other text": ({"text": sha(OTHER)}, NEVER),
    "other part": ({"part": "title"}, NEVER),
    "other comment": ({"part": "comment", "comment": 0}, NEVER),
    "no words": (mark(" "), "A quote holds no words. Remove it, or mark some."),
    "code not chosen": ({"codes": [0]}, UNTIED),
    "proposal not chosen": ({"proposals": [0]}, UNTIED),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_passage_of_the_issue_is_refused_whole(mine: Any, codes: Any, rater_a: Any, name: str) -> None:
    change, sentence = WRONG[name]
    factories.text(OTHER)
    with pytest.raises(Invalid) as refusal:
        submit(
            mine, rater_a, outcome="coded", codes=[codes["Loading"]], evidence=[mark("then"), mark("fails") | change]
        )
    assert refusal.value.message_dict == {"evidence": [sentence]}
    assert not Coding.objects.exists()
    assert not Evidence.objects.exists()


def test_too_much_is_refused_with_the_limit(mine: Any, rater_a: Any) -> None:
    issue = mine.round_issue.issue
    long = "word " * (LONGEST // 5) + "end"
    Issue.objects.filter(pk=issue.pk).update(body=factories.text(long))
    with pytest.raises(Invalid, match=r"“word word .*…” has more than 20,000 characters. Mark a shorter passage."):
        submit(mine, rater_a, evidence=[mark(long, of=long)])
    many = [mark("word", of=long) | {"start": 5 * n, "end": 5 * n + 4} for n in range(MOST + 1)]
    with pytest.raises(Invalid, match=f"These are {MOST + 1} quotes; one coding takes {MOST}. Remove some."):
        submit(mine, rater_a, evidence=many)
    assert submit(mine, rater_a, evidence=many[:-1]).evidence.count() == MOST


def test_a_text_that_changed_while_it_was_read_is_taken_as_it_was_seen(
    mine: Any, comment: Comment, rater_a: Any
) -> None:
    issue = mine.round_issue.issue
    rows = ((Part.TITLE, None, TITLE), (Part.BODY, None, BODY), (Part.COMMENT, comment, COMMENT))
    for part, of, markdown in rows:
        Revision.objects.create(
            issue=issue, part=part, comment=of, text=factories.text(markdown), replaced_at=factories.NOW
        )
    Issue.objects.filter(pk=issue.pk).update(title="Solved", body=factories.text("Never mind."))
    Comment.objects.filter(pk=comment.pk).update(text=factories.text("Gone."))
    given = [
        mark("Crash", of=TITLE, part=Part.TITLE),
        mark("fails"),
        mark("here", of=COMMENT, part=Part.COMMENT, comment=comment.pk),
        mark("Solved", of="Solved", part=Part.TITLE),
    ]
    submit(mine, rater_a, evidence=given)
    assert [row.text.markdown for row in Evidence.objects.order_by("pk")] == [TITLE, BODY, COMMENT, "Solved"]


def test_a_text_of_another_place_of_the_issue_is_no_text_of_this(mine: Any, comment: Comment, rater_a: Any) -> None:
    """The same words in a comment and the body are two places."""
    other = factories.comment(mine.round_issue.issue, "Another.")
    with pytest.raises(Invalid, match="is of a text that this issue never had"):
        submit(mine, rater_a, evidence=[mark("here", of=COMMENT, part=Part.COMMENT, comment=other.pk)])


def test_a_draft_keeps_marks_in_their_shape_and_nothing_else(mine: Any, rater_a: Any) -> None:
    kept = mark("fails", codes=[3, 2, 2, "x", True]) | {"note": "x"}
    broken = [
        None, "x", {}, mark("fails") | {"part": "footer"}, mark("fails") | {"start": "1"},
        mark("fails") | {"end": True},
        mark("fails") | {"comment": 3, "part": "comment", "text": None}, mark("fails") | {"part": "comment"},
        mark("fails") | {"exact": "\ud83d"}, mark("fails") | {"exact": "a\0b"}, mark("fails") | {"end": 2**31},
    ]  # fmt: skip
    payload = {"outcome": "", "evidence": [kept, *broken]}
    save_draft(assignment=mine, payload=payload, version=0, by=rater_a)
    assert Draft.objects.get().payload["evidence"] == [mark("fails", codes=[2, 3])]
    save_draft(assignment=mine, payload={"evidence": "x"}, version=1, by=rater_a)
    assert "evidence" not in Draft.objects.get().payload


def test_the_database_holds_what_a_passage_is(mine: Any) -> None:
    row = factories.evidence(factories.coding(mine), "fails")
    for change in ({"end": row.start}, {"exact": "fail"}, {"part": "comment"}, {"raw_start": 3}, {"raw_end": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.filter(pk=row.pk).update(**change)


class TestApi:
    @pytest.fixture
    def client(self, rater_a: Any) -> Client:
        client = Client()
        client.force_login(rater_a)
        return client

    def url(self, round: Round) -> str:
        return reverse("api-codings", args=[round.study.slug, round.number])

    def test_from_the_texts_to_the_coding_and_back(
        self, round: Round, mine: Any, codes: Any, comment: Comment, client: Client
    ) -> None:
        texts = client.get(reverse("api-texts", args=[round.study.slug, round.number, mine.pk])).json()
        assert [(each["part"], each["comment"], each["text"]) for each in texts] == [
            ("title", None, sha(TITLE)), ("body", None, sha(BODY)), ("comment", comment.pk, sha(COMMENT)),
        ]  # fmt: skip
        assert [each["plain"] for each in texts] == [TITLE, render(BODY).plain, "Same here."]
        start = texts[1]["plain"].index("🐛 since")
        place = {name: texts[1][name] for name in ("part", "comment", "text")} | {"start": start, "end": start + 7}
        given = {
            "assignment": mine.pk, "outcome": "coded", "codes": [codes["Loading"]], "client_id": str(uuid.uuid4()),
            "evidence": [{**place, "exact": "🐛 since", "codes": [codes["Loading"]]}],
        }  # fmt: skip
        made = client.post(self.url(round), given, content_type="application/json")
        assert made.status_code == 201
        (told,) = made.json()["evidence"]
        raw = BODY.index("🐛 since")
        assert told == {
            **place, "exact": "🐛 since", "prefix": "It fails ", "suffix": texts[1]["plain"][start + 7 :][:32],
            "raw_start": raw, "raw_end": raw + 7, "codes": made.json()["codes"], "proposals": [],
        }  # fmt: skip
        assert client.get(self.url(round)).json()["results"][0]["evidence"] == [told]

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"start": 0}, "does not stand at characters"),
            ({"comment": 5, "part": "comment", "text": "0" * 64}, "never had"),
            ({"part": "comment"}, "names the comment"),
            ({"text": "x"}, "64"),
            ({"part": "footer"}, "not a valid choice"),
        ],
    )
    def test_refusals_stand_at_the_evidence(
        self, round: Round, mine: Any, client: Client, change: Any, sentence: str
    ) -> None:
        given = {"assignment": mine.pk, "outcome": "none", "client_id": str(uuid.uuid4())}
        given["evidence"] = [mark("fails") | change]
        answer = client.post(self.url(round), given, content_type="application/json")
        assert (answer.status_code, set(answer.json())) == (400, {"evidence"})
        assert sentence in json.dumps(answer.json())
        assert not Coding.objects.exists()

    def test_texts_are_of_ones_own_assignments_while_the_round_runs(
        self, round: Round, mine: Any, client: Client, members: Any
    ) -> None:
        theirs = Assignment.objects.get(round_issue__round=round, member=members["rater_b"])
        of = lambda pk: reverse("api-texts", args=[round.study.slug, round.number, pk])  # noqa: E731
        assert client.get(of(theirs.pk)).status_code == 404
        Round.objects.update(phase=Phase.DISCUSSION, closed_at=factories.NOW)
        assert client.get(of(mine.pk)).status_code == 403

    @pytest.mark.parametrize("count", [1, 30])
    def test_codings_take_the_same_queries_for_any_number_of_passages(
        self, round: Round, mine: Any, client: Client, count: int, django_assert_num_queries: Any
    ) -> None:
        coding = factories.coding(mine, ["Loading"])
        for _ in range(count):
            factories.evidence(coding, "fails", ["Loading"])
        with django_assert_num_queries(11):  # as without, and two for their codes and proposals
            assert len(client.get(self.url(round)).json()["results"][0]["evidence"]) == count


class TestPlainForm:
    """Without scripts the marks of a draft come along in a hidden field."""

    @pytest.fixture
    def send(self, round: Round, mine: Any, rater_a: Any) -> Any:
        client = Client()
        client.force_login(rater_a)

        def post(evidence: Any, **fields: Any) -> Any:
            data = {"assignment": mine.pk, "seen": 0, "client_id": str(uuid.uuid4()), "evidence": evidence, **fields}
            return client.post(reverse("coding", args=[round.study.slug, round.number]), data)

        return post

    def test_marks_are_kept_and_untied_from_what_is_not_ticked(self, send: Any, codes: Any) -> None:
        given = json.dumps([mark("fails", codes=[codes["Loading"], codes["Output"]])])
        assert send(given, answer=[codes["Loading"]]).status_code == 302
        assert {code.name for code in Evidence.objects.get().codes.all()} == {"Loading"}

    def test_skipping_unties_them(self, send: Any, codes: Any) -> None:
        given = json.dumps([mark("fails", codes=[codes["Loading"]])])
        assert send(given, act="skip", memo="why", answer=[codes["Loading"]]).status_code == 302
        assert (Coding.objects.get().outcome, Evidence.objects.get().codes.count()) == ("skipped", 0)

    def test_what_cannot_be_read_is_no_mark(self, send: Any) -> None:
        assert send("{", answer=["none"]).status_code == 302
        assert not Evidence.objects.exists()


@pytest.mark.parametrize("evidence", ["{", "{}", [{"part": "body"}], "[1]"])
def test_what_the_screen_sends_must_have_the_shape_of_marks(
    round: Round, mine: Any, rater_a: Any, evidence: Any
) -> None:
    client = Client()
    client.force_login(rater_a)
    given = {"outcome": "none", "client_id": str(uuid.uuid4()), "seen": 0, "evidence": evidence}
    url = reverse("coding_submit", args=[round.study.slug, round.number, mine.pk])
    answer = client.post(url, given, content_type="application/json")
    assert (answer.status_code, answer.json()) == (
        400, {"detail": "A quote names its part, its text, start, end, and the exact words."},
    )  # fmt: skip


def test_titles_are_texts_only_once_they_are_marked(mine: Any, rater_a: Any) -> None:
    assert not Text.objects.filter(sha256=sha(TITLE)).exists()
    submit(mine, rater_a, evidence=[mark("at start", of=TITLE, part=Part.TITLE)])
    assert Text.objects.get(sha256=sha(TITLE)).markdown == TITLE
