"""Not about our topic: an answer of its own, kept apart from none of these, unclear and skipped everywhere."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Coding, Resolution, Round
from annotator.queries import told
from annotator.queries.disagreements import cases_of, majority, said_off_topic
from annotator.services.resolution import resolve, resolve_unanimous
from annotator.states import Outcome, Phase
from corpus.board import find
from corpus.filters import IssueFilter
from corpus.models import Issue
from studies.models import Membership, Study
from tests import factories

OFF = Outcome.OFF_TOPIC


@pytest.fixture
def closed(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    """Issue 1: both say it; 2: one says it, one codes; 3: one says it, one none of these; 4: both code."""
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    repository = factories.repository(study)
    issues = [factories.issue(repository, number=number, title=f"Title {number}") for number in range(1, 5)]
    a, b = members["rater_a"], members["rater_b"]
    round = factories.round_of(version, issues, [a, b], phase=Phase.DISCUSSION)
    said = [(OFF, OFF), (OFF, "Loading"), (OFF, ""), ("Loading", "Loading")]
    for drawn, answers in zip(round.round_issues.order_by("position"), said, strict=True):
        for member, one in zip((a, b), answers, strict=True):
            assignment = Assignment.objects.get(round_issue=drawn, member=member)
            factories.coding(assignment, outcome=OFF) if one == OFF else factories.coding(
                assignment, [one] if one else []
            )
    return round


def test_it_agrees_with_itself_and_differs_from_codes_and_none(closed: Round) -> None:
    cases = cases_of(closed)
    assert [case.standing for case in cases] == ["unanimous", "differ", "differ", "unanimous"]
    assert [case.round_issue.issue.number for case in said_off_topic(cases)] == [1, 2, 3]
    assert [case.off_topic for case in cases] == [2, 1, 1, 0]


@pytest.mark.parametrize(("outcomes", "expected"), [
    ([OFF, OFF, "none"], (OFF, frozenset())),
    ([OFF, "none", "none"], (Outcome.NONE, frozenset())),
    ([OFF, "none"], None),
])  # fmt: skip
def test_majority_keeps_it_apart_from_none(outcomes: list[str], expected: Any) -> None:
    assert majority([(outcome, frozenset()) for outcome in outcomes]) == expected


def test_it_can_be_decided_and_is_the_label(closed: Round, lead: Any) -> None:
    assert resolve_unanimous(round=closed, by=lead) == 2
    drawn = closed.round_issues.get(issue__number=2)
    resolve(round_issue=drawn, outcome=OFF, how="lead", reason="A question on hardware.", by=lead)
    found = {row.round_issue.issue.number: row.outcome for row in Resolution.objects.all()}
    assert found == {1: "off_topic", 2: "off_topic", 4: "coded"}


def test_the_list_of_issues_knows_it_by_its_name(closed: Round, study: Study, lead: Any) -> None:
    resolve_unanimous(round=closed, by=lead)
    find_them = IssueFilter.from_params({"coded_as": ["not about our topic"]})
    ids = find(study, find_them, viewer=None).page(50).ids
    assert set(Issue.objects.filter(pk__in=ids).values_list("number", flat=True)) == {1}
    first = Issue.objects.get(number=1)
    assert (first.pk, "not about our topic") in set(told.values(study)["coded_as"])


def test_a_rater_says_it_by_form_without_codes(study: Study, members: Any, lead: Any, rater_a: Any) -> None:
    version = factories.taxonomy(study, by=lead)
    issue = factories.issue(factories.repository(study))
    round = factories.round_of(version, [issue], [members["rater_a"]])
    assignment = Assignment.objects.get(round_issue__round=round)
    client = Client()
    client.force_login(rater_a)
    page = reverse("coding", args=[study.slug, round.number])
    assert 'value="off_topic"' in client.get(page).content.decode()
    given = {"assignment": assignment.pk, "client_id": uuid.uuid4(), "seen": 0}
    assert client.post(page, given | {"answer": ["off_topic", str(version.codes.first().pk)]}).status_code == 409
    assert client.post(page, given | {"answer": "off_topic"}).status_code == 302
    assert [(row.outcome, row.codes.count()) for row in Coding.objects.all()] == [("off_topic", 0)]


def test_the_lead_sees_them_listed(closed: Round, study: Study, lead: Any) -> None:
    client = Client()
    client.force_login(lead)
    text = client.get(f"{reverse('disagreements', args=[study.slug])}?round={closed.number}").content.decode()
    listed = text.partition('id="off-topic"')[2].partition("</section>")[0]
    assert [f"Title {number}" in listed for number in range(1, 5)] == [True, True, True, False]
    assert "1 of 2 codings" in listed
