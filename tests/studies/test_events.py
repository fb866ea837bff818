"""The audit trail holds together, and shows where it does not."""

import threading

import pytest
from django.db import connection

from studies.models import Event
from studies.services.events import first_broken_event, record_event

at_once = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="writes at once are told apart on PostgreSQL; SQLite has one writer"
)


@pytest.fixture
def trail(study, lead):
    return [
        record_event(study=study, by=lead, verb="changed", target=f"code {n}", data={"n": n, "κ": [0.5, None]})
        for n in range(4)
    ]


def test_chain_of_events_fits_together(study, trail):
    assert first_broken_event(study) is None
    assert [event.previous_hash for event in trail] == ["", *(event.hash for event in trail[:-1])]


@pytest.mark.parametrize(
    "change",
    [{"actor_name": "nobody"}, {"actor_id": None}, {"verb": "removed"}, {"target": "code 9"}, {"data": {}}],
    ids=lambda change: next(iter(change)),
)
def test_altered_line_shows(change, study, trail):
    Event.objects.filter(pk=trail[1].pk).update(**change)
    assert first_broken_event(study) == trail[1]


def test_altered_time_shows(study, trail):
    Event.objects.filter(pk=trail[1].pk).update(at=trail[0].at)
    assert first_broken_event(study) == trail[1]


def test_line_taken_away_shows_at_the_next_one(study, trail):
    Event.objects.filter(pk=trail[1].pk).delete()
    assert first_broken_event(study) == trail[2]


def test_studies_have_trails_of_their_own(study, trail, lead):
    alone = record_event(study=None, by=None, verb="began", target="everything")
    assert (alone.previous_hash, alone.actor_name, alone.actor_id) == ("", "Intercoder", None)
    assert record_event(study=None, by=lead, verb="went", target="on").previous_hash == alone.hash
    assert first_broken_event(None) is None
    assert first_broken_event(study) is None


def test_long_target_is_cut_and_still_fits(study, lead):
    assert len(record_event(study=study, by=lead, verb="named", target="x" * 300).target) == 200
    assert first_broken_event(study) is None


@at_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inside", [True, False], ids=["of a study", "outside of studies"])
def test_changes_at_once_stand_one_after_the_other(inside, study, lead):
    where, start = study if inside else None, threading.Barrier(4)
    record_event(study=where, by=lead, verb="began", target="it")

    def change():
        start.wait()
        record_event(study=where, by=lead, verb="changed", target="it")
        connection.close()

    threads = [threading.Thread(target=change) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert Event.objects.filter(study=where).count() == 5
    assert first_broken_event(where) is None
