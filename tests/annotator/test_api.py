"""The room's API: the same services as the pages."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Coding, Round
from annotator.services.resolution import resolve_unanimous
from annotator.states import Phase
from studies.models import Membership, Study
from taxonomy.models import Code
from tests import factories


@pytest.fixture
def client(rater_a: Any) -> Client:
    client = Client()
    client.force_login(rater_a)
    return client


@pytest.fixture
def running(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    issues = [factories.issue(factories.repository(study)) for _ in range(2)]
    version = factories.taxonomy(study, by=lead)
    return factories.round_of(version, issues, [members["rater_a"], members["rater_b"]])


def codings_url(round: Round) -> str:
    return reverse("api-codings", args=[round.study.slug, round.number])


def test_submitting_twice_with_one_client_id_makes_one_coding(running: Round, client: Client, rater_a: Any) -> None:
    code = Code.objects.get(name="Output")
    assignment = Assignment.objects.filter(member__user=rater_a).first()
    assert assignment is not None
    given = {"assignment": assignment.pk, "outcome": "coded", "codes": [code.pk], "client_id": str(uuid.uuid4())}
    answers = [client.post(codings_url(running), given, content_type="application/json") for _ in range(2)]
    assert [response.status_code for response in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    made = Coding.objects.get()
    told = answers[0].json()
    assert (told["id"], told["rater"], told["codes"]) == (
        made.pk, "rater-1", [{"id": code.pk, "uid": str(code.uid), "name": "Output"}],
    )  # fmt: skip
    assert client.get(codings_url(running)).json()["results"] == [told]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [({"outcome": "coded"}, 400, "codes"), ({"client_id": "x"}, 400, "client_id"), ({"assignment": 0}, 404, "detail")],
)
def test_refusals_name_the_field(
    running: Round, client: Client, rater_a: Any, change: Any, status: int, field: str
) -> None:
    assignment = Assignment.objects.filter(member__user=rater_a).first()
    assert assignment is not None
    given = {"assignment": assignment.pk, "outcome": "none", "client_id": str(uuid.uuid4()), **change}
    response = client.post(codings_url(running), given, content_type="application/json")
    assert (response.status_code, set(response.json())) == (status, {field})
    assert not Coding.objects.exists()


def test_stale_submit_is_a_conflict(running: Round, client: Client, rater_a: Any) -> None:
    assignment = Assignment.objects.filter(member__user=rater_a).first()
    assert assignment is not None
    factories.coding(assignment, ["Loading"])
    given = {"assignment": assignment.pk, "outcome": "none", "client_id": str(uuid.uuid4()), "seen": 0}
    response = client.post(codings_url(running), given, content_type="application/json")
    assert (response.status_code, Coding.objects.count()) == (409, 1)


def test_labels_come_with_how_and_why(running: Round, client: Client, lead: Any) -> None:
    factories.answers(running, {"rater-1": ["Loading", ""], "rater-2": ["Loading", ""]})
    Round.objects.update(phase=Phase.DISCUSSION, closed_at=factories.NOW)
    resolve_unanimous(round=running, by=lead)
    told = client.get(reverse("api-labels", args=[running.study.slug])).json()["results"]
    assert [(row["key"], row["outcome"], [code["name"] for code in row["codes"]], row["how"]) for row in told] == [
        (str(drawn.issue), outcome, names, "unanimous")
        for drawn, outcome, names in zip(
            running.round_issues.order_by("issue__number"), ("coded", "none"), (["Loading"], []), strict=True
        )
    ]


def test_lists_take_the_same_queries_for_any_number(
    study: Study, members: dict[str, Membership], lead: Any, client: Client, django_assert_num_queries: Any
) -> None:
    version = factories.taxonomy(study, by=lead)
    for count in (1, 20):
        issues = [factories.issue(factories.repository(study)) for _ in range(count)]
        round = factories.round_of(version, issues, [members["rater_a"]], phase=Phase.DISCUSSION)
        factories.answers(round, {"rater-1": ["Loading"] * count})
        with django_assert_num_queries(
            9
        ):  # session, person, membership, round, count, codings, codes, proposals, evidence
            client.get(codings_url(round))
        with django_assert_num_queries(6):
            client.get(reverse("api-assignments", args=[study.slug, round.number]))
