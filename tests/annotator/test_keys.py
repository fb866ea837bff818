"""Own keys of the coding screen: kept by person, never two things on one key, refused with a sentence."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import OwnKeys, Round
from annotator.queries.keys import ACTS, own_keys
from annotator.services.keys import keep_keys, reset_keys
from studies.errors import Invalid
from studies.models import Membership, Study
from taxonomy.services.cleaning import FREE_KEYS
from tests import factories


def test_keys_as_they_come_are_one_each_and_no_codes() -> None:
    keys = [act.key for act in ACTS]
    assert len(set(keys)) == len(keys)
    assert set(keys) & set(FREE_KEYS) == set()


def test_changed_keys_are_kept_by_person(rater_a: Any, rater_b: Any) -> None:
    assert (own_keys(rater_a).chosen, own_keys(rater_a).off) == ({}, False)
    keep_keys(chosen={"j": "k", "k": "j", "m": "M", "f": "f"}, by=rater_a)
    keep_keys(chosen={"m": "W"}, off=True, by=rater_b)
    assert (own_keys(rater_a).chosen, own_keys(rater_a).off) == ({"j": "k", "k": "j", "m": "M"}, False)
    assert (own_keys(rater_b).chosen, own_keys(rater_b).off) == ({"m": "W"}, True)
    keep_keys(chosen={"s": "Delete"}, by=rater_a)
    assert own_keys(rater_a).chosen == {"s": "Delete"}
    reset_keys(by=rater_a)
    assert list(OwnKeys.objects.values_list("user", flat=True)) == [rater_b.pk]


@pytest.mark.parametrize(
    ("chosen", "wrong"),
    [
        ({"j": "m"}, {"m": "“m” is the key of “The next comment” already. Give one of the two another key."}),
        ({"j": "3"}, {"j": "“3” is the key of a numbered code. Choose a letter or a sign."}),
        ({"j": "g"}, {"j": "“g” can be the key of a code. Choose a capital letter, or one of e f j k m n s u."}),
        ({"j": "Tab"}, {"j": "Choose a letter, a sign, or one of Enter, Backspace, Delete, Insert, ArrowUp, "
                             "ArrowDown, ArrowLeft, ArrowRight."}),
        ({"j": " "}, {"j": "Choose a letter, a sign, or one of Enter, Backspace, Delete, Insert, ArrowUp, "
                           "ArrowDown, ArrowLeft, ArrowRight."}),
    ],
)  # fmt: skip
def test_keys_that_clash_or_cannot_be_are_refused(chosen: Any, wrong: Any, rater_a: Any) -> None:
    with pytest.raises(Invalid) as refused:
        keep_keys(chosen=chosen, by=rater_a)
    assert {key: " ".join(told) for key, told in refused.value.message_dict.items()} == wrong
    assert not OwnKeys.objects.exists()


@pytest.fixture
def running(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    issues = [factories.issue(factories.repository(study))]
    return factories.round_of(factories.taxonomy(study, by=lead), issues, [members["rater_a"]])


def test_page_keeps_refuses_and_puts_back(running: Round, rater_a: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    where = [running.study.slug, running.number]
    url, fields = reverse("coding_keys", args=where), {act.key: f"key-{n}" for n, act in enumerate(ACTS)}
    assert client.get(url).content.decode().count("data-key-field") == len(ACTS)
    kept = client.post(url, {fields["m"]: "M", fields["u"]: " ", "issue": "7"})
    assert kept["Location"] == reverse("coding", args=where) + "?issue=7"
    assert client.get(reverse("coding", args=where)).context["setup"]["keys"] == {"chosen": {"m": "M"}, "off": False}
    refused = client.post(url, {fields["m"]: "f", "off": "on"})
    assert refused.status_code == 409
    assert "“f” is the key of “Write the memo” already." in refused.content.decode()
    assert own_keys(rater_a).chosen == {"m": "M"}
    back = client.post(url, {"act": "reset", "issue": "x"})
    assert back["Location"] == reverse("coding", args=where)
    assert own_keys(rater_a).chosen == {}
