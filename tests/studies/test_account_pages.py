"""Signing in, accounts, and the page behind an invitation, as people use them."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from studies.models import Invitation, Role, User
from studies.services.accounts import first_account_token
from studies.services.invitations import invite
from tests import factories

GOOD = "a quiet sentence of mine"
NEW_ACCOUNT = {"email": "Eve@example.org", "name": "Eve", "password": GOOD, "password_again": GOOD}


def sign_in(client, email="lead@example.org", password=factories.PASSWORD, **more):
    return client.post(reverse("sign_in"), {"username": email, "password": password, **more})


def signed_in(client):
    return client.session.get("_auth_user_id")


def test_sign_in_ignores_the_case_of_the_address_and_leads_home(client, lead):
    assertRedirects(sign_in(client, "LEAD@example.org"), reverse("home"))
    assert signed_in(client) == str(lead.pk)


@pytest.mark.parametrize(
    ("email", "password"), [("lead@example.org", "wrong"), ("nobody@example.org", factories.PASSWORD)]
)
def test_wrong_pair_is_refused_with_the_same_sentence(email, password, client, lead):
    response = sign_in(client, email, password)
    assertContains(response, "E-mail and password do not match.")
    assert signed_in(client) is None


def test_person_who_is_no_longer_active_cannot_sign_in(client, lead):
    User.objects.update(is_active=False)
    assertContains(sign_in(client), "E-mail and password do not match.")


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/studies/new/", "/studies/new/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_sign_in_leads_on_inside_this_host_only(wanted, reached, client, lead):
    assert sign_in(client, next=wanted)["Location"] == reached


def test_page_that_needs_an_account_is_come_back_to(client, study):
    response = client.get(reverse("members", args=[study.slug]))
    assert response["Location"] == f"/sign-in/?next=/studies/{study.slug}/members/"
    assertContains(client.get(response["Location"]), f'value="/studies/{study.slug}/members/"')


def test_sign_out_by_post_only(client, lead):
    client.force_login(lead)
    assert client.get(reverse("sign_out")).status_code == 405
    assert signed_in(client)
    assertRedirects(client.post(reverse("sign_out")), reverse("sign_in"))
    assert signed_in(client) is None


def test_password_change_keeps_this_session_and_ends_others(client, lead):
    other = type(client)()
    client.force_login(lead)
    other.force_login(lead)
    passwords = {"old_password": factories.PASSWORD, "password": GOOD, "password_again": GOOD}
    assertRedirects(client.post(reverse("password_change"), passwords), reverse("account"))
    assert other.get(reverse("account")).status_code == 302
    assert sign_in(type(client)(), password=GOOD).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old_password": "wrong"}, "This is not your password. Nothing was changed."),
        ({"password_again": "something else"}, "The two passwords differ."),
        ({"password": "short", "password_again": "short"}, "This password is too short."),
        ({"password": ""}, "This field is required."),
    ],
)
def test_password_change_says_what_is_wrong(typed, sentence, client, lead):
    client.force_login(lead)
    given = {"old_password": factories.PASSWORD, "password": GOOD, "password_again": GOOD} | typed
    assertContains(client.post(reverse("password_change"), given), sentence)
    assert User.objects.get().check_password(factories.PASSWORD)


def test_account_page_changes_the_name_and_lists_studies(client, study, rater_a):
    client.force_login(rater_a)
    assertContains(client.post(reverse("account"), {"name": "Ada"}, follow=True), "Your name was changed.")
    assertContains(client.get(reverse("account")), "rater-1")
    assertContains(client.post(reverse("account"), {"name": ""}), "This field is required.")
    assert User.objects.get(pk=rater_a.pk).name == "Ada"


def test_account_page_of_a_person_without_studies_offers_one(client, stranger):
    client.force_login(stranger)
    assertContains(client.get(reverse("account")), reverse("study_new"))


def test_first_account_is_made_by_its_link_and_signed_in(client, db):
    url = reverse("first_account", args=[first_account_token()])
    assertContains(client.get(url), "Make the first account")
    assertContains(client.post(url, NEW_ACCOUNT | {"password_again": "x"}), "The two passwords differ.")
    assertContains(client.post(url, NEW_ACCOUNT | {"password": "eve", "password_again": "eve"}), "too short")
    assertRedirects(client.post(url, NEW_ACCOUNT), reverse("home"))
    assert signed_in(client) == str(User.objects.get(email="eve@example.org").pk)
    assertContains(client.get(url), "has done its work", status_code=404)


def test_invitation_of_a_person_without_account_makes_both(client, study, lead):
    _, token = invite(study=study, role=Role.RATER, by=lead)
    url = reverse("invitation", args=[token])
    page = client.get(url)
    assertContains(page, "You are invited as rater.")
    assertContains(page, f"{reverse('sign_in')}?next={url}")
    taken = client.post(url, NEW_ACCOUNT | {"email": "lead@example.org"})
    assertContains(taken, "This address has an account. Sign in with it instead.")
    assertRedirects(client.post(url, NEW_ACCOUNT), reverse("study", args=[study.slug]))
    assert study.memberships.get(user__email="eve@example.org").role == Role.RATER
    assertContains(client.get(url), "This invitation is not valid", status_code=404)


def test_invitation_of_a_person_with_account_is_joined_after_signing_in(client, study, lead, stranger):
    _, token = invite(study=study, role=Role.OBSERVER, by=lead)
    url = reverse("invitation", args=[token])
    assertRedirects(sign_in(client, "stranger@example.org", next=url), url)
    assertContains(client.get(url), "You are signed in as stranger@example.org.")
    assert not study.memberships.filter(user=stranger).exists()
    assertRedirects(client.post(url), reverse("study", args=[study.slug]))
    assert study.memberships.get(user=stranger).role == Role.OBSERVER


def test_member_who_opens_an_invitation_leaves_it_for_another(client, study, lead, rater_a):
    _, token = invite(study=study, role=Role.LEAD, by=lead)
    client.force_login(rater_a)
    url = reverse("invitation", args=[token])
    assertContains(client.get(url), "You are a member already, as rater.")
    assertRedirects(client.post(url), reverse("study", args=[study.slug]))
    assert Invitation.objects.get().used_at is None
