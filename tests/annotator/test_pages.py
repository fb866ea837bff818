"""The room's pages through the client: what they show, what they refuse, how many queries they need."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Coding, Draft, Resolution, Round
from annotator.states import Outcome, Phase
from studies.models import Membership, Study
from taxonomy.models import Code
from tests import factories


@pytest.fixture
def version(study: Study, lead: Any) -> Any:
    return factories.taxonomy(study, by=lead)


@pytest.fixture
def raters(members: dict[str, Membership]) -> list[Membership]:
    return [members["rater_a"], members["rater_b"]]


@pytest.fixture
def issues(study: Study) -> list[Any]:
    return [factories.issue(factories.repository(study), number=number) for number in range(1, 5)]


@pytest.fixture
def running(version: Any, issues: Any, raters: Any) -> Round:
    return factories.round_of(version, issues, raters)


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(name: str, round: Round, **more: Any) -> str:
    return reverse(name, kwargs={"slug": round.study.slug, "number": round.number, **more})


def mine(round: Round, position: int = 0, alias: str = "rater-1") -> Assignment:
    return Assignment.objects.get(round_issue__round=round, member__alias=alias, position=position)


def send(client: Client, name: str, assignment: Assignment, given: Any) -> Any:
    url = address(name, assignment.round_issue.round, assignment_id=assignment.pk)
    return client.post(url, json.dumps(given), content_type="application/json")


def answer(**fields: Any) -> dict[str, Any]:
    return {"outcome": "none", "codes": [], "seen": 0, "client_id": str(uuid.uuid4()), **fields}


def test_new_round_is_drawn_from_the_form(study: Study, version: Any, issues: Any, raters: Any, lead: Any) -> None:
    given = {
        "version": version.pk, "size": 3, "raters": [rater.pk for rater in raters], "several_codes": "one",
        "kind": "calibration", "seed": "5",
    }  # fmt: skip
    response = enter(lead).post(reverse("round_new", args=[study.slug]), given)
    made = Round.objects.get()
    assert response["Location"] == address("round", made)
    assert (made.several_codes, made.kind, made.sample["seed"], made.sample["size"]) == (False, "calibration", 5, 3)
    assert Assignment.objects.count() == 6


def test_new_round_says_beside_the_field_what_to_change(
    study: Study, version: Any, issues: Any, raters: Any, lead: Any
) -> None:
    given = {"version": version.pk, "size": 9, "raters": [raters[0].pk], "several_codes": "one", "kind": "coding"}
    response = enter(lead).post(reverse("round_new", args=[study.slug]), given)
    assert response.context["form"].errors == {"size": ["The corpus has 4 issues; draw 4 or fewer."]}
    assert not Round.objects.exists()


def test_round_is_started_and_closed_by_its_page(version: Any, issues: Any, raters: Any, lead: Any) -> None:
    round = factories.round_of(version, issues, raters, phase=Phase.DRAFTED)
    client = enter(lead)
    assert "Start round 1 with 2 raters" in client.get(address("round", round)).content.decode()
    client.post(address("round_start", round))
    factories.coding(mine(round), ["Loading"])
    assert "Close round 1 with 1 of 8 codings" in client.get(address("round", round)).content.decode()
    told = client.post(address("round_close", round), follow=True).content.decode()
    assert "Round 1 is closed; 7 codings stay missing. Members see the codings now, and it is in discussion." in told
    assert (
        "Round 1 is closed already; it is in discussion."
        in client.post(address("round_close", round), follow=True).content.decode()
    )
    shown = client.get(address("round", round)).content.decode()
    assert "Resolve disagreements" in shown
    assert "1 issue that somebody coded has no decision yet." in shown


def test_round_is_resolved_and_taken_up_again_by_its_pages(version: Any, issues: Any, raters: Any, lead: Any) -> None:
    round = factories.round_of(version, issues[:1], raters, phase=Phase.DISCUSSION)
    factories.answers(round, {"rater-1": ["Loading"], "rater-2": ["Output"]})
    decision = factories.resolution(round.round_issues.get(), ["Loading"], by=lead)
    client = enter(lead)
    one = reverse("disagreement", args=[round.study.slug, 1, issues[0].pk])
    assert "Record and go to the next" in client.get(one).content.decode()
    assert "Resolve round 1" in client.get(address("round", round)).content.decode()
    told = client.post(address("round_resolve", round), follow=True).content.decode()
    assert "Round 1 is resolved. Its decisions are frozen." in told
    assert "Round 1 is resolved already." in client.post(address("round_resolve", round), follow=True).content.decode()
    frozen = client.get(one).content.decode()
    assert ("so its decisions are frozen" in frozen, "Record and go" in frozen) == (True, False)
    answer = {"answer": "none", "how": "lead", "reason": "No."}
    assert client.post(one, answer).status_code == 403
    assert "Say why." in client.post(address("round_reopen", round), {"reason": ""}).content.decode()
    client.post(address("round_reopen", round), {"reason": "It was <mistaken>."})
    assert "by lead: It was &lt;mistaken&gt;." in client.get(address("round", round)).content.decode()
    assert client.post(one, answer).status_code == 302
    assert [row.outcome for row in round.round_issues.get().resolutions.order_by("revision")] == ["coded", "none"]
    assert decision.revision == 1


def test_list_and_round_page_take_the_same_queries_for_any_number(
    study: Study, version: Any, issues: Any, raters: Any, lead: Any, django_assert_num_queries: Any
) -> None:
    client = enter(lead)
    for _ in range(3):
        round = factories.round_of(version, issues, raters)
        with django_assert_num_queries(4):
            client.get(reverse("rounds", args=[study.slug]))
        with django_assert_num_queries(12):
            client.get(address("round", round))


def test_empty_list_says_what_belongs_there(study: Study, lead: Any, rater_a: Any) -> None:
    url = reverse("rounds", args=[study.slug])
    assert "No rounds yet. A round is a sample of issues for some raters." in enter(lead).get(url).content.decode()
    assert "The lead draws a sample" in enter(rater_a).get(url).content.decode()


def test_coding_screen_starts_with_the_first_open_issue(running: Round, rater_a: Any) -> None:
    factories.coding(mine(running, 0), ["Loading"])
    response = enter(rater_a).get(address("coding", running))
    assert response.context["assignment"] == mine(running, 1)
    setup = response.context["setup"]
    first, _, third, fourth = (mine(running, n).pk for n in range(4))
    assert (setup["total"], setup["done"], setup["submitted"]) == (4, 1, [first])
    assert [setup["state"][name] for name in ("before", "after", "ahead")] == [first, third, [third, fourth]]
    assert "no-store" in response["Cache-Control"]


def test_coding_screen_shows_nothing_that_may_bias(running: Round, issues: Any, rater_a: Any) -> None:
    issue = issues[0]
    issue.closed_by, issue.state_reason = "closer-of-issues", "not_planned"
    issue.save()
    factories.coding(mine(running, 0, "rater-2"), ["Output"], memo="what the other thought")
    html = enter(rater_a).get(address("coding", running)).content.decode()
    for secret in ("closer-of-issues", "not_planned", "closed", "what the other thought", "rater_b", "rater-2"):
        assert secret not in html


def test_coding_screen_needs_few_queries_whatever_the_round(
    study: Study, version: Any, raters: Any, rater_a: Any, django_assert_num_queries: Any
) -> None:
    client = enter(rater_a)
    for count in (1, 30):
        issues = [factories.issue(factories.repository(study), body=f"Body {count}") for _ in range(count)]
        for issue in issues:
            factories.comment(issue, "One."), factories.comment(issue, "Two.")
        round = factories.round_of(version, issues, raters)
        client.get(address("coding", round))
        # session, person, membership, round, tally, next open, assignment, draft, last coding, last submits, codes used
        # last, own keys, comments,
        # texts, codes; before, after, and the open ones after it; only where
        # those are few, those before it
        with django_assert_num_queries(19 - (count == 30)):
            client.get(address("coding", round))
        url = address("coding_issue", round, assignment_id=mine(round).pk)
        with django_assert_num_queries(13 - (count == 30)):
            client.get(url)
        with django_assert_num_queries(6):  # session, person, membership, round, count, a page
            client.get(address("coding_list", round))


def test_coding_screen_carries_no_list_of_the_round(study: Study, version: Any, raters: Any, rater_a: Any) -> None:
    client, repository, sizes = enter(rater_a), factories.repository(study), []
    for count in (20, 120):
        round = factories.round_of(version, [factories.issue(repository) for _ in range(count)], raters)
        page = client.get(address("coding", round))
        assert len(page.context["setup"]["state"]["ahead"]) == 12
        sizes.append(len(page.content))
    assert abs(sizes[0] - sizes[1]) < 400  # longer numbers alone


def test_list_of_issues_is_a_page_that_filters_and_shows_where_one_is(
    study: Study, version: Any, raters: Any, rater_a: Any
) -> None:
    repository, client = factories.repository(study), enter(rater_a)
    issues = [factories.issue(repository, title=f"Problem {n}") for n in range(120)]
    round = factories.round_of(version, issues, raters)
    factories.coding(mine(round, 70), ["Loading"])
    url = address("coding_list", round)
    assert [row.position for row in client.get(url).context["page"]] == list(range(50))
    at = client.get(url, {"at": mine(round, 70).pk})
    assert [row.position for row in at.context["page"]] == list(range(50, 100))
    assert at.content.decode().count("you are here, done") == 1
    assert [row.position for row in client.get(url, {"show": "done", "at": mine(round, 70).pk}).context["page"]] == [70]
    found = client.get(url, {"q": "problem 11", "page": "9"})
    assert [row.position for row in found.context["page"]] == [11, *range(110, 120)]
    assert "None of your issues is like this." in client.get(url, {"q": "nothing"}).content.decode()
    assert client.get(url, {"at": mine(round, 0, "rater-2").pk}).status_code == 404
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.count("data-issue=") == 50


def test_named_issue_is_opened_and_others_are_not_there(running: Round, rater_a: Any) -> None:
    client = enter(rater_a)
    response = client.get(address("coding", running), {"issue": mine(running, 2).pk})
    assert response.context["assignment"] == mine(running, 2)
    assert client.get(address("coding", running), {"issue": mine(running, 2, "rater-2").pk}).status_code == 404
    assert client.get(address("coding", running), {"issue": "x"}).status_code == 404


def test_finished_rater_sees_the_end_and_what_to_look_at_again(running: Round, rater_a: Any) -> None:
    for position, fields in enumerate(
        [{}, {"outcome": Outcome.SKIPPED}, {"flagged": True}, {"outcome": Outcome.UNCLEAR}]
    ):
        factories.coding(mine(running, position), memo="?", **fields)
    response = enter(rater_a).get(address("coding", running))
    assert "You have coded all 4 issues of round 1" in response.content.decode()
    assert list(response.context["revisit"]) == [mine(running, n) for n in (1, 2, 3)]


def test_plain_form_submits_and_goes_on(running: Round, rater_a: Any) -> None:
    code = Code.objects.get(name="Output")
    given = {
        "assignment": mine(running).pk, "answer": [code.pk], "memo": "why", "confidence": "high", "flagged": "on",
        "seen": "0", "client_id": str(uuid.uuid4()),
    }  # fmt: skip
    response = enter(rater_a).post(address("coding", running), given)
    assert response["Location"] == f"{address('coding', running)}?issue={mine(running, 1).pk}"
    made = Coding.objects.get()
    assert (made.outcome, made.memo, made.confidence, made.flagged) == ("coded", "why", "high", True)
    assert list(made.codes.all()) == [code]


def test_plain_form_keeps_what_was_typed_when_it_is_refused(running: Round, rater_a: Any) -> None:
    client = enter(rater_a)
    given = {"assignment": mine(running).pk, "answer": ["none"], "memo": "mine", "seen": "0", "client_id": "x"}
    response = client.post(address("coding", running), given)
    assert response.status_code == 409
    factories.coding(mine(running), ["Loading"])
    response = client.post(address("coding", running), {**given, "client_id": str(uuid.uuid4())})
    assert response.status_code == 409
    assert "another tab submitted it" in response.content.decode()
    assert response.context["state"]["answer"]["memo"] == "mine"
    assert client.post(address("coding", running), {**given, "assignment": "0x"}).status_code == 404


def test_rater_without_issues_is_told(version: Any, issues: Any, raters: Any, rater_b: Any) -> None:
    round = factories.round_of(version, issues, raters[:1])
    for name in ("coding", "coding_list"):
        response = enter(rater_b).get(address(name, round))
        assert response.status_code == 403
        assert "No issue of Round 1 was given to you." in response.content.decode()


def test_submit_and_draft_answer_in_json(running: Round, rater_a: Any) -> None:
    client, assignment = enter(rater_a), mine(running)
    typed = {"outcome": "", "codes": [], "memo": "half", "confidence": "", "flagged": False}
    kept = send(client, "coding_draft", assignment, {"answer": typed, "version": 0, "seen": 0})
    assert (kept.status_code, kept.json()["version"]) == (200, 1)
    shown = client.get(address("coding_issue", running, assignment_id=assignment.pk)).json()
    assert (shown["answer"], shown["version"], shown["seen"]) == (typed, 1, 0)
    assert assignment.round_issue.issue.title in shown["html"]
    given = answer(memo="whole")
    for _ in range(2):
        assert send(client, "coding_submit", assignment, given).json()["seen"] == 1
    assert (Coding.objects.count(), Draft.objects.count()) == (1, 0)


REFUSED = [
    ("coding_submit", [], 400, "This is not a JSON object."),
    ("coding_submit", answer(codes="x"), 400, "Codes are given by their ids."),
    ("coding_submit", answer(outcome="coded"), 400, "Choose at least one code"),
    ("coding_submit", answer(client_id="x"), 400, "Enter a valid UUID."),
    ("coding_draft", {"answer": {}, "version": 0}, 400, "A draft names its version"),
    ("coding_draft", {"answer": "x", "version": 0, "seen": 0}, 400, "A draft names its version"),
]


@pytest.mark.parametrize(("name", "given", "status", "sentence"), REFUSED)
def test_refusals_come_as_sentences(
    running: Round, rater_a: Any, name: str, given: Any, status: int, sentence: str
) -> None:
    response = send(enter(rater_a), name, mine(running), given)
    assert response.status_code == status
    assert sentence in response.json()["detail"]
    assert not Coding.objects.exists()


def test_refusals_of_round_and_rows_come_as_sentences(running: Round, rater_a: Any) -> None:
    client, first = enter(rater_a), mine(running)
    taken = answer()
    send(client, "coding_submit", first, taken)
    stale = send(client, "coding_submit", first, answer())
    assert (stale.status_code, stale.json()["seen"], stale.json()["kept"]["outcome"]) == (409, 1, "none")
    twice = send(client, "coding_submit", mine(running, 1), taken)
    assert (twice.status_code, twice.json()) == (
        409, {"detail": "This submit was sent before, for another issue. Nothing was changed."},
    )  # fmt: skip
    assert send(client, "coding_submit", mine(running, 0, "rater-2"), answer()).status_code == 404
    Round.objects.update(phase=Phase.DISCUSSION, closed_at=factories.NOW)
    closed = send(client, "coding_submit", mine(running, 1), answer())
    assert (closed.status_code, "is closed, so nothing more is taken" in closed.json()["detail"]) == (403, True)
    assert send(client, "coding_submit", first, taken).status_code == 200


@pytest.fixture
def closed(version: Any, issues: Any, raters: Any) -> Round:
    round = factories.round_of(version, issues, raters, phase=Phase.DISCUSSION)
    factories.answers(
        round, {"rater-1": ["Loading", "Output", "Memory", None], "rater-2": ["Loading", "Memory", "", "Output"]}
    )
    return round


def page_of(closed: Round, position: int) -> str:
    return address("disagreement", closed, issue_id=closed.round_issues.get(position=position).issue_id)


def test_queue_settles_and_walks_to_the_end(closed: Round, lead: Any) -> None:
    client = enter(lead)
    queue = reverse("disagreements", args=[closed.study.slug])
    response = client.get(queue)
    assert (response.context["open"], response.context["unanimous"], response.context["agreed"]) == (3, 1, 1)
    told = client.post(address("unanimous_resolve", closed), follow=True).content.decode()
    assert "1 unanimous issue was settled." in told
    output = Code.objects.get(name="Output").pk
    given = {"answer": [output], "how": "lead", "reason": "Read it again.", "seen": "0"}
    there = [client.post(page_of(closed, position), given)["Location"] for position in (2, 3, 1)]
    assert there == [page_of(closed, 3), page_of(closed, 1), f"{queue}?round=1"]
    labels = Resolution.objects.order_by("round_issue__position").values_list("how", "outcome")
    assert list(labels) == [("unanimous", "coded")] + [("lead", "coded")] * 3
    assert "4 issues" not in client.get(queue).content.decode()


def test_decision_page_keeps_what_was_typed_when_it_is_refused(closed: Round, lead: Any) -> None:
    client = enter(lead)
    response = client.post(
        page_of(closed, 1), {"answer": ["none"], "how": "negotiated", "reason": "We talked.", "seen": "x"}
    )
    assert response.status_code == 409
    response = client.post(page_of(closed, 1), {"answer": ["none"], "reason": "Typed."})
    assert response.context["errors"] == ["Say how the decision was reached."]
    assert (response.context["decision"]["reason"], response.context["decision"]["outcome"]) == ("Typed.", "none")
    factories.resolution(closed.round_issues.get(position=1), ["Output"], by=lead)
    response = client.post(page_of(closed, 1), {"answer": ["none"], "how": "lead", "reason": "Mine.", "seen": "0"})
    assert "after you opened it" in response.content.decode()
    assert Resolution.objects.count() == 1


def test_decision_page_starts_from_the_decision_or_the_majority(closed: Round, lead: Any) -> None:
    client = enter(lead)
    loading = Code.objects.get(name="Loading").pk
    assert client.get(page_of(closed, 0)).context["decision"] == {
        "outcome": "coded", "codes": [loading], "how": "majority", "seen": 0,
    }  # fmt: skip
    assert client.get(page_of(closed, 1)).context["decision"]["codes"] == []
    factories.resolution(closed.round_issues.get(position=1), ["Loading"], by=lead)
    shown = client.get(page_of(closed, 1)).context["decision"]
    assert (shown["codes"], shown["how"], shown["reason"], shown["seen"]) == ([loading], "lead", "It is so.", 1)


def test_queue_waits_for_a_closed_round(running: Round, lead: Any) -> None:
    client = enter(lead)
    url = reverse("disagreements", args=[running.study.slug])
    assert "No round is closed yet." in client.get(url).content.decode()
    assert client.get(url, {"round": running.number}).status_code == 403


def test_settling_needs_a_closed_round_and_says_how_many(closed: Round, lead: Any) -> None:
    client = enter(lead)
    client.post(address("unanimous_resolve", closed))
    told = client.post(address("unanimous_resolve", closed), follow=True).content.decode()
    assert "0 unanimous issues were settled." in told
