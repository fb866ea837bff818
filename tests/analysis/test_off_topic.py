"""What is not about the topic is in no coefficient and no count of categories, and everything says how many."""

from django.test import Client
from django.urls import reverse

from analysis.datasets import round_ratings
from analysis.reports.findings import Viewpoint, findings_of, labels_from, readable
from analysis.services.agreement import agreement_of
from annotator.services.resolution import resolve
from annotator.states import Outcome

OFF = Outcome.OFF_TOPIC


def test_it_is_no_rating_and_counted_apart(ground):
    before = round_ratings(ground.closed)
    ground.answer(ground.a, 0, outcome=OFF)
    ground.answer(ground.b, 4, outcome=OFF)
    after = round_ratings(ground.closed)
    assert (before.not_rated.off_topic, after.not_rated.off_topic) == (0, 2)
    assert (after.not_rated.unclear, after.not_rated.skipped, after.not_rated.absent) == (1, 0, 2)
    cells = dict(zip(after.matrix.units, after.matrix.cells, strict=True))
    assert cells[ground.issues[0].pk] == (None, frozenset({"Loading"}))
    assert agreement_of(ground.closed).off_topic == 2


def test_an_issue_decided_so_leaves_counts_and_times(decided):
    view = Viewpoint(decided.version)
    before = findings_of(decided.study, view)
    resolve(round_issue=decided.drawn[0], outcome=OFF, how="lead", reason="Hardware.", by=decided.lead)
    after = findings_of(decided.study, view)
    assert (before.counts.issues, before.counts.off_topic) == (5, 0)
    assert (after.counts.issues, after.counts.off_topic, after.counts.none) == (4, 1, before.counts.none)
    assert after.times.overall.n == before.times.overall.n - 1
    carried = Viewpoint(decided.version, carried=True)
    assert findings_of(decided.study, carried).counts.off_topic == 1
    assert decided.issues[0].pk not in {label.issue_id for label in readable(labels_from(decided.study, carried))}


def test_pages_say_how_many(decided):
    decided.answer(decided.b, 4, outcome=OFF)
    resolve(round_issue=decided.drawn[0], outcome=OFF, how="lead", reason="Hardware.", by=decided.lead)
    client = Client()
    client.force_login(decided.lead)
    told = client.get(reverse("findings", args=[decided.study.slug])).content.decode()
    assert "1 more was decided to be not about the topic and is not counted" in told
    told = client.get(f"{reverse('agreement', args=[decided.study.slug])}?round=1").content.decode()
    assert "1 not about the topic" in told
