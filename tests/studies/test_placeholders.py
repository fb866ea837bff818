"""Placeholders: members without a person, until one takes them over."""

import pytest
from django.urls import reverse

from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Membership, Role, User
from studies.permissions import Permission, may
from studies.services.invitations import accept_invitation, accept_with_new_account, invite
from studies.services.placeholders import add_placeholder, remove_placeholder
from studies.services.studies import change_role, remove_member
from tests import factories

GOOD = "a quiet sentence of mine"


@pytest.fixture
def placeholder(study, lead):
    return add_placeholder(study=study, name=" E1 ", by=lead)


def test_a_placeholder_has_an_alias_and_may_nothing(study, placeholder, client):
    assert (str(placeholder.user), placeholder.alias, placeholder.role) == ("E1", "rater-3", Role.PLACEHOLDER)
    assert [permission for permission in Permission if may(placeholder, permission)] == []
    assert not placeholder.user.is_active
    assert not client.login(username=placeholder.user.email, password="")
    assert study.events.order_by("pk").values_list("verb", "target", "data").last() == (
        "added", "placeholder rater-3", {"name": "E1"},
    )  # fmt: skip


def test_only_a_lead_adds_one_and_it_has_a_name(study, lead, rater_a):
    with pytest.raises(Refused):
        add_placeholder(study=study, name="E1", by=rater_a)
    with pytest.raises(Invalid, match="needs a name"):
        add_placeholder(study=study, name=" ", by=lead)


def test_who_takes_over_keeps_alias_and_codings(study, lead, placeholder):
    issue = factories.issue(factories.repository(study))
    round = factories.round_of(factories.taxonomy(study, by=lead), [issue], [placeholder])
    factories.answers(round, {"rater-3": ["Loading"]})
    stand_in = placeholder.user_id
    _, token = invite(study=study, role=Role.RATER, takes_over=placeholder, by=lead)
    person = accept_with_new_account(token=token, email="eve@example.org", name="Eve", password=GOOD)
    placeholder.refresh_from_db()
    assert (placeholder.user, placeholder.role, placeholder.alias) == (person, Role.RATER, "rater-3")
    assert [row.codings.count() for row in placeholder.assignments.all()] == [1]
    assert not User.objects.filter(pk=stand_in).exists()
    assert list(study.events.order_by("pk").values_list("verb", "target"))[1:] == [
        ("invited", "somebody to take over rater-3"), ("took over", "rater-3"),
    ]  # fmt: skip
    with pytest.raises(Conflict, match="Eve is no placeholder"):
        invite(study=study, role=Role.RATER, takes_over=placeholder, by=lead)


def test_who_was_a_member_does_not_become_another(study, lead, stranger, members):
    remove_member(membership=factories.member(study, stranger), by=lead)
    placeholder = add_placeholder(study=study, name="E1", by=lead)
    _, token = invite(study=study, role=Role.RATER, takes_over=placeholder, by=lead)
    with pytest.raises(Conflict, match="under another alias"):
        accept_invitation(token=token, by=stranger)
    with pytest.raises(Conflict, match="You are a member"):
        accept_invitation(token=token, by=members["rater_a"].user)
    assert accept_invitation(token=token, by=factories.user("eve")) == placeholder


def test_two_links_for_one_placeholder_bring_one_person(study, lead, placeholder):
    tokens = [invite(study=study, role=Role.RATER, takes_over=placeholder, by=lead)[1] for _ in range(2)]
    accept_invitation(token=tokens[0], by=factories.user("eve"))
    with pytest.raises(Conflict, match="eve is no placeholder"):
        accept_invitation(token=tokens[1], by=factories.user("mallory"))


def test_roles_are_not_given_to_placeholders_nor_placeholder_to_people(study, lead, members, placeholder):
    with pytest.raises(Invalid, match="Make a link for the person"):
        change_role(membership=placeholder, role=Role.RATER, by=lead)
    with pytest.raises(Invalid, match="placeholder is not a role"):
        change_role(membership=members["rater_a"], role=Role.PLACEHOLDER, by=lead)
    with pytest.raises(Invalid, match="placeholder is not a role"):
        invite(study=study, role=Role.PLACEHOLDER, by=lead)


def test_one_that_nothing_refers_to_is_removed(study, lead, rater_a, members, placeholder):
    used = add_placeholder(study=study, name="E2", by=lead)
    invite(study=study, role=Role.RATER, takes_over=used, by=lead)
    with pytest.raises(Refused):
        remove_placeholder(placeholder=placeholder, by=rater_a)
    assert [remove_placeholder(placeholder=row, by=lead) for row in (placeholder, used, members["rater_a"])] == [
        True, False, False,
    ]  # fmt: skip
    assert set(Membership.objects.filter(role=Role.PLACEHOLDER)) == {used}
    assert set(User.objects.filter(is_active=False)) == {used.user}


def test_a_stranger_study_gives_no_placeholder(lead, placeholder):
    other = factories.study("Other", "other")
    factories.member(other, lead, Role.LEAD)
    with pytest.raises(Conflict):
        invite(study=other, role=Role.RATER, takes_over=placeholder, by=lead)


def test_the_page_gives_the_link_and_the_link_says_what_comes_with_it(client, study, lead, placeholder):
    client.force_login(lead)
    page = client.get(reverse("members", args=[study.slug])).content.decode()
    assert "Make a link for the person" in page
    answer = client.post(reverse("member_take_over", args=[study.slug, placeholder.pk]))
    link = answer.context["link"]
    assert "takes over its codings" in answer.content.decode()
    client.logout()
    assert "The codings of E1 (rater-3) become yours." in client.get(link).content.decode()
    client.force_login(factories.user("eve"))
    assert "The codings of E1 (rater-3) become yours." in client.get(link).content.decode()
    client.post(link)
    placeholder.refresh_from_db()
    assert placeholder.user.name == "eve"


def test_an_unknown_placeholder_is_not_there(client, study, lead):
    client.force_login(lead)
    assert client.post(reverse("member_take_over", args=[study.slug, 0])).status_code == 404
    with pytest.raises(NotThere):
        accept_invitation(token="none", by=lead)
