"""The public link of a version: on, off, and what it never tells."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from annotator.states import Phase
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Event
from taxonomy.models import PublicLink
from taxonomy.services.editing import edit_code
from taxonomy.services.links import end_link, open_link
from taxonomy.services.versions import publish
from tests import factories


@pytest.fixture
def published(draft, code, lead):
    edit_code(code=code("A"), notes="Only for raters.", by=lead)
    return publish(version=draft, note="The first.", by=lead)


@pytest.fixture
def page(published, lead):
    """What anyone sees at the link's address."""
    link = open_link(version=published, by=lead)

    def get(kind=""):
        name, args = ("public_codebook_file", [link.key, kind]) if kind else ("public_codebook", [link.key])
        return Client().get(reverse(name, args=args))

    return get


def test_anyone_reads_the_codes_and_nothing_of_the_study(page, published):
    response = page()
    text = response.content.decode()
    assert "What A means." in text
    assert "Reuse, version 1" in text
    study = published.taxonomy.study
    assert not [told for told in ("Only for raters.", study.title, study.slug, "lead", "rater_a") if told in text]
    assert (response["X-Robots-Tag"], "no-store" in response["Cache-Control"]) == ("noindex, nofollow", True)


@pytest.mark.parametrize("kind", ["md", "tex", "json"])
def test_files_leave_out_what_is_for_raters(kind, page):
    response = page(kind)
    assert "What A means." in response.content.decode()
    assert "Only for raters." not in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert page("pdf").status_code == 404


def test_counts_are_shown_where_the_lead_says_so(study, members, lead):
    version = factories.taxonomy(study, by=lead)
    issues = [factories.issue(factories.repository(study))]
    closed = factories.round_of(version, issues, [members["rater_a"]], phase=Phase.DISCUSSION)
    factories.answers(closed, {members["rater_a"].alias: ["Loading"]})
    told = []
    for with_counts in (False, True):
        link = open_link(version=version, with_counts=with_counts, by=lead)
        told.append("1 coding, 0 labelled issues" in Client().get(f"/codebooks/{link.key}/").content.decode())
        end_link(version=version, by=lead)
    assert told == [False, True]


def test_address_leads_nowhere_once_it_is_switched_off(page, published, lead):
    end_link(version=published, by=lead)
    for response in (page(), page("md")):
        assert response.status_code == 404
    assert "switched off" in page().content.decode()
    assert open_link(version=published, by=lead).key != PublicLink.objects.exclude(ended_at=None).get().key


def test_switching_is_told_without_the_key(published, lead):
    link = open_link(version=published, with_counts=True, by=lead)
    end_link(version=published, by=lead)
    told = [(event.verb, event.target, event.data) for event in Event.objects.order_by("pk")][-2:]
    assert told == [
        ("opened", "a public link to Reuse, version 1", {"with_counts": True}),
        ("ended", "the public link to Reuse, version 1", {}),
    ]
    assert link.key not in str(told)
    assert str(link) == f"link {link.pk} to Reuse, version 1"


def test_one_link_is_on_at_a_time(published, lead):
    open_link(version=published, by=lead)
    with pytest.raises(Conflict, match="has a public link already"):
        open_link(version=published, by=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicLink.objects.create(version=published, key="other", made_by=lead, made_at=factories.NOW)


def test_drafts_have_none(draft, lead):
    with pytest.raises(Invalid, match="Publish it first"):
        open_link(version=draft, by=lead)
    with pytest.raises(NotThere):
        end_link(version=draft, by=lead)


def test_links_are_the_leads(published, rater_a):
    for act in (open_link, end_link):
        with pytest.raises(Refused):
            act(version=published, by=rater_a)


def test_lead_switches_on_the_page_and_others_see_no_link(published, client, lead, rater_a):
    here = [published.taxonomy.study.slug, published.taxonomy_id, 1]
    client.force_login(lead)
    shown = client.post(reverse("link_open", args=here), {"with_counts": "on"}, follow=True).content.decode()
    link = PublicLink.objects.get()
    assert f"http://testserver/codebooks/{link.key}/" in shown
    assert link.with_counts
    assert "has a public link already" in client.post(reverse("link_open", args=here), follow=True).content.decode()
    client.force_login(rater_a)
    assert link.key not in client.get(reverse("taxonomy_version", args=here)).content.decode()
    client.force_login(lead)
    assert "is switched off" in client.post(reverse("link_end", args=here), follow=True).content.decode()
    assert "has no public link" in client.post(reverse("link_end", args=here), follow=True).content.decode()
