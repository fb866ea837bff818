"""Calibration as a test: its target is set before, its gold answers by leads alone, shown when the round says so."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Coding, Gold, Round, RoundIssue
from annotator.queries.gold import gold_of, gold_setters, golds_of
from annotator.queries.target import target_in_words, target_state
from annotator.services.calibration import Target, can_set_gold, can_set_target, set_gold, set_target
from annotator.services.coding import save_draft, submit_coding
from annotator.services.shown import shown_after
from annotator.states import Kind, Outcome, Phase
from studies.errors import Conflict, Invalid, Refused
from studies.models import Event, Membership, Study
from tests import factories

BY_GOLD = Target("gold", "share", 80)
AT_ONCE = Target("gold", "share", 80, at_once=True)


@pytest.fixture
def make(study: Study, members: dict[str, Membership], lead: Any) -> Any:
    def made(phase: str = Phase.INDEPENDENT, target: dict[str, Any] | None = None, **fields: Any) -> Round:
        version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
        issues = [factories.issue(factories.repository(study)) for _ in range(2)]
        fields.setdefault("kind", Kind.CALIBRATION)
        return factories.round_of(
            version, issues, [members["rater_a"], members["rater_b"]], phase=phase, target=target or {}, **fields
        )

    return made


def first(round: Round) -> RoundIssue:
    found = round.round_issues.order_by("position").first()
    assert found
    return found


def given(round: Round, alias: str = "rater-1") -> Assignment:
    return Assignment.objects.select_related("member__user").get(round_issue=first(round), member__alias=alias)


def ids(round: Round, *names: str) -> list[int]:
    return [code.pk for code in factories.codes_of(round.version, names)]


def gold(round: Round, by: Any, *names: str, **fields: Any) -> Gold:
    fields.setdefault("outcome", "coded" if names else "none")
    fields.setdefault("reason", "The log says so.")
    return set_gold(round_issue=first(round), codes=ids(round, *names), by=by, **fields)


def code(assignment: Assignment, round: Round, *names: str) -> Coding:
    return submit_coding(
        assignment=assignment, outcome="coded" if names else "none", codes=ids(round, *names), client_id=uuid.uuid4(),
        by=assignment.member.user,
    )  # fmt: skip


def test_a_target_is_set_and_taken_away_before_the_start(make: Any, lead: Any) -> None:
    round = make(Phase.DRAFTED)
    assert can_set_target(round)
    set_target(round=round, target=AT_ONCE, by=lead)
    round.refresh_from_db()
    assert round.target == {"against": "gold", "measure": "share", "threshold": 80, "at_once": True}
    assert target_in_words(round) == "every rater at least 80 % right, judged by the gold answers"
    assert Event.objects.get(verb="set the target of").data == round.target
    set_target(round=round, target=None, by=lead)
    round.refresh_from_db()
    assert (round.target, target_in_words(round), target_state(round)) == ({}, "", None)


@pytest.mark.parametrize(("target", "words"), [
    (Target("raters", "coefficient", 0.8), "Krippendorff’s α at least 0.80"),
    (Target("gold", "coefficient", 0.667), "every rater’s Cohen’s κ with the gold answers at least 0.67"),
    (Target("raters", "share", 72.5), "every rater at least 72.5 % right, judged by the other raters"),
])  # fmt: skip
def test_a_target_in_words(make: Any, lead: Any, target: Target, words: str) -> None:
    round = set_target(round=make(Phase.DRAFTED), target=target, by=lead)
    assert target_in_words(round) == words


@pytest.mark.parametrize(("target", "field"), [
    (Target("gold", "share", 0), "threshold"), (Target("gold", "share", 101), "threshold"),
    (Target("gold", "coefficient", 1.2), "threshold"), (Target("me", "share", 5), "against"),
    (Target("gold", "luck", 5), "against"), (Target("raters", "share", 5, at_once=True), "at_once"),
])  # fmt: skip
def test_a_target_that_cannot_be(make: Any, lead: Any, target: Target, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_target(round=make(Phase.DRAFTED), target=target, by=lead)
    assert set(refusal.value.message_dict) == {field}


def test_no_target_once_started_or_in_another_kind(make: Any, lead: Any) -> None:
    for round, why in ((make(), "was started"), (make(Phase.DRAFTED, kind=Kind.CODING), "no calibration round")):
        assert not can_set_target(round)
        with pytest.raises(Refused, match=why):
            set_target(round=round, target=BY_GOLD, by=lead)


def test_a_running_round_tells_no_state(make: Any) -> None:
    state = target_state(make(target={"against": "gold", "measure": "share", "threshold": 80}))
    assert state
    assert (state.words, state.reached) == ("told when the round is closed", None)


def test_gold_is_set_changed_and_taken_back(make: Any, lead: Any) -> None:
    round = make()
    gold(round, lead, "Loading")
    changed = gold(round, lead, "Output", reason=" It is \x00 so. ", seen=1)
    assert (changed.revision, changed.reason) == (2, "It is  so.")
    standing = gold_of(first(round))
    assert standing
    assert [row.name for row in standing.codes.all()] == ["Output"]
    with pytest.raises(Conflict, match="Another lead has changed"):
        gold(round, lead, "Loading", seen=1)
    gold(round, lead, outcome="", reason="", seen=2)
    assert (gold_of(first(round)), golds_of(round), Gold.objects.count()) == (None, {}, 3)
    assert list(gold_setters(round)) == [lead]


@pytest.mark.parametrize(("fields", "field"), [
    ({"reason": " "}, "reason"), ({"outcome": "unclear"}, "outcome"), ({"outcome": "in"}, "outcome"),
    ({"outcome": "coded"}, "codes"),
])  # fmt: skip
def test_gold_that_cannot_be(make: Any, lead: Any, fields: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        gold(make(), lead, **fields)
    assert set(refusal.value.message_dict) == {field}
    assert not Gold.objects.exists()


def test_no_gold_when_closed_in_another_kind_or_on_what_comes_again(make: Any, lead: Any) -> None:
    for round, why in ((make(Phase.DISCUSSION), "is closed"), (make(kind=Kind.CODING), "no calibration round")):
        assert not can_set_gold(round)
        with pytest.raises(Refused, match=why):
            gold(round, lead, "Loading")
    round = make()
    Assignment.objects.filter(pk=given(round).pk).update(repeats=Assignment.objects.exclude(pk=given(round).pk).first())
    with pytest.raises(Refused, match="not in the sample"):
        gold(round, lead, "Loading")
    assert can_set_gold(make(Phase.DRAFTED))


def test_the_event_does_not_tell_the_answer(make: Any, lead: Any) -> None:
    round = make()
    gold(round, lead, "Loading")
    gold(round, lead, outcome="")
    told = [(event.verb, event.data) for event in Event.objects.order_by("pk")]
    assert told == [("set a gold answer for", {}), ("took back the gold answer of", {})]


def test_raters_cannot_set_gold(make: Any, rater_a: Any) -> None:
    with pytest.raises(Refused):
        gold(make(), rater_a, "Loading")


def test_gold_shows_after_the_submit_only_where_the_round_says_so(make: Any, lead: Any) -> None:
    for target, shown in (({}, False), ({"at_once": False}, False), ({"at_once": True}, True)):
        round = make(target=target)
        gold(round, lead, "Loading")
        coding = code(given(round), round, "Output")
        assert (shown_after(coding) is not None) == shown


def test_who_has_seen_it_cannot_change_the_answer(make: Any, lead: Any, rater_a: Any) -> None:
    round = make(target={"at_once": True})
    code(given(round), round, "Output")
    code(given(round), round, "Loading")
    gold(round, lead, "Loading")
    with pytest.raises(Refused, match="You have seen the gold answer"):
        code(given(round), round, "Output")
    with pytest.raises(Refused, match="You have seen the gold answer"):
        save_draft(assignment=given(round), payload={"memo": "x"}, version=0, seen=2, by=rater_a)
    assert code(given(round, "rater-2"), round, "Output").revision == 1


# The pages.


@pytest.fixture
def as_(client: Client) -> Any:
    def enter(user: Any) -> Client:
        client.force_login(user)
        return client

    return enter


def test_no_rater_sees_gold_while_the_round_runs(make: Any, as_: Any, lead: Any, rater_a: Any, study: Study) -> None:
    round = make(target={"against": "gold", "measure": "share", "threshold": 80, "at_once": False})
    gold(round, lead, "Loading", reason="Because of the marker.")
    client = as_(rater_a)
    for name in ("round", "coding"):
        page = client.get(reverse(name, args=[study.slug, round.number])).content.decode()
        assert "Because of the marker." not in page
    answer = {"outcome": "coded", "codes": ids(round, "Output"), "client_id": str(uuid.uuid4()), "seen": 0}
    address = reverse("coding_submit", args=[study.slug, round.number, given(round).pk])
    told = client.post(address, json.dumps(answer), content_type="application/json").json()
    assert set(told) == {"seen", "saved_at"}
    assert "1 gold answer<" in client.get(reverse("round", args=[study.slug, round.number])).content.decode()


def test_at_once_the_submit_brings_it_up(make: Any, as_: Any, lead: Any, rater_a: Any, study: Study) -> None:
    round = make(target={"against": "gold", "measure": "share", "threshold": 80, "at_once": True})
    gold(round, lead, "Loading", reason="A <b>load</b> fails.")
    client = as_(rater_a)
    answer = {"outcome": "coded", "codes": ids(round, "Output"), "client_id": str(uuid.uuid4()), "seen": 0}
    address = reverse("coding_submit", args=[study.slug, round.number, given(round).pk])
    told = client.post(address, json.dumps(answer), content_type="application/json").json()["gold"]
    for part in ("Not the gold answer.", "A &lt;b&gt;load&lt;/b&gt; fails.", "What Loading means.", "Output"):
        assert part in told
    again = client.post(address, json.dumps(answer), content_type="application/json").json()
    assert "gold" in again


def test_the_plain_form_brings_it_up_too(make: Any, as_: Any, lead: Any, rater_a: Any, study: Study) -> None:
    round = make(target={"against": "gold", "measure": "share", "threshold": 80, "at_once": True})
    gold(round, lead, "Loading")
    page = reverse("coding", args=[study.slug, round.number])
    answer = {"assignment": given(round).pk, "client_id": uuid.uuid4(), "seen": 0, "answer": ids(round, "Loading")}
    text = as_(rater_a).post(page, answer, follow=True).content.decode()
    assert "<b>Right.</b>" in text


def test_the_lead_sets_the_target_on_its_page(make: Any, as_: Any, lead: Any, study: Study) -> None:
    round = make(Phase.DRAFTED)
    client, page = as_(lead), reverse("round_target", args=[study.slug, round.number])
    assert client.get(page).status_code == 200
    asked = {"against": "gold", "measure": "share", "threshold": "180"}
    assert client.post(page, asked).context["form"].errors == {"threshold": ["Say a number above 0, at most 100."]}
    assert client.post(page, asked | {"threshold": "75", "at_once": "on"}).status_code == 302
    shown = client.get(reverse("round", args=[study.slug, round.number])).content.decode()
    assert "every rater at least 75 % right, judged by the gold answers" in shown
    assert client.post(page, {"act": "none"}).status_code == 302
    round.refresh_from_db()
    assert round.target == {}


def test_the_lead_sets_gold_on_its_page(make: Any, as_: Any, lead: Any, study: Study) -> None:
    round = make()
    client, issue = as_(lead), first(round).issue_id
    page = reverse("round_gold_issue", args=[study.slug, round.number, issue])
    loading = [str(pk) for pk in ids(round, "Loading")]
    refused = client.post(page, {"answer": loading, "reason": "", "seen": 0})
    assert (refused.status_code, "Say why this is right" in refused.content.decode()) == (409, True)
    assert client.post(page, {"answer": loading, "reason": "So."}).status_code == 409
    assert client.post(page, {"answer": loading, "reason": "So.", "seen": 0}).status_code == 302
    listed = client.get(reverse("round_gold", args=[study.slug, round.number])).content.decode()
    assert ["1 of 2 issues" in listed, "So." in listed] == [True, True]
    assert "checked" in client.get(page).content.decode()
    assert client.post(page, {"act": "none", "seen": 1}).status_code == 302
    assert gold_of(first(round)) is None
    assert client.post(page, {"answer": "off_topic", "reason": "A question.", "seen": 2}).status_code == 302
    standing = gold_of(first(round))
    assert standing
    assert standing.outcome == Outcome.OFF_TOPIC
