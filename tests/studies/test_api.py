"""Studies and members for programs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studies.api import answer_refusal
from studies.errors import Conflict, Invalid, NotThere, Refused
from tests import factories


def test_studies_are_those_of_the_person_with_their_own_part(client, study, rater_a, stranger):
    factories.member(factories.study("Other", "other"), stranger)
    client.force_login(rater_a)
    told = {
        "slug": "model-reuse", "title": "Model reuse", "question": "", "created_at": "2026-03-01T12:00:00Z",
        "role": "rater", "alias": "rater-1",
    }  # fmt: skip
    listed = client.get(reverse("api-studies")).json()
    assert (listed["count"], listed["results"]) == (1, [told])
    assert client.get(reverse("api-study", args=["model-reuse"])).json() == told
    assert client.get(reverse("api-study", args=["other"])).status_code == 404


def test_members_are_told_by_alias_and_role_only(client, study, members):
    members["rater_b"].left_at = factories.NOW
    members["rater_b"].save()
    client.force_login(members["observer"].user)
    assert client.get(reverse("api-members", args=[study.slug])).json()["results"] == [
        {"alias": "lead-1", "role": "lead"},
        {"alias": "rater-1", "role": "rater"},
        {"alias": "observer-1", "role": "observer"},
    ]


@pytest.mark.parametrize("name", ["api-studies", "api-members"])
def test_lists_ask_as_often_for_1_row_as_for_30(name, client, study, lead):
    client.force_login(lead)
    url = reverse(name, args=[study.slug] if name == "api-members" else [])
    counts = []
    for names in (["first"], [f"person-{n}" for n in range(30)]):
        for person in names:
            factories.member(study, factories.user(person))
            factories.member(factories.study(person, person), lead)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (Invalid({"name": "Give a name."}), 400, {"name": ["Give a name."]}),
        (ValidationError("Not so."), 400, {"non_field_errors": ["Not so."]}),
        (Refused("Only a lead may."), 403, {"detail": "Only a lead may."}),
        (NotThere("There is none."), 404, {"detail": "There is none."}),
        (Conflict("Someone was faster."), 409, {"detail": "Someone was faster."}),
    ],
)
def test_refusals_are_answered_with_their_sentence(error, status, told):
    answer = answer_refusal(error, {})
    assert (answer.status_code, answer.data) == (status, told)


def test_errors_of_the_program_are_not_answered():
    assert answer_refusal(RuntimeError("a fault"), {}) is None
