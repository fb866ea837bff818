"""A job's own page: its progress, its end, its stop button."""

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from jobs.models import State
from tests import factories


def words(node):
    return " ".join(node.text().split())


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"state": State.WAITING}, "waiting"),
        ({"state": State.RUNNING, "lease_until": factories.NOW}, "running"),
        ({"state": State.RUNNING, "lease_until": factories.NOW, "stop_asked_at": factories.NOW}, "stopping"),
        ({"state": State.PARKED, "not_before": factories.NOW}, "parked until 1 Mar 2026 12:00 UTC"),
        ({"state": State.CANCELLED, "ended_at": factories.NOW}, "stopped"),
        ({"state": State.FAILED, "error": "No such repository."}, "failed"),
        ({"state": State.DONE, "ended_at": factories.NOW}, "done"),
    ],
)
def test_progress_tells_the_state(client, study, lead, fields, status):
    client.force_login(lead)
    job = factories.job(study, lead, done=3, total=10, unit="issues", **fields)
    html = LexborHTMLParser(client.get(reverse("job", args=[study.slug, job.pk])).content)
    assert words(html.css_first(".job [role=status]")) == status
    assert bool(html.css("[hx-get]")) == job.is_open
    assert bool(html.css("main form")) == (job.is_open and status != "stopping")
    assert [words(note) for note in html.css(".note.error")] == ([job.error] if job.error else [])


def test_fragment_becomes_the_whole_page_when_the_job_has_ended(client, study, rater_a, lead):
    client.force_login(rater_a)
    job = factories.job(study, lead)
    here = reverse("job", args=[study.slug, job.pk])
    fragment = client.get(here, headers={"HX-Request": "true"})
    html = LexborHTMLParser(fragment.content)
    assert (html.css("h1"), html.css("form")) == ([], [])
    assert html.css_first("[hx-get]").attributes["hx-get"] == here
    type(job).objects.update(state=State.DONE)
    assert client.get(here, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
