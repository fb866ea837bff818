"""Nothing of another's coding shows on any page or API route of this room before the round is closed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Evidence, Round
from annotator.states import FROZEN, Phase
from studies.models import Membership, Study
from tests import factories

MARK = "only-rater-b-wrote-this"
PEOPLE = ("lead", "rater_a", "observer")
ROUTES = (
    "rounds", "round", "coding", "coding_issue", "disagreements", "disagreement",
    "board", "api-proposals", "activity", "api-rounds", "api-round", "api-assignments", "api-codings", "api-labels",
)  # fmt: skip
# Where rater_b's memo is shown once the round is closed, and to whom.
SHOWN = {("disagreement", "lead")} | {("api-codings", who) for who in PEOPLE}
MARKED = "only-rater-b-marked-this"
PROPOSED = "only-rater-b-proposed-this"
PROPOSAL_SHOWN = SHOWN | {(name, who) for who in PEOPLE for name in ("board", "api-proposals")}


@pytest.fixture
def world(study: Study, members: dict[str, Membership], lead: Any) -> dict[str, Any]:
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    issue = factories.issue(factories.repository(study))
    raters = [members["rater_a"], members["rater_b"]]
    rounds = {
        phase: factories.round_of(version, [issue], raters, phase=phase, allows_proposals=True)
        for phase in Phase.values
    }
    for round in rounds.values():
        theirs = Assignment.objects.get(round_issue__round=round, member=members["rater_b"])
        made = factories.proposal(theirs.round_issue, theirs.member, PROPOSED)
        coded = factories.coding(theirs, ["Output"], [made], memo=MARK, confidence="high", flagged=True)
        factories.evidence(coded, "fails", ["Output"])
    Evidence.objects.update(prefix=MARKED)
    return {"rounds": rounds, "issue": issue}


def url_of(name: str, study: Study, round: Round, issue: Any) -> str:
    if name in ("rounds", "disagreements", "activity", "api-rounds", "api-labels"):
        return reverse(name, args=[study.slug]) + (f"?round={round.number}" if name == "disagreements" else "")
    more = {"issue_id": issue.pk} if name == "disagreement" else {}
    if name == "coding_issue":
        more = {"assignment_id": Assignment.objects.get(round_issue__round=round, member__alias="rater-1").pk}
    return reverse(name, kwargs={"slug": study.slug, "number": round.number, **more})


@pytest.mark.parametrize("phase", Phase.values)
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", ROUTES)
def test_anothers_coding_is_seen_only_where_the_table_says(
    study: Study, world: Any, request: Any, name: str, who: str, phase: str
) -> None:
    client = Client()
    client.force_login(request.getfixturevalue(who))
    shown = client.get(url_of(name, study, world["rounds"][phase], world["issue"])).content.decode()
    assert (MARK in shown) == (phase in FROZEN and (name, who) in SHOWN)
    assert (MARKED in shown) == (phase in FROZEN and name == "api-codings")
    assert (PROPOSED in shown) == (phase in FROZEN and (name, who) in PROPOSAL_SHOWN)


@pytest.mark.parametrize("phase", [Phase.DRAFTED, Phase.INDEPENDENT])
@pytest.mark.parametrize("who", PEOPLE)
def test_pages_and_api_are_the_same_whatever_the_other_said(
    study: Study, world: Any, request: Any, who: str, phase: str, members: dict[str, Membership]
) -> None:
    """Stronger than looking for words: another answer of the other rater changes not one byte, order or count."""
    client = Client()
    client.force_login(request.getfixturevalue(who))
    round = world["rounds"][phase]
    urls = [url_of(name, study, round, world["issue"]) for name in ROUTES]
    before = [without_tokens(client.get(url)) for url in urls]
    theirs = Assignment.objects.get(round_issue__round=round, member=members["rater_b"])
    factories.proposal(theirs.round_issue, theirs.member, "Another code")
    again = factories.coding(theirs, [], memo="something else", confidence="low")
    factories.evidence(again, "It")
    assert [without_tokens(client.get(url)) for url in urls] == before


def without_tokens(response: Any) -> list[str]:
    return [
        line
        for line in response.content.decode().splitlines()
        if "csrf" not in line.lower() and "client_id" not in line
    ]


def test_filter_by_rater_does_not_open_the_others(study: Study, world: Any, rater_a: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    told = {
        phase: client.get(url_of("api-codings", study, round, None) + "?rater=rater-2").json()["count"]
        for phase, round in world["rounds"].items()
    }
    assert told == {"drafted": 0, "independent": 0, "discussion": 1, "resolved": 1}


def test_drafted_round_gives_no_assignments(study: Study, world: Any, rater_a: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    told = {
        phase: client.get(url_of("api-assignments", study, round, None)).json()["count"]
        for phase, round in world["rounds"].items()
    }
    assert told == {"drafted": 0, "independent": 1, "discussion": 1, "resolved": 1}
