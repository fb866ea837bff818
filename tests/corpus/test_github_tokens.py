"""Tokens: used in turn, kept encrypted, never shown; what is left of their quotas is told."""

import json
import logging

import pytest
from django.core.serializers import serialize
from django.utils import timezone

from corpus.models import GitHubToken, ImportRun
from corpus.services import tokens
from corpus.services.collecting import request_github_import
from jobs.models import Job, State
from jobs.services import ask_to_stop
from studies.errors import Invalid, Refused
from studies.models import Event
from tests.corpus.conftest import again, finish, told
from tests.corpus.test_import_github import EXPECTED, NAME, fill, numbers
from tests.fakes.github import faults

FIRST, SECOND = "token first-secret", "token second-secret"


@pytest.fixture
def keep(study, lead):
    return lambda name, token: tokens.keep_token(study=study, name=name, token=token, by=lead)


def test_tokens_are_used_in_turn_and_the_last_one_parks(import_github, fake, keep):
    fill(fake)
    rows = keep("first", "first-secret"), keep("second", "second-secret")
    fake.quotas = {FIRST: 2, SECOND: 3}
    parked = import_github()
    assert (parked.job.state, parked.job.note) == (
        State.PARKED, "GitHub's limit of requests is reached. What is read is kept.",
    )  # fmt: skip
    assert fake.authorization == {FIRST, SECOND}
    assert 1700 < (parked.job.not_before - timezone.now()).total_seconds() < 1900
    assert [(row.left, row.allowed, row.returns_at is not None) for row in GitHubToken.objects.order_by("pk")] == [
        (0, 60, True), (0, 60, True),
    ]  # fmt: skip
    assert (parked.quota["left"], parked.requests) == (0, 5)
    fake.quotas[SECOND] = 100
    GitHubToken.objects.filter(pk=rows[1].pk).update(returns_at=timezone.now())
    assert again(parked).job.state == State.DONE
    assert numbers() == EXPECTED


def test_token_that_is_refused_is_passed_over_and_named(import_github, fake, keep):
    fill(fake)
    keep("old", "first-secret")
    keep("new", "second-secret")
    fake.wrong_tokens = {FIRST}
    done = import_github()
    sentence = "GitHub refuses the token old (401): it is wrong or has expired. Remove it, or add a new one."
    assert (done.job.state, told(done)) == (State.DONE, [("tokens", sentence, False)])
    assert numbers() == EXPECTED


def test_import_fails_when_every_token_is_refused(import_github, fake):
    fill(fake)
    fake.wrong_tokens = {FIRST}
    failed = import_github(token="first-secret")
    assert failed.job.error == (
        "GitHub refused the request (401). The token is wrong or has expired. What was read is kept; "
        "start the import again with another token."
    )


def test_typed_tokens_come_before_kept_ones_and_those_of_the_server(import_github, fake, keep, settings):
    settings.GITHUB_TOKENS = ["of-the-server"]
    import_github(repositories=fake.add().full_name)
    assert fake.authorization == {"token of-the-server"}
    keep("mine", "first-secret")
    fake.authorization.clear()
    import_github()
    assert fake.authorization == {FIRST}
    fake.authorization.clear()
    import_github(token="second-secret, third")
    assert fake.authorization == {SECOND}


def test_no_token_is_ever_in_clear(study, lead, fake, keep, caplog):
    caplog.set_level(logging.DEBUG)
    fill(fake, issues=2)
    keep("mine", "first-secret")
    asked = request_github_import(study=study, repositories=NAME, token=" second-secret ", by=lead)
    assert tokens.unseal(asked.options["token"]) == "second-secret"
    fake.faults.append(faults.refusal(401))
    assert finish(asked).options["token"] == ""
    assert fake.authorization == {SECOND}
    rows = [*ImportRun.objects.all(), *Job.objects.all(), *Event.objects.all(), *GitHubToken.objects.all()]
    for secret in ("first-secret", "second-secret"):
        assert secret not in json.dumps(serialize("json", rows))
        assert secret not in caplog.text


def test_token_is_forgotten_when_a_waiting_import_is_stopped(study, lead):
    asked = request_github_import(study=study, repositories="a/b", token="t", by=lead)
    ask_to_stop(job=asked.job, by=lead)
    asked.refresh_from_db()
    assert asked.options["token"] == ""


def test_tokens_sealed_under_another_key_are_told(study, lead, settings, fake, keep):
    fill(fake, issues=2)
    typed = request_github_import(study=study, repositories=NAME, token="t", by=lead)
    keep("mine", "first-secret")
    settings.SECRET_KEY = "another"
    assert finish(typed).job.error.startswith("The token typed for this import can no longer be read")
    done = finish(request_github_import(study=study, repositories=NAME, by=lead))
    assert (done.job.state, told(done)) == (State.DONE, [("tokens", tokens.UNREADABLE.format("mine"), False)])


@pytest.mark.parametrize(
    ("name", "token", "field"),
    [
        (" ", "t", "name"),
        ("n", "", "token"),
        ("n", "two words", "token"),
        ("n", "t" * 256, "token"),
        ("A", "t", "name"),
    ],
)
def test_token_that_cannot_be_kept_is_refused_beside_its_field(keep, name, token, field):
    keep("a", "t")
    with pytest.raises(Invalid) as refused:
        keep(name, token)
    assert set(refused.value.message_dict) == {field}
    assert GitHubToken.objects.count() == 1


def test_rater_keeps_and_removes_no_token(study, rater_a, keep):
    with pytest.raises(Refused):
        tokens.keep_token(study=study, name="n", token="t", by=rater_a)
    with pytest.raises(Refused):
        tokens.remove_token(token=keep("a", "t"), by=rater_a)


def test_page_lists_tokens_by_name_and_removes_them(client, study, lead, keep):
    client.force_login(lead)
    address = f"/studies/{study.slug}/imports/tokens/"
    row = keep("of the lab", "first-secret")
    assert str(row) == "of the lab"
    answer = client.get(address)
    assert "of the lab" in answer.text
    assert "first-secret" not in answer.text
    assert row.sealed not in answer.text
    assert client.post(address, {"name": "Of the lab", "token": "x"}).status_code == 422
    assert client.post(address, {"name": "another", "token": "x"}).status_code == 302
    client.post(f"{address}{row.pk}/remove/")
    assert list(GitHubToken.objects.values_list("name", flat=True)) == ["another"]
    assert list(Event.objects.order_by("pk").values_list("verb", "target"))[-1] == (
        "removed the GitHub token", "of the lab",
    )  # fmt: skip
