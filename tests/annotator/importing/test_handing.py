"""A placeholder whose person was a member all along: the codings go to the member, once it is said."""

import pytest
from django.urls import reverse

from annotator.models import Assignment, Coding, Proposal, Round, RoundRater
from annotator.services.importing.undoing import why_not_undo
from annotator.states import UnknownCodes
from studies.errors import Conflict, Invalid, Refused
from studies.models import Membership, Role
from studies.services.invitations import invite, withdraw_invitation
from studies.services.placeholders import add_placeholder, hand_over
from studies.services.studies import remove_member
from tests import factories
from tests.annotator.importing.brought import LONG, bring, sheet


@pytest.fixture
def imported(study, lead):
    version = factories.taxonomy(study, by=lead)
    rows = [LONG[0], ("x/y#1", "E2", "Fresh", "mine", "", ""), ("x/y#1", "rater_a", "Loading", "", "", "")]
    return bring(study, lead, sheet(rows), target={"unknown": UnknownCodes.PROPOSE, "version": version.pk})


@pytest.fixture
def placeholder(imported):
    return Membership.objects.select_related("study", "user").get(role=Role.PLACEHOLDER)


def test_codings_and_proposals_go_to_the_member(study, lead, members, imported, placeholder):
    hand_over(placeholder=placeholder, to=members["rater_b"], by=lead)
    coding = Coding.objects.get(memo="mine")
    assert (coding.assignment.member, Proposal.objects.get().member) == (members["rater_b"], members["rater_b"])
    assert set(RoundRater.objects.values_list("member__alias", flat=True)) == {"rater-1", "rater-2"}
    assert not Membership.objects.filter(role=Role.PLACEHOLDER).exists()
    assert list(study.events.order_by("-pk").values_list("verb", "target")[:2]) == [
        ("removed", "placeholder rater-3"), ("handed the codings of", "rater-3 to rater-2"),
    ]  # fmt: skip
    imported.refresh_from_db()
    assert why_not_undo(imported) == "A person took over codings of Round 1. Nothing was removed."


def test_two_who_coded_the_same_issue_are_two_people(lead, members, placeholder):
    with pytest.raises(Conflict, match="E2 and rater_a coded 1 issue of the same round"):
        hand_over(placeholder=placeholder, to=members["rater_a"], by=lead)
    assert Assignment.objects.filter(member=placeholder).count() == 1


def test_a_member_of_the_round_stays_one_rater_of_it(study, lead, members, placeholder):
    other = factories.issue(factories.repository(study))
    round = Round.objects.get()
    drawn = round.round_issues.create(issue=other, position=9)
    Assignment.objects.create(round_issue=drawn, member=members["rater_b"], position=9)
    RoundRater.objects.create(round=round, member=members["rater_b"], added_at=factories.NOW)
    hand_over(placeholder=placeholder, to=members["rater_b"], by=lead)
    assert RoundRater.objects.filter(round=round, member=members["rater_b"]).count() == 1
    assert Assignment.objects.filter(member=members["rater_b"]).count() == 2


def test_only_a_person_of_the_study_gets_them_and_only_from_a_lead(study, lead, stranger, members, placeholder):
    other = add_placeholder(study=study, name="E3", by=lead)
    gone = Membership.objects.create(study=study, user=stranger, role=Role.RATER, alias="x-1", joined_at=factories.NOW)
    remove_member(membership=gone, by=lead)
    for to in (other, gone):
        with pytest.raises(Invalid, match="Choose a person"):
            hand_over(placeholder=placeholder, to=to, by=lead)
    with pytest.raises(Conflict, match="rater_a is no placeholder"):
        hand_over(placeholder=members["rater_a"], to=members["rater_b"], by=lead)
    with pytest.raises(Refused):
        hand_over(placeholder=placeholder, to=members["rater_b"], by=members["rater_a"].user)


def test_not_while_an_invitation_names_it(study, lead, members, placeholder):
    invitation, _ = invite(study=study, role=Role.RATER, takes_over=placeholder, by=lead)
    with pytest.raises(Conflict, match="Withdraw it first"):
        hand_over(placeholder=placeholder, to=members["rater_b"], by=lead)
    assert Assignment.objects.filter(member=placeholder).count() == 1
    withdraw_invitation(invitation=invitation, by=lead)
    hand_over(placeholder=placeholder, to=members["rater_b"], by=lead)
    assert not Membership.objects.filter(role=Role.PLACEHOLDER).exists()


def test_the_page_of_members_hands_over(client, study, lead, members, placeholder):
    client.force_login(lead)
    address = reverse("member_hand_over", args=[study.slug, placeholder.pk])
    refused = client.post(address, {"to": members["rater_a"].pk}, follow=True).content.decode()
    assert "they are two people" in refused
    assert "Choose a person" in client.post(address, {"to": placeholder.pk}, follow=True).content.decode()
    done = client.post(address, {"to": members["rater_b"].pk}, follow=True).content.decode()
    assert "The codings of E2 are rater_b’s now." in done
