"""Codes that raters propose while they code: made once, their author's alone, part of their answer."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.errors import Alike
from annotator.models import Assignment, Coding, Proposal, Round
from annotator.queries.codings import answer_of, proposals_in
from annotator.queries.disagreements import Standing, case_of, cases_of, unanimous_open
from annotator.queries.proposals import own_proposals
from annotator.queries.similarity import alike, alikeness, pairs_alike
from annotator.queries.work import assignments_of
from annotator.services.coding import save_draft, submit_coding
from annotator.services.phases import close_round
from annotator.services.proposals import edit_proposal, propose, withdraw_proposal
from annotator.services.resolution import resolve_unanimous
from annotator.services.rounds import draft_round
from annotator.states import Kind, Phase, ProposalState
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Event, Membership, Study
from studies.services.studies import change_role
from tests import factories


@pytest.fixture
def round(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    issues = [factories.issue(factories.repository(study)) for _ in range(3)]
    version = factories.taxonomy(study, by=lead)
    raters = [members["rater_a"], members["rater_b"]]
    return factories.round_of(version, issues, raters, kind=Kind.OPEN, allows_proposals=True)


@pytest.fixture
def mine(round: Round, members: dict[str, Membership]) -> list[Assignment]:
    return list(assignments_of(round, members["rater_a"]))


@pytest.fixture
def theirs(round: Round, members: dict[str, Membership]) -> list[Assignment]:
    return list(assignments_of(round, members["rater_b"]))


def make(assignment: Assignment, by: Any, name: str = "Prompt format", **fields: Any) -> Proposal:
    return propose(**{"assignment": assignment, "name": name, "client_id": uuid.uuid4(), "by": by, **fields})


def submit(assignment: Assignment, by: Any, **fields: Any) -> Coding:
    return submit_coding(**{
        "assignment": assignment, "outcome": "coded", "client_id": uuid.uuid4(), "by": by, **fields
    })  # fmt: skip


def own(assignment: Assignment) -> set[str]:
    return {row.name for row in own_proposals(assignment.round_issue.round, assignment.member)}


def test_a_proposal_keeps_its_words_and_where_it_came_from(mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a, "  Prompt\n format ", sentence=" How it is asked. ", quote="It **fails**\x00.")
    made.refresh_from_db()
    assert (made.name, made.sentence, made.quote) == ("Prompt format", "How it is asked.", "It **fails**.")
    assert (made.round_issue, made.member, made.state) == (mine[0].round_issue, mine[0].member, "proposed")


def test_no_event_tells_members_that_somebody_proposed(round: Round, mine: Any, rater_a: Any, lead: Any) -> None:
    before = Event.objects.count()
    withdraw_proposal(proposal=make(mine[0], rater_a), by=rater_a)
    edit_proposal(proposal=make(mine[0], rater_a, "Tokens"), name="Tokeniser", by=rater_a)
    assert Event.objects.count() == before
    close_round(round=round, by=lead)
    assert Event.objects.get(verb="closed").data == {"missing": 6, "proposals": 1}


def test_the_same_client_id_again_gives_the_same_proposal(round: Round, mine: Any, rater_a: Any, lead: Any) -> None:
    client_id = uuid.uuid4()
    first = make(mine[0], rater_a, client_id=client_id)
    close_round(round=round, by=lead)
    assert make(mine[0], rater_a, client_id=client_id) == first
    assert Proposal.objects.count() == 1


def test_a_client_id_of_another_issue_is_refused(mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a)
    with pytest.raises(Conflict, match="for another issue"):
        make(mine[1], rater_a, "Tokens", client_id=made.client_id)


def test_own_proposals_are_for_the_whole_round_and_for_nobody_else(mine: Any, theirs: Any, rater_a: Any) -> None:
    make(mine[0], rater_a)
    assert (own(mine[1]), own(theirs[0])) == ({"Prompt format"}, set())


def test_two_raters_may_propose_the_same_and_learn_nothing_by_it(
    mine: Any, theirs: Any, rater_a: Any, rater_b: Any
) -> None:
    make(mine[0], rater_a)
    make(theirs[0], rater_b)
    assert [row.member.alias for row in Proposal.objects.order_by("pk")] == ["rater-1", "rater-2"]


@pytest.mark.parametrize("name", ["loading", "PROMPT FORMAT"])
def test_a_name_that_is_there_is_refused(mine: Any, rater_a: Any, name: str) -> None:
    make(mine[0], rater_a)
    with pytest.raises(Invalid, match="already"):
        make(mine[1], rater_a, name, anyway=True)


def test_a_near_name_is_pointed_out_and_made_only_when_meant(mine: Any, rater_a: Any) -> None:
    make(mine[0], rater_a)
    with pytest.raises(Alike, match="“Prompt format”") as refused:
        make(mine[1], rater_a, "Prompt formats")
    assert [name for name, _ in refused.value.near] == ["Prompt format"]
    make(mine[1], rater_a, "Prompt formats", anyway=True)
    assert own(mine[0]) == {"Prompt format", "Prompt formats"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 201}, "at most 200 characters; this one has 201"),
        ({"quote": "x" * 5001}, "at most 5,000 characters; it has 5,001"),
    ],
)
def test_words_that_do_not_fit_are_refused(mine: Any, rater_a: Any, said: Any, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        make(mine[0], rater_a, **said)
    assert not Proposal.objects.exists()


def test_who_may_not_propose(round: Round, mine: Any, rater_a: Any, rater_b: Any, members: Any, lead: Any) -> None:
    with pytest.raises(NotThere):
        make(mine[0], rater_b)
    Round.objects.update(allows_proposals=False)
    with pytest.raises(Refused, match="takes no proposals"):
        make(mine[0], rater_a)
    Round.objects.update(allows_proposals=True)
    change_role(membership=members["rater_a"], role="observer", by=lead)
    with pytest.raises(Refused, match="code issues"):
        make(mine[0], rater_a)
    change_role(membership=members["rater_a"], role="rater", by=lead)
    close_round(round=round, by=lead)
    with pytest.raises(Refused, match="is closed"):
        make(mine[0], rater_a)
    assert not Proposal.objects.exists()


def test_own_unused_proposals_are_reworded_and_withdrawn(mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a)
    edit_proposal(proposal=made, name="Prompt format", sentence="Better said.", by=rater_a)
    made.refresh_from_db()
    assert made.sentence == "Better said."
    withdraw_proposal(proposal=made, by=rater_a)
    assert (own(mine[0]), Proposal.objects.get().state) == (set(), ProposalState.WITHDRAWN)
    with pytest.raises(Conflict, match="withdrawn in another tab"):
        edit_proposal(proposal=made, name="Again", by=rater_a)
    make(mine[0], rater_a)


def test_a_proposal_in_a_coding_stays_as_it_is(mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a)
    submit(mine[0], rater_a, proposals=[made.pk])
    for change in (
        lambda: withdraw_proposal(proposal=made, by=rater_a),
        lambda: edit_proposal(proposal=made, name="Tokens", by=rater_a),
    ):
        with pytest.raises(Conflict, match="stands in a coding of yours"):
            change()


def test_nobody_changes_anothers_proposal(mine: Any, rater_a: Any, rater_b: Any) -> None:
    made = make(mine[0], rater_a)
    with pytest.raises(NotThere):
        withdraw_proposal(proposal=made, by=rater_b)


# In codings


def test_a_coding_holds_codes_and_proposals(mine: Any, rater_a: Any) -> None:
    made, code = make(mine[0], rater_a), mine[0].round_issue.round.version.codes.first().pk
    coding = submit(mine[1], rater_a, codes=[code], proposals=[made.pk])
    assert answer_of(coding) == {
        "outcome": "coded", "codes": [code], "proposals": [made.pk], "memo": "", "confidence": "", "flagged": False,
    }  # fmt: skip
    later = submit(mine[1], rater_a, codes=[code])
    assert (proposals_in(coding), proposals_in(later)) == ([made], [])


def test_a_proposal_alone_is_an_answer_and_none_takes_none(mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a)
    assert proposals_in(submit(mine[0], rater_a, proposals=[made.pk])) == [made]
    with pytest.raises(Invalid, match="takes no codes"):
        submit(mine[1], rater_a, outcome="none", proposals=[made.pk])


def test_one_code_an_issue_counts_proposals(mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a)
    Round.objects.update(several_codes=False)
    with pytest.raises(Invalid, match="one code an issue"):
        submit(mine[0], rater_a, codes=[mine[0].round_issue.round.version.codes.first().pk], proposals=[made.pk])


def test_anothers_or_a_withdrawn_proposal_cannot_be_used(mine: Any, theirs: Any, rater_a: Any, rater_b: Any) -> None:
    made = make(mine[0], rater_a)
    with pytest.raises(Invalid, match="not there any more"):
        submit(theirs[0], rater_b, proposals=[made.pk])
    withdraw_proposal(proposal=made, by=rater_a)
    with pytest.raises(Invalid, match="not there any more"):
        submit(mine[0], rater_a, proposals=[made.pk])
    assert not Coding.objects.exists()


def test_drafts_hold_proposals(mine: Any, rater_a: Any) -> None:
    payload = {"outcome": "coded", "codes": [], "proposals": [7, "x"], "memo": "", "confidence": "", "flagged": False}
    draft = save_draft(assignment=mine[0], payload=payload, version=0, by=rater_a)
    assert draft.payload["proposals"] == [7]


# What counts where


def test_a_proposal_is_neither_unanimous_nor_a_majority(
    round: Round, mine: Any, theirs: Any, lead: Any, members: Any
) -> None:
    code = ["Loading"]
    proposals = [
        factories.proposal(round.round_issues.first(), member, "Prompt format")
        for member in (members["rater_a"], members["rater_b"])
    ]
    for assignments, made in ((mine, proposals[0]), (theirs, proposals[1])):
        factories.coding(assignments[0], [], [made])
        factories.coding(assignments[1], code, [made] if assignments is mine else [])
        factories.coding(assignments[2], code)
    Round.objects.update(phase=Phase.DISCUSSION, closed_at=factories.NOW)
    round.refresh_from_db()
    cases = cases_of(round)
    assert [case.standing for case in cases] == [Standing.DIFFER, Standing.DIFFER, Standing.UNANIMOUS]
    assert [case.majority is None for case in cases] == [True, True, False]
    assert [case.has_proposals for case in cases] == [True, True, False]
    assert case_of(cases[0].round_issue).has_proposals
    assert resolve_unanimous(round=round, by=lead) == 1
    assert unanimous_open(cases_of(round)) == []


@pytest.mark.parametrize(
    ("kind", "asked", "allowed"), [("open", False, True), ("coding", False, False), ("calibration", True, True)]
)
def test_open_coding_always_allows_proposals_and_others_when_asked(
    study: Study, members: Any, lead: Any, kind: str, asked: bool, allowed: bool
) -> None:
    factories.issue(factories.repository(study))
    version = factories.taxonomy(study, by=lead)
    made = draft_round(
        study=study, version=version, size=1, raters=[members["rater_a"]], kind=kind, allows_proposals=asked, by=lead
    )
    assert made.allows_proposals is allowed


def test_names_are_compared_by_their_words() -> None:
    assert alikeness("Prompt format", "format, PROMPT!") == 100
    assert alike("Prompt formats", ["Prompt format", "Memory"]) == [
        ("Prompt format", alikeness("Prompt format", "Prompt formats"))
    ]
    assert [pair[:2] for pair in pairs_alike(["Prompt format", "Memory", "Prompt formats"], 5)] == [(0, 2)]
    assert pairs_alike(["a b", "b a", "a  b"], 1) == [(0, 1, 100)]


# From the coding screen


@pytest.fixture
def client(rater_a: Any) -> Client:
    client = Client()
    client.force_login(rater_a)
    return client


def post(client: Client, url: str, body: Any) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json")


def test_the_screen_proposes_rewords_and_withdraws(client: Client, study: Study, round: Round, mine: Any) -> None:
    url = reverse("proposal_new", args=[study.slug, round.number, mine[0].pk])
    body = {"name": "Prompt format", "sentence": "S", "quote": "Q", "client_id": str(uuid.uuid4())}
    told = post(client, url, body).json()
    assert (told["name"], "Prompt format" in told["item"], "Withdraw" in told["definition"]) == (
        "Prompt format", True, True,
    )  # fmt: skip
    assert post(client, url, body).json()["id"] == told["id"]
    screen = client.get(reverse("coding", args=[study.slug, round.number])).content.decode()
    assert f'value="p{told["id"]}"' in screen
    near = post(client, url, {**body, "name": "Prompt formats", "client_id": str(uuid.uuid4())})
    assert (near.status_code, [name for name, _ in near.json()["alike"]]) == (409, ["Prompt format"])
    edit = reverse("proposal_edit", args=[study.slug, round.number, told["id"]])
    assert post(client, edit, {"name": "Format of prompts", "anyway": True}).json()["name"] == "Format of prompts"
    away = reverse("proposal_withdraw", args=[study.slug, round.number, told["id"]])
    assert post(client, away, {}).status_code == 200
    assert post(client, away, {}).status_code == 404
    assert post(client, url, {"name": "No id"}).status_code == 400


def test_the_plain_form_submits_proposals(client: Client, study: Study, round: Round, mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a)
    sent = {"assignment": mine[0].pk, "seen": 0, "client_id": uuid.uuid4(), "answer": [f"p{made.pk}"]}
    assert client.post(reverse("coding", args=[study.slug, round.number]), sent).status_code == 302
    assert proposals_in(Coding.objects.get()) == [made]


def test_the_api_takes_and_tells_proposals(client: Client, study: Study, round: Round, mine: Any, rater_a: Any) -> None:
    made = make(mine[0], rater_a)
    url = reverse("api-codings", args=[study.slug, round.number])
    sent = {"assignment": mine[0].pk, "outcome": "coded", "proposals": [made.pk], "client_id": str(uuid.uuid4())}
    assert post(client, url, sent).json()["proposals"] == [{"id": made.pk, "name": "Prompt format", "became": None}]


def test_a_round_without_proposals_offers_none(client: Client, study: Study, round: Round, mine: Any) -> None:
    Round.objects.update(allows_proposals=False, kind=Kind.CODING)
    screen = client.get(reverse("coding", args=[study.slug, round.number])).content.decode()
    assert "Propose a code" not in screen
