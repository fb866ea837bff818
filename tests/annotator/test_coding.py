"""Drafts and submits of a rater."""

import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from annotator.errors import Stale
from annotator.models import AppliedCode, Assignment, Coding, Draft, Round
from annotator.queries.codings import answer_of, independent_codings
from annotator.queries.work import (
    Around,
    Tally,
    around,
    assignments_of,
    draft_of,
    first_of,
    get_assignment,
    last_submitted,
    listed,
    next_open,
    rank_of,
    tally_of,
    to_revisit,
)
from annotator.services.coding import can_submit, save_draft, submit_coding
from annotator.services.phases import close_round
from annotator.states import Phase
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Event, Membership, Study
from studies.services.studies import change_role, remove_member
from taxonomy.models import Code
from tests import factories

TYPED = {"outcome": "coded", "codes": [], "memo": "half a thought", "confidence": "low", "flagged": True}
EMPTY = {"outcome": "", "codes": [], "memo": "", "confidence": "", "flagged": False}


@pytest.fixture
def round(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    issues = [factories.issue(factories.repository(study)) for _ in range(3)]
    version = factories.taxonomy(study, by=lead)
    return factories.round_of(version, issues, [members["rater_a"], members["rater_b"]])


@pytest.fixture
def mine(round: Round, members: dict[str, Membership]) -> list[Assignment]:
    return list(assignments_of(round, members["rater_a"]))


@pytest.fixture
def codes(round: Round) -> dict[str, int]:
    return {code.name: code.pk for code in round.version.codes.all()}


def submit(assignment: Assignment, by: Any, **fields: Any) -> Coding:
    given = {"outcome": "none", "client_id": uuid.uuid4(), **fields}
    return submit_coding(assignment=assignment, by=by, **given)


def test_submit_keeps_the_whole_answer(mine: Any, codes: Any, rater_a: Any) -> None:
    chosen = [codes["Loading"], codes["Memory"]]
    coding = submit(
        mine[0], rater_a, outcome="coded", codes=chosen, memo=" why \x00", confidence="high", flagged=True, seen=0
    )
    coding.refresh_from_db()
    assert answer_of(coding) == {
        "outcome": "coded", "codes": sorted(chosen), "memo": "why", "confidence": "high", "flagged": True,
    }  # fmt: skip
    assert (coding.assignment_id, coding.revision) == (mine[0].pk, 1)
    assert coding.body_seen == mine[0].round_issue.issue.body


def test_body_seen_stays_when_the_issue_changes(mine: Any, rater_a: Any) -> None:
    coding = submit(mine[0], rater_a)
    issue = mine[0].round_issue.issue
    seen = issue.body
    issue.body = factories.text("Another text.")
    issue.save()
    coding.refresh_from_db()
    assert coding.body_seen == seen


def test_submit_again_is_a_new_revision_and_the_last_one_counts(mine: Any, codes: Any, rater_a: Any) -> None:
    submit(mine[0], rater_a, outcome="coded", codes=[codes["Loading"]])
    second = submit(mine[0], rater_a, outcome="unclear", seen=1)
    assert second.revision == 2
    assert [(row.revision, row.outcome) for row in Coding.objects.order_by("pk")] == [(1, "coded"), (2, "unclear")]
    assert list(independent_codings(mine[0].round_issue.round)) == [second]
    assert AppliedCode.objects.count() == 1


def test_same_client_id_again_gives_the_same_coding(mine: Any, rater_a: Any, lead: Any) -> None:
    client_id = uuid.uuid4()
    first = submit(mine[0], rater_a, client_id=client_id)
    submit(mine[0], rater_a, outcome="unclear", seen=1)
    close_round(round=mine[0].round_issue.round, by=lead)
    assert submit(mine[0], rater_a, client_id=client_id, seen=0) == first
    assert Coding.objects.count() == 2


def test_same_client_id_for_another_issue_is_refused(mine: Any, rater_a: Any) -> None:
    client_id = uuid.uuid4()
    submit(mine[0], rater_a, client_id=client_id)
    with pytest.raises(Conflict, match="for another issue"):
        submit(mine[1], rater_a, client_id=client_id)
    assert Coding.objects.count() == 1


def test_submit_leaves_an_event_that_does_not_tell_the_answer(mine: Any, codes: Any, rater_a: Any) -> None:
    submit(mine[0], rater_a, outcome="coded", codes=[codes["Loading"]], memo="secret")
    submit(mine[0], rater_a, outcome="skipped", memo="secret")
    issue = str(mine[0].round_issue.issue)
    events = Event.objects.order_by("pk").values_list("verb", "target", "data")
    assert list(events) == [
        ("submitted", f"{issue} in round 1", {"revision": 1}),
        ("submitted again", f"{issue} in round 1", {"revision": 2}),
    ]


REFUSED_ANSWERS = [
    ("outcome", {"outcome": "maybe"}),
    ("confidence", {"confidence": "very"}),
    ("codes", {"outcome": "coded"}),
    ("codes", {"outcome": "none", "codes": "own"}),
    ("codes", {"outcome": "unclear", "codes": "own"}),
    ("codes", {"outcome": "coded", "codes": "foreign"}),
    ("memo", {"outcome": "skipped"}),
    ("memo", {"outcome": "skipped", "memo": " \x00 "}),
]


@pytest.mark.parametrize(("field", "answer"), REFUSED_ANSWERS)
def test_submit_refuses_answers_that_do_not_fit(
    mine: Any, codes: Any, study: Study, lead: Any, rater_a: Any, field: str, answer: dict[str, Any]
) -> None:
    foreign = Code.objects.filter(version=factories.taxonomy(study, ["Elsewhere"], by=lead)).values_list(
        "pk", flat=True
    )
    given = {**answer, "codes": {"own": [codes["Loading"]], "foreign": list(foreign)}.get(answer.get("codes", ""), [])}
    with pytest.raises(Invalid) as refusal:
        submit(mine[0], rater_a, **given)
    assert set(refusal.value.message_dict) == {field}
    assert not Coding.objects.exists()


def test_one_code_round_takes_one_code(mine: Any, codes: Any, rater_a: Any, round: Round) -> None:
    Round.objects.filter(pk=round.pk).update(several_codes=False)
    with pytest.raises(Invalid, match="one code an issue"):
        submit(mine[0], rater_a, outcome="coded", codes=[codes["Loading"], codes["Memory"]])
    assert submit(mine[0], rater_a, outcome="coded", codes=[codes["Loading"]]).codes.count() == 1


@pytest.mark.parametrize("phase", [Phase.DRAFTED, Phase.DISCUSSION, Phase.RESOLVED])
def test_nothing_is_taken_unless_the_round_runs(mine: Any, rater_a: Any, phase: str) -> None:
    source = mine[0].round_issue
    round = factories.round_of(source.round.version, [source.issue], [mine[0].member], phase=phase)
    assignment = Assignment.objects.get(round_issue__round=round)
    assert not can_submit(rater_a, assignment)
    with pytest.raises(Refused, match="Round 2 "):
        submit(assignment, rater_a)
    with pytest.raises(Refused, match="Round 2 "):
        save_draft(assignment=assignment, payload=TYPED, version=0, by=rater_a)
    assert not Coding.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("who", ["rater_b", "lead", "observer", "stranger"])
def test_nobody_codes_for_another(mine: Any, who: str, request: Any) -> None:
    person = request.getfixturevalue(who)
    assert not can_submit(person, mine[0])
    with pytest.raises(NotThere):
        submit(mine[0], person)
    with pytest.raises(NotThere):
        save_draft(assignment=mine[0], payload=TYPED, version=0, by=person)


def test_who_left_or_became_observer_codes_no_more(mine: Any, rater_a: Any, lead: Any) -> None:
    assert can_submit(rater_a, mine[0])
    change_role(membership=mine[0].member, role="observer", by=lead)
    with pytest.raises(Refused, match="Only a lead or rater may code issues"):
        submit(mine[0], rater_a)
    remove_member(membership=mine[0].member, by=lead)
    with pytest.raises(NotThere):
        submit(mine[0], rater_a)


def test_draft_is_kept_and_versions_count(mine: Any, rater_a: Any) -> None:
    first = save_draft(assignment=mine[0], payload=TYPED, version=0, by=rater_a)
    second = save_draft(assignment=mine[0], payload={**TYPED, "memo": "whole"}, version=1, by=rater_a)
    assert (first.version, second.version, Draft.objects.count()) == (1, 2, 1)
    kept = draft_of(mine[0])
    assert kept is not None
    assert kept.payload == {**TYPED, "memo": "whole"}


@pytest.mark.parametrize("version", [0, 2])
def test_stale_draft_is_refused_with_the_newer_one(mine: Any, rater_a: Any, version: int) -> None:
    save_draft(assignment=mine[0], payload=TYPED, version=0, by=rater_a)
    Draft.objects.update(saved_at=datetime(2026, 3, 1, 12, 4, tzinfo=UTC))
    with pytest.raises(Stale, match=r"another tab kept a draft at 12:04 UTC") as refusal:
        save_draft(assignment=mine[0], payload=EMPTY, version=version, by=rater_a)
    assert (refusal.value.kept, refusal.value.version, refusal.value.seen) == (TYPED, 1, 0)
    assert draft_of(mine[0]).payload == TYPED


def test_same_text_again_is_no_conflict(mine: Any, rater_a: Any) -> None:
    first = save_draft(assignment=mine[0], payload=TYPED, version=0, by=rater_a)
    again = save_draft(assignment=mine[0], payload=TYPED, version=0, by=rater_a)
    assert (again.pk, again.version, again.saved_at) == (first.pk, 1, first.saved_at)


def test_draft_after_another_tab_submitted_is_refused_with_that_answer(mine: Any, codes: Any, rater_a: Any) -> None:
    coding = submit(mine[0], rater_a, outcome="coded", codes=[codes["Output"]])
    with pytest.raises(Stale, match="another tab submitted it") as refusal:
        save_draft(assignment=mine[0], payload=TYPED, version=0, by=rater_a)
    assert (refusal.value.kept, refusal.value.version, refusal.value.seen) == (answer_of(coding), 0, 1)
    assert not Draft.objects.exists()


def test_submit_after_another_tab_submitted_is_refused_and_keeps_the_draft(mine: Any, rater_a: Any) -> None:
    submit(mine[0], rater_a)
    save_draft(assignment=mine[0], payload=TYPED, version=0, seen=1, by=rater_a)
    with pytest.raises(Stale) as refusal:
        submit(mine[0], rater_a, outcome="unclear", seen=0)
    assert (refusal.value.seen, refusal.value.version) == (1, 1)
    assert Coding.objects.count() == 1
    assert draft_of(mine[0]).payload == TYPED


def test_submit_removes_the_draft(mine: Any, rater_a: Any) -> None:
    save_draft(assignment=mine[0], payload=TYPED, version=0, by=rater_a)
    submit(mine[0], rater_a, seen=0)
    assert draft_of(mine[0]) is None


@pytest.mark.parametrize(
    "payload",
    [
        {"codes": ["1", None], "memo": "\x00", "flagged": "yes", "other": "x" * 50},
        {"codes": "12"},
        {},
    ],
)
def test_draft_keeps_only_what_an_answer_may_hold(mine: Any, rater_a: Any, payload: dict[str, Any]) -> None:
    assert save_draft(assignment=mine[0], payload=payload, version=0, by=rater_a).payload == EMPTY


def test_work_tells_what_is_done_and_what_comes(mine: Any, round: Round, members: Any, rater_a: Any) -> None:
    member, (first, second, third) = mine[0].member, (row.pk for row in mine)
    assert (tally_of(round, member), last_submitted(round, member)) == (Tally(3, 0), [])
    submit(mine[1], rater_a, outcome="skipped", memo="not English", flagged=True)
    told = [(row.outcome, row.flagged, row.revision) for row in assignments_of(round, member)]  # type: ignore[attr-defined]
    assert told == [(None, None, None), ("skipped", True, 1), (None, None, None)]
    assert tally_of(round, member) == Tally(3, 1)
    assert [next_open(round, member, after) for after in (-1, 0, 1, 2)] == [first, third, third, first]
    assert [around(row) for row in mine] == [
        Around(None, second, [third]),
        Around(first, third, [third, first]),
        Around(second, None, [first]),
    ]
    submit(mine[0], rater_a)
    submit(mine[1], rater_a, outcome="skipped", memo="still not English", seen=1)
    assert last_submitted(round, member) == [first, second]
    submit(mine[2], rater_a)
    assert (next_open(round, member), around(mine[0]).ahead) == (None, [])
    assert (first_of(round, member), [rank_of(row) for row in mine]) == (first, [0, 1, 2])
    assert tally_of(round, members["rater_b"]) == Tally(3, 0)


def test_list_of_issues_is_filtered_and_searched(study: Any, lead: Any, members: Any) -> None:
    repository, member = factories.repository(study), members["rater_a"]
    titles = ["Loading fails on GPU", "GPU memory grows", "Version 12 is slow", "Question"]
    issues = [factories.issue(repository, number=n, title=title) for n, title in enumerate(titles, 12)]
    round = factories.round_of(factories.taxonomy(study, by=lead), issues, [member, members["rater_b"]])
    rows = list(assignments_of(round, member))
    factories.coding(rows[0], ["Loading"], flagged=True)
    factories.coding(rows[1], outcome="unclear")
    factories.coding(rows[1], outcome="skipped", memo="why")
    factories.coding(rows[2], outcome="skipped", memo="why")
    factories.coding(rows[2], ["Memory"])

    def found(*asked: str) -> list[int]:
        return [row.position for row in listed(round, member, *asked)]

    shown = {show: found(show) for show in ("all", "open", "done", "flagged", "again", "other")}
    assert shown == {
        "all": [0, 1, 2, 3], "open": [3], "done": [0, 1, 2], "flagged": [0], "again": [1], "other": [0, 1, 2, 3],
    }  # fmt: skip
    asked = ("gpu", "grows GPU", "#13", "12", "done", "1234567890", "slow gpu")
    assert [found("all", text) for text in asked] == [[0, 1], [1], [1], [0, 2], [], [], []]
    assert found("done", "gpu") == [0, 1]
    assert [row.position for row in to_revisit(round, member)] == [0, 1]


def test_own_assignments_only(mine: Any, round: Round, members: Any) -> None:
    assert get_assignment(round, members["rater_a"], mine[0].pk) == mine[0]
    with pytest.raises(NotThere):
        get_assignment(round, members["rater_b"], mine[0].pk)


def test_a_submit_takes_few_queries(mine: Any, rater_a: Any, codes: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(16):
        submit(mine[0], rater_a, outcome="coded", codes=[codes["Loading"], codes["Memory"]], seen=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "connections['default'].vendor == 'sqlite'", reason="SQLite's memory database is shared between threads"
)
def test_two_submits_at_once_with_one_client_id_make_one_coding(mine: Any, rater_a: Any) -> None:
    client_id, gate, made, failed = uuid.uuid4(), threading.Barrier(2), [], []

    def send() -> None:
        gate.wait()
        try:
            made.append(submit(mine[0], rater_a, client_id=client_id, seen=0).pk)
        except Exception as error:  # noqa: BLE001 (shown by the assertion below)
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert made == [Coding.objects.get().pk] * 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "connections['default'].vendor == 'sqlite'", reason="SQLite's memory database is shared between threads"
)
def test_two_submits_at_once_from_two_tabs_make_one_coding_and_one_refusal(mine: Any, rater_a: Any) -> None:
    gate, told = threading.Barrier(2), []

    def send() -> None:
        gate.wait()
        try:
            told.append(submit(mine[0], rater_a, seen=0).revision)
        except Stale as refusal:
            told.append(refusal.seen)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [1, 1]
    assert Coding.objects.count() == 1
