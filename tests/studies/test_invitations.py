"""Invitations: once, in time, and never told twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Invitation, Membership, Role, User
from studies.queries import get_invitation_of, open_invitations
from studies.services.invitations import (
    accept_invitation,
    accept_with_new_account,
    get_open_invitation,
    invite,
    withdraw_invitation,
)
from tests import factories

at_once = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="writes at once are told apart on PostgreSQL; SQLite has one writer"
)
GOOD = "a quiet sentence of mine"


def test_invitation_makes_a_member_once(study, lead, stranger, rater_a):
    invitation, token = invite(study=study, role=Role.OBSERVER, note=" for Eve ", by=lead)
    member = accept_invitation(token=token, by=stranger)
    invitation.refresh_from_db()
    assert (member.study, member.role, member.alias) == (study, "observer", "observer-2")
    assert (invitation.used_by, invitation.note, invitation.used_at is None) == (stranger, "for Eve", False)
    with pytest.raises(NotThere):
        accept_invitation(token=token, by=factories.user("another"))
    assert list(study.events.order_by("pk").values_list("actor_name", "verb", "target")) == [
        ("lead", "invited", "somebody as observer"),
        ("stranger", "joined as", "observer-2"),
    ]


def test_only_a_hash_of_the_token_is_kept(study, lead):
    invitation, token = invite(study=study, role=Role.RATER, by=lead)
    assert token not in str(Invitation.objects.values().get(pk=invitation.pk))
    assert len(invitation.token_hash) == 64


def test_invitation_expires_after_14_days(study, lead):
    invitation, token = invite(study=study, role=Role.RATER, by=lead)
    assert timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=14)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotThere, match="older than 14 days"):
        get_open_invitation(token)
    with pytest.raises(NotThere):
        get_invitation_of(study, invitation.pk)


def test_withdrawn_invitation_does_not_work(study, lead, stranger):
    invitation, token = invite(study=study, role=Role.RATER, by=lead)
    withdraw_invitation(invitation=invitation, by=lead)
    withdraw_invitation(invitation=invitation, by=lead)
    with pytest.raises(NotThere):
        accept_invitation(token=token, by=stranger)
    assert list(study.events.order_by("pk").values_list("verb", flat=True)) == ["invited", "withdrew"]
    assert not open_invitations(study=study).exists()


def test_member_does_not_use_an_invitation_up(study, lead, rater_a, stranger):
    _, token = invite(study=study, role=Role.LEAD, by=lead)
    with pytest.raises(Conflict, match="not used up"):
        accept_invitation(token=token, by=rater_a)
    assert study.memberships.get(user=rater_a).role == Role.RATER
    assert accept_invitation(token=token, by=stranger).role == Role.LEAD


def test_account_and_membership_come_together_or_not_at_all(study, lead):
    _, token = invite(study=study, role=Role.RATER, by=lead)
    with pytest.raises(Invalid):
        accept_with_new_account(token=token, email="lead@example.org", name="Not the lead", password=GOOD)
    with pytest.raises(NotThere):
        accept_with_new_account(token="other", email="eve@example.org", name="Eve", password=GOOD)
    assert not User.objects.filter(name__in=["Eve", "Not the lead"]).exists()
    made = accept_with_new_account(token=token, email="eve@example.org", name="Eve", password=GOOD)
    assert study.memberships.get(user=made).alias == "rater-3"


def test_only_leads_invite_and_withdraw(study, lead, rater_a, stranger):
    invitation, _ = invite(study=study, role=Role.RATER, by=lead)
    for person, refusal in ((rater_a, Refused), (stranger, NotThere)):
        with pytest.raises(refusal):
            invite(study=study, role=Role.RATER, by=person)
        with pytest.raises(refusal):
            withdraw_invitation(invitation=invitation, by=person)
    assert list(open_invitations(study=study)) == [invitation]


def test_unknown_role_is_refused(study, lead):
    with pytest.raises(Invalid, match="king is not a role"):
        invite(study=study, role="king", by=lead)


@at_once
@pytest.mark.django_db(transaction=True)
def test_two_people_who_open_the_link_together_become_one_member(study, lead):
    _, token = invite(study=study, role=Role.RATER, by=lead)
    people = [factories.user("first"), factories.user("second")]
    start, told = threading.Barrier(2), []

    def open_link(person):
        start.wait()
        try:
            accept_invitation(token=token, by=person)
            told.append("joined")
        except NotThere:
            told.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=open_link, args=[person]) for person in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(told) == ["joined", "too late"]
    assert Membership.objects.filter(user__in=people).count() == 1
