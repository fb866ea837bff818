"""The page that says how many issues a round needs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studies.models import Study


@pytest.fixture
def ask(study: Study, lead: Any) -> Any:
    client = Client()
    client.force_login(lead)

    def run(**given: Any) -> Any:
        return client.get(reverse("sample_size", args=[study.slug]), given)

    return run


def test_it_answers_from_the_start(ask: Any, study: Study) -> None:
    response = ask(population=8373)
    assert (response.context["share_size"], response.context["kappa_size"]) == (368, 314)
    text = " ".join(response.content.decode().split())
    assert "368 issues of 8,373 give a share within ± 5 % at 95 % confidence" in text
    assert f"{reverse('round_new', args=[study.slug])}?size=368" in text


def test_what_is_given_is_used_and_the_rest_stays_usual(ask: Any) -> None:
    response = ask(margin=10, confidence=90, share=20, population="", kappa=0.6, prevalence=30, half_width=0.05)
    assert (response.context["share_size"], response.context["kappa_size"]) == (44, 832)


def test_what_makes_no_sense_is_said_beside_the_field(ask: Any) -> None:
    response = ask(margin=0, kappa=1)
    assert (response.context["share_size"], response.context["kappa_size"]) == (None, None)
    assert set(response.context["share"].errors) == {"margin"}
    assert set(response.context["kappa"].errors) == {"kappa"}
