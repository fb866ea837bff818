"""Studies, members and activity as people use their pages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from studies.models import Event, Invitation, Membership, Role, Study
from studies.services.events import record_event
from studies.services.invitations import invite
from tests import factories


def test_new_study_is_led_by_who_makes_it(client, stranger):
    client.force_login(stranger)
    assertContains(client.post(reverse("study_new"), {"title": " "}), "This field is required.")
    made = {"title": "Reuse", "question": "Why?"}
    assertRedirects(client.post(reverse("study_new"), made), reverse("study", args=["reuse"]))
    assert Membership.objects.get().role == Role.LEAD


def test_settings_are_shown_and_changed(client, study, lead):
    client.force_login(lead)
    url = reverse("study_settings", args=[study.slug])
    assertContains(client.get(url), 'value="Model reuse"')
    assertRedirects(client.post(url, {"title": "Reuse", "question": "Why?"}), url)
    assertContains(client.post(url, {"title": ""}), "This field is required.")
    assert Study.objects.values_list("title", "question").get() == ("Reuse", "Why?")


def test_link_of_an_invitation_is_shown_right_after_making_it_only(client, study, lead):
    client.force_login(lead)
    made = client.post(reverse("invitation_new", args=[study.slug]), {"role": "rater", "note": "Bo"})
    link = re.search(r'value="http://testserver(/invitations/[^"]+)" readonly', made.content.decode())[1]
    assertContains(type(client)().get(link), "You are invited as rater.")
    members = client.get(reverse("members", args=[study.slug]))
    assertContains(members, "Bo")
    assertNotContains(members, "/invitations/" + link.split("/")[2])


def test_invitation_for_an_unknown_role_is_refused_on_the_page(client, study, lead):
    client.force_login(lead)
    response = client.post(reverse("invitation_new", args=[study.slug]), {"role": "king"})
    assertContains(response, "king is not one of the available choices")
    assert not Invitation.objects.exists()


def test_only_open_invitations_are_listed_and_can_be_withdrawn(client, study, lead):
    client.force_login(lead)
    expired, _ = invite(study=study, role=Role.RATER, note="too old", by=lead)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    fresh, _ = invite(study=study, role=Role.RATER, note="still open", by=lead)
    url = reverse("members", args=[study.slug])
    assertContains(client.get(url), "still open")
    assertNotContains(client.get(url), "too old")
    assertRedirects(client.post(reverse("invitation_withdraw", args=[study.slug, fresh.pk])), url)
    assert client.post(reverse("invitation_withdraw", args=[study.slug, expired.pk])).status_code == 404
    assertNotContains(client.get(url), "still open")


def test_invitation_of_another_study_cannot_be_withdrawn(client, study, lead, stranger):
    other = factories.study("Other", "other")
    factories.member(other, stranger, Role.LEAD)
    invitation, _ = invite(study=other, role=Role.RATER, by=stranger)
    client.force_login(lead)
    assert client.post(reverse("invitation_withdraw", args=[study.slug, invitation.pk])).status_code == 404
    assert Invitation.objects.get().withdrawn_at is None


def test_members_page_shows_others_without_what_leads_do(client, study, rater_a):
    client.force_login(rater_a)
    page = client.get(reverse("members", args=[study.slug]))
    for alias in ("lead-1", "rater-1", "rater-2", "observer-1"):
        assertContains(page, alias)
    for words in ("Invite a person", "Remove from the study"):
        assertNotContains(page, words)


def change(client, study, member, role):
    return client.post(reverse("member_change", args=[study.slug, member.pk]), {"role": role}, follow=True)


def remove(client, study, member):
    return client.post(reverse("member_remove", args=[study.slug, member.pk]), follow=True)


def test_role_is_changed_or_refused_with_the_reason(client, study, lead, members):
    client.force_login(lead)
    assertContains(change(client, study, members["rater_a"], "observer"), "rater_a is now observer.")
    assertContains(change(client, study, members["rater_a"], "king"), "king is not a role.")
    assertContains(change(client, study, members["lead"], "rater"), "A study keeps at least one lead.")
    assert set(study.memberships.values_list("user__name", "role")) == {
        ("lead", "lead"), ("rater_a", "observer"), ("rater_b", "rater"), ("observer", "observer"),
    }  # fmt: skip


def test_removed_member_is_listed_as_gone_and_gets_404(client, study, lead, members, rater_b):
    client.force_login(lead)
    page = remove(client, study, members["rater_b"])
    assertContains(page, "rater_b is no longer a member; their codings stay under rater-2.")
    assertContains(page, "Left")
    assertContains(remove(client, study, members["lead"]), "A study keeps at least one lead.")
    client.force_login(rater_b)
    assert client.get(reverse("members", args=[study.slug])).status_code == 404


def test_lead_who_removes_themselves_is_led_home(client, study, lead, members):
    members["rater_a"].role = Role.LEAD
    members["rater_a"].save()
    client.force_login(lead)
    response = client.post(reverse("member_remove", args=[study.slug, members["lead"].pk]))
    assertRedirects(response, reverse("home"))


def test_activity_shows_what_happened_newest_first_and_that_it_is_whole(client, study, lead, rater_a):
    for number in range(60):
        record_event(study=study, by=lead, verb="changed", target=f"thing-{number};")
    client.force_login(rater_a)
    first = client.get(reverse("activity", args=[study.slug]))
    told = re.findall(r"thing-(\d+);", first.content.decode())
    assert told == [str(number) for number in range(59, 9, -1)]
    second = client.get(reverse("activity", args=[study.slug]), {"page": 2}).content.decode()
    assert re.findall(r"thing-(\d+);", second) == [str(number) for number in range(9, -1, -1)]
    assertContains(first, "The lines of this page fit together")


def test_activity_names_the_first_line_that_was_altered(client, study, lead):
    record_event(study=study, by=lead, verb="changed", target="it")
    Event.objects.update(actor_name="Somebody else")
    client.force_login(lead)
    page = client.get(reverse("activity", args=[study.slug]))
    assertContains(page, "(Somebody else changed it) does not fit what stood before it")
    assertNotContains(page, "fit together")


@pytest.mark.parametrize("name", ["members", "activity", "account"])
def test_pages_ask_as_often_for_1_row_as_for_30(name, client, study, lead):
    client.force_login(lead)
    url = reverse(name, args=[] if name == "account" else [study.slug])
    one_of_each(study, lead, "first")
    few = count_queries(client, url)
    for number in range(30):
        one_of_each(study, lead, f"person-{number}")
    assert count_queries(client, url) == few


def one_of_each(study, lead, name):
    factories.member(study, factories.user(name))
    gone = factories.member(study, factories.user(f"{name}-gone"))
    gone.left_at = factories.NOW
    gone.save()
    invite(study=study, role=Role.RATER, by=lead)
    factories.member(factories.study(name, name), lead)


def count_queries(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)
