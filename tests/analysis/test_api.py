"""The API tells what the pages tell."""

import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from jobs.services import run
from tests import factories


@pytest.fixture
def ask(ground, rater_a):
    client = Client()
    client.force_login(rater_a)

    def get(name, *args, **query):
        return client.get(reverse(name, args=[ground.study.slug, *args]), query)

    return get


def test_agreement_of_a_closed_round(ask, ground):
    answer = ask("api-agreement", ground.closed.number).json()
    assert answer["sentence"].startswith("Krippendorff’s α = 0.")
    report = answer["report"]
    assert (report["codings"], report["unclear"], report["skipped"], report["absent"]) == (8, 1, 1, 2)
    assert report["alpha"]["interval"]["level"] == 0.95
    assert [pair["first"] for pair in report["pairs"]] == ["rater-1"]
    unused = next(code for code in report["codes"] if code["label"] == "Slow loading")
    assert unused["warning"] == "few: 1 issue"


def test_agreement_of_a_running_round_is_refused_with_the_reason(ask, ground):
    response = ask("api-agreement", ground.running.number)
    assert response.status_code == 403
    assert "hidden until the lead closes it" in response.json()["detail"]


def test_findings_with_the_tests_once_they_are_there(ask, decided):
    before = ask("api-findings").json()
    assert (before["tests"], before["tests_are_current"]) == (None, False)
    assert {row["category"]: row["issues"] for row in before["counts"]["categories"]} == {
        "Loading": 2, "Output": 2, "Memory": 2,
    }  # fmt: skip
    assert [row["issue"] for row in before["resolution_time"]["open"]] == ["tidewater/captioner#5"]
    client = Client()
    client.force_login(decided.lead)
    client.post(reverse("findings_refresh", args=[decided.study.slug]), {"version": decided.version.pk})
    run(Job.objects.get().pk)
    after = ask("api-findings", version=decided.version.pk).json()
    assert after["tests_are_current"] is True
    assert after["tests"]["each"]["n"] == 5


def test_findings_before_any_closed_round(lead):
    factories.member(factories.study("Empty", "empty"), lead, "lead")
    client = Client()
    client.force_login(lead)
    assert client.get(reverse("api-findings", args=["empty"])).status_code == 404
