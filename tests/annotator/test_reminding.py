"""Reminders: who gets which text, once a day, by a job whose failures are told; by page with mail and without."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.models import Assignment, Each, Round, RoundRater
from annotator.services.changing import pause_round
from annotator.services.dealing import Design
from annotator.services.phases import start_round
from annotator.services.reminding import remind_raters, reminders_of
from annotator.services.rounds import draft_round
from jobs.models import Job, State
from jobs.services import run
from studies.errors import Invalid, Refused
from studies.models import Event, Membership, Role, Study, User
from tests import factories

ADDRESS = "https://coding.example.org/studies/model-reuse/code/1/"


class Deaf(EmailBackend):
    """A server that takes no letter for rater-b."""

    def send_messages(self, messages: Any) -> int:
        if any("rater-b@example.org" in message.to for message in messages):
            raise ConnectionRefusedError("Connection refused")
        return super().send_messages(messages)


class Dumb(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise OSError


@pytest.fixture(autouse=True)
def configured(settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "smtp.example.org", "Intercoder <coding@example.org>"


@pytest.fixture
def raters(members: dict[str, Membership]) -> list[Membership]:
    return [members["rater_a"], members["rater_b"]]


@pytest.fixture
def running(study: Study, raters: Any, lead: User) -> Round:
    repository = factories.repository(study)
    issues = [factories.issue(repository, number=number) for number in (1, 2)]
    return factories.round_of(factories.taxonomy(study, by=lead), issues, raters)


def code(round: Round, alias: str, number: int) -> None:
    for row in Assignment.objects.filter(round_issue__round=round, member__alias=alias).order_by("position")[:number]:
        factories.coding(row)


def remind(round: Round, raters: list[Membership], by: User) -> Job:
    return remind_raters(round=round, raters=raters, address=ADDRESS, by=by)


def done(job: Job) -> Job:
    run(job.pk)
    job.refresh_from_db()
    return job


LETTER = """Dear rater_a,

in round 1 of the study “Model reuse” 1 issue is open to you. Your last answer is of 1 March 2026.

https://coding.example.org/studies/model-reuse/code/1/

You get this because lead asked for it; an answer goes to them. There is at most one reminder a day.
"""


def test_each_gets_the_text_that_was_shown(running: Round, raters: Any, lead: User) -> None:
    code(running, "rater-1", 1)
    shown = {each.member: each.text for each in reminders_of(running, address=ADDRESS, by=lead)}
    assert shown[raters[0]] == LETTER
    assert "2 issues are open to you. You have not begun yet." in shown[raters[1]]
    job = done(remind(running, raters, lead))
    assert (job.state, job.done, job.error) == (State.DONE, 2, "")
    assert [(each.to, each.body) for each in mail.outbox] == [
        (["rater-a@example.org"], shown[raters[0]]),
        (["rater-b@example.org"], shown[raters[1]]),
    ]
    first = mail.outbox[0]
    assert (first.subject, first.from_email, first.reply_to) == (
        "Round 1 of Model reuse: 1 issue is open to you", "Intercoder <coding@example.org>", ["lead@example.org"],
    )  # fmt: skip


def test_nothing_is_sent_before_the_job_runs_and_an_event_says_who(running: Round, raters: Any, lead: User) -> None:
    remind(running, raters, lead)
    assert mail.outbox == []
    event = Event.objects.get(verb="reminded raters of")
    assert (event.target, event.data) == ("round 1", {"raters": ["rater-1", "rater-2"]})


def test_once_a_day_is_enough(running: Round, raters: Any, lead: User) -> None:
    remind(running, raters[:1], lead)
    row = RoundRater.objects.get()
    assert row.added_at == running.drafted_at
    with pytest.raises(Invalid, match=r"rater-1 was reminded on .* UTC; once a day is enough"):
        remind(running, raters, lead)
    assert Job.objects.count() == 1
    row.reminded_at = timezone.now() - timedelta(hours=24)
    row.save()
    assert [each.waits for each in reminders_of(running, address=ADDRESS, by=lead)] == [False, False]
    remind(running, raters, lead)


def test_who_cannot_be_reached_is_told_and_can_be_reminded_again(
    running: Round, raters: Any, lead: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.annotator.test_reminding.Deaf"
    job = done(remind(running, raters, lead))
    assert job.state == State.FAILED
    assert job.error == (
        "No reminder reached rater-2 (Connection refused). Check the mail settings, or copy the text and send it "
        "yourself."
    )
    assert [each.to for each in mail.outbox] == [["rater-a@example.org"]]
    assert {each.member.alias: each.waits for each in reminders_of(running, address=ADDRESS, by=lead)} == {
        "rater-1": True, "rater-2": False,
    }  # fmt: skip


def test_a_fault_without_words_is_named(running: Round, raters: Any, lead: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.annotator.test_reminding.Dumb"
    assert "rater-1 (OSError)" in done(remind(running, raters[:1], lead)).error


def test_a_job_that_is_taken_up_again_sends_only_the_rest(running: Round, raters: Any, lead: User) -> None:
    job = remind(running, raters, lead)
    Job.objects.filter(pk=job.pk).update(done=1)
    assert done(job).state == State.DONE
    assert [each.to for each in mail.outbox] == [["rater-b@example.org"]]


def test_only_those_with_something_open_while_it_runs(
    study: Study, running: Round, raters: Any, lead: User, rater_a: User
) -> None:
    code(running, "rater-1", 2)
    with pytest.raises(Invalid, match="Nothing is open to rater-1 now"):
        remind(running, raters, lead)
    with pytest.raises(Invalid, match="Choose whom to remind"):
        remind(running, [], lead)
    with pytest.raises(Refused, match="Only a lead may make and run rounds"):
        remind(running, raters[1:], rater_a)
    paused = pause_round(round=running, reason="Holidays", by=lead)
    with pytest.raises(Invalid, match="Nothing is open to rater-2 now"):
        remind(paused, raters[1:], lead)


def test_raters_of_a_pool_and_no_placeholders(study: Study, raters: Any, lead: User) -> None:
    factories.issue(factories.repository(study), number=1)
    version = factories.taxonomy(study, by=lead)
    round = draft_round(study=study, version=version, raters=raters, size=1, design=Design(Each.POOL, 1), by=lead)
    round = start_round(round=round, by=lead)
    Membership.objects.filter(pk=raters[1].pk).update(role=Role.PLACEHOLDER)
    (only,) = reminders_of(round, address=ADDRESS, by=lead)
    assert only.member == raters[0]
    assert "1 issue is open to you" in only.subject


@pytest.mark.parametrize("name", ["EMAIL_HOST", "DEFAULT_FROM_EMAIL"])
def test_without_mail_nothing_is_sent(running: Round, raters: Any, lead: User, settings: Any, name: str) -> None:
    setattr(settings, name, "")
    with pytest.raises(Refused, match=r"This installation sends no mail\. Copy the text"):
        remind(running, raters, lead)


# Pages


@pytest.fixture
def client(lead: User) -> Client:
    client = Client()
    client.force_login(lead)
    return client


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_shows_the_text_and_sends_it(running: Round, client: Client, lead: User) -> None:
    url = reverse("round_remind", args=[running.study.slug, 1])
    assert url in words(client.get(reverse("round", args=[running.study.slug, 1])))
    page = words(client.get(url))
    assert "2 open, nothing submitted for" in page
    assert "http://testserver/studies/model-reuse/code/1/" in page
    assert page.count("checked") == 2
    assert words(client.get(f"{url}?rater=rater-2")).count("checked") == 1
    sent = client.post(url, {"raters": ["rater-1"]}, follow=True)
    assert "Being sent to rater-1." in words(sent)
    assert "once a day is enough" in words(sent)
    done(Job.objects.get())
    assert "http://testserver/studies/model-reuse/code/1/" in str(mail.outbox[0].body)
    assert "Last reminder:" in words(client.get(url))
    again = client.post(url, {"raters": ["rater-1", "rater-2"]})
    assert "rater-1 was reminded on" in words(again)
    assert "Choose whom to remind." in words(client.post(url))


def test_the_page_tells_a_failure(running: Round, client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.annotator.test_reminding.Deaf"
    url = reverse("round_remind", args=[running.study.slug, 1])
    client.post(url, {"raters": ["rater-2"]})
    done(Job.objects.get())
    assert "No reminder reached rater-2 (Connection refused)." in words(client.get(url))


def test_without_mail_the_text_is_there_to_copy(running: Round, client: Client, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    url = reverse("round_remind", args=[running.study.slug, 1])
    page = words(client.get(url))
    assert "This installation sends no mail. Copy a text, and send it yourself." in page
    assert page.count("readonly") == 2
    assert "Send to those ticked" not in page
    assert "This installation sends no mail." in words(client.post(url, {"raters": ["rater-1"]}))


def test_nobody_to_remind_is_said(study: Study, raters: Any, lead: User, client: Client, running: Round) -> None:
    for alias in ("rater-1", "rater-2"):
        code(running, alias, 2)
    page = words(client.get(reverse("round_remind", args=[running.study.slug, 1])))
    assert "Nobody has anything open in this round now" in page
