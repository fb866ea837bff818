"""The job row under every fate: claimed, kept, lost, parked, stopped, interrupted, failed, taken up again."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from jobs import registry, runner, services, tasks
from jobs.errors import Failed, LeaseLost, Park, ShuttingDown, StopAsked
from jobs.heartbeat import Heartbeat
from jobs.management.commands import run_jobs
from jobs.models import Job, State
from jobs.queries import get_job, jobs_of, pace
from studies.errors import NotThere
from studies.models import Event
from tests import factories

KIND = "tests.work"
calls = []
endings = []


def work(run):
    """The handler of these tests: does what the test has put on the list."""
    calls.append(run.job.pk)
    for step in run.arguments.get("steps", []):
        STEPS[step](run)


def ending(job, state):
    endings.append((job.pk, str(state)))


def lose(run):
    Job.objects.filter(pk=run.job.pk).update(fence=run.fence + 1)
    run.progress(1, 2)


def raiser(error):
    def step(run):
        raise error

    return step


STEPS = {
    "progress": lambda run: run.progress(3, 10, unit="things", note="page 3"),
    "lose": lose,
    "park": raiser(Park(factories.NOW, "GitHub's limit")),
    "fail": raiser(Failed("Nothing to read. Choose another file.")),
    "stop": raiser(StopAsked()),
    "shut down": raiser(ShuttingDown()),
    "fault": raiser(ZeroDivisionError()),
    "database away": raiser(OperationalError("gone")),
}


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(registry, "HANDLERS", {})
    monkeypatch.setattr(registry, "ENDINGS", {})
    registry.register(KIND, "tests.jobs.test_services.work", ended="tests.jobs.test_services.ending")
    calls.clear()
    endings.clear()


@pytest.fixture
def enqueue(study, lead):
    return lambda *steps: services.enqueue(kind=KIND, study=study, arguments={"steps": list(steps)}, by=lead)


def state(job):
    job.refresh_from_db()
    return job.state


def test_job_is_claimed_once(enqueue):
    job = enqueue()
    run = services.claim(job.pk)
    assert services.claim(job.pk) is None
    assert state(job) == State.RUNNING
    assert (job.attempts, job.fence, run.fence) == (1, 1, 1)
    assert timezone.now() < job.lease_until <= timezone.now() + services.lease()


def test_run_does_the_work_and_says_so(enqueue):
    job = enqueue("progress")
    assert services.run(job.pk)
    assert state(job) == State.DONE
    assert (job.done, job.total, job.unit, job.lease_until, job.note, job.error) == (3, 10, "things", None, "", "")
    assert job.started_at <= job.ended_at
    assert endings == [(job.pk, "done")]
    assert not services.run(job.pk)
    assert calls == [job.pk]


def test_lease_that_ran_out_is_claimed_with_a_higher_fence(enqueue):
    job = enqueue()
    first = services.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = services.claim(job.pk)
    assert (first.fence, second.fence) == (1, 2)
    second.hold()
    for write in (first.hold, first.beat, lambda: first.progress(1), lambda: first.end(State.DONE)):
        with pytest.raises(LeaseLost):
            write()
    assert state(job) == State.RUNNING
    assert endings == [(job.pk, "done")]


def test_lost_lease_ends_in_silence(enqueue):
    job = enqueue("lose")
    services.run(job.pk)
    assert (state(job), job.error) == (State.RUNNING, "")


def test_beat_keeps_the_lease(enqueue):
    job = enqueue()
    run = services.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
    run.beat()
    job.refresh_from_db()
    assert job.lease_until > timezone.now() + timedelta(seconds=5)


def test_parked_job_waits_for_its_time(enqueue):
    job = enqueue("park")
    services.run(job.pk)
    assert (state(job), job.not_before, job.note, job.attempts) == (State.PARKED, factories.NOW, "GitHub's limit", 0)
    Job.objects.update(not_before=timezone.now() + timedelta(minutes=1))
    assert services.claim(job.pk) is None
    Job.objects.update(not_before=timezone.now() - timedelta(minutes=1))
    assert services.claim(job.pk) is not None
    assert endings == []


@pytest.mark.parametrize(
    ("step", "ended", "error"),
    [
        ("fail", State.FAILED, "Nothing to read. Choose another file."),
        ("fault", State.FAILED, "Intercoder met a fault that it did not foresee; the log has the details. What was written stays."),  # noqa: E501
        ("stop", State.CANCELLED, ""),
    ],
)  # fmt: skip
def test_ends_are_written_down(enqueue, step, ended, error):
    job = enqueue(step)
    services.run(job.pk)
    assert (state(job), job.error) == (ended, error)
    assert job.ended_at is not None
    assert endings == [(job.pk, str(ended))]


def test_shut_down_gives_the_job_back(enqueue):
    job = enqueue("shut down")
    services.run(job.pk)
    assert (state(job), job.attempts, job.lease_until) == (State.WAITING, 0, None)


def test_flag_of_shutdown_is_seen_at_the_next_report(enqueue):
    flag = threading.Event()
    flag.set()
    job = enqueue("progress")
    services.run(job.pk, flag)
    assert (state(job), calls) == (State.WAITING, [])


def test_database_that_is_away_leaves_the_job_to_the_next_runner(enqueue):
    job = enqueue("database away")
    services.run(job.pk)
    assert (state(job), endings) == (State.RUNNING, [])
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1), arguments={})
    services.run(job.pk)
    assert state(job) == State.DONE


def test_work_that_kills_its_runner_again_and_again_fails(enqueue):
    job = enqueue()
    Job.objects.update(attempts=services.MOST_ATTEMPTS)
    services.run(job.pk)
    assert state(job) == State.FAILED
    assert job.error.startswith("The work was begun 20 times")
    assert calls == []


def test_kind_that_nobody_registered_fails(study, lead):
    job = services.enqueue(kind="unknown", study=study, arguments={}, by=lead)
    services.run(job.pk)
    assert state(job) == State.FAILED


def test_waiting_job_stops_at_once_and_leaves_an_event(enqueue, lead, study):
    job = enqueue()
    services.ask_to_stop(job=job, by=lead)
    services.ask_to_stop(job=job, by=lead)
    assert state(job) == State.CANCELLED
    assert endings == [(job.pk, "cancelled")]
    assert list(Event.objects.filter(study=study).values_list("verb", "target")) == [("stopped", f"{KIND} {job.pk}")]


def test_running_job_stops_at_its_next_report(enqueue, lead):
    job = enqueue("progress")
    run = services.claim(job.pk)
    services.ask_to_stop(job=job, by=lead)
    assert state(job) == State.RUNNING
    services.perform(run)
    assert state(job) == State.CANCELLED


def test_ended_job_is_not_stopped(enqueue, lead):
    job = enqueue()
    services.run(job.pk)
    services.ask_to_stop(job=job, by=lead)
    assert (state(job), job.stop_asked_at) == (State.DONE, None)


@pytest.mark.django_db(transaction=True)
def test_runner_takes_what_is_due_in_order(enqueue):
    first, second = enqueue(), enqueue("fail")
    enqueue_later = enqueue()
    Job.objects.filter(pk=enqueue_later.pk).update(state=State.PARKED, not_before=timezone.now() + timedelta(hours=1))
    worker = runner.Runner()
    assert [worker.once(), worker.once(), worker.once()] == [True, True, False]
    assert calls == [first.pk, second.pk]


@pytest.mark.django_db(transaction=True)
def test_runner_waits_until_it_is_told_to_stop(enqueue, monkeypatch):
    enqueue()
    worker = runner.Runner()
    monkeypatch.setattr(run_jobs, "Runner", lambda: worker)
    monkeypatch.setattr(runner.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(worker.stopping, "wait", lambda seconds: worker.stop())
    call_command("run_jobs")
    assert len(calls) == 1


def test_runner_survives_a_database_that_is_away(db, monkeypatch):
    def away(now):
        raise OperationalError("gone")

    monkeypatch.setattr(services, "due", away)
    assert not runner.Runner().once()


@pytest.mark.django_db(transaction=True)
def test_job_that_another_runner_took_meanwhile_is_left(enqueue, monkeypatch):
    enqueue()
    monkeypatch.setattr(services, "claim", lambda job_id: None)
    assert not runner.Runner().once()


@pytest.mark.django_db(transaction=True)
def test_command_runs_what_is_due_and_ends(enqueue):
    jobs = [enqueue(), enqueue()]
    call_command("run_jobs", "--once")
    assert [state(job) for job in jobs] == [State.DONE, State.DONE]


def test_heartbeat_beats_until_the_work_is_over():
    beats = []
    with Heartbeat(lambda: beats.append(1), seconds=0.01):
        wait_for(lambda: len(beats) > 2)
    count = len(beats)
    time.sleep(0.05)
    assert len(beats) == count


def test_heartbeat_goes_on_when_the_database_is_away_and_ends_with_the_lease():
    errors = [OperationalError("gone"), LeaseLost(), AssertionError("beat after the lease was lost")]

    def beat():
        raise errors.pop(0)

    with Heartbeat(beat, seconds=0.01) as _:
        wait_for(lambda: len(errors) == 1)
        time.sleep(0.05)
    assert len(errors) == 1


def wait_for(condition):
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert condition()


def test_celery_runs_the_same_work(enqueue):
    job = enqueue("progress")
    tasks.run_job.apply(args=[job.pk])
    tasks.run_job.apply(args=[job.pk])
    assert state(job) == State.DONE
    assert calls == [job.pk]


def test_sweep_sends_what_is_due(enqueue, monkeypatch):
    due, running = enqueue(), enqueue()
    services.claim(running.pk)
    sent = []
    monkeypatch.setattr(tasks.run_job, "delay", sent.append)
    tasks.sweep()
    assert sent == [due.pk]


@pytest.mark.parametrize(("redis", "expected"), [("", 0), ("redis://127.0.0.1", 1)])
def test_send_tells_the_workers_after_the_commit(
    enqueue, monkeypatch, settings, redis, expected, django_capture_on_commit_callbacks
):
    settings.REDIS_URL = redis
    sent = []
    monkeypatch.setattr(tasks.run_job, "delay", sent.append)
    job = enqueue()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.send(job)
        assert sent == []
    assert sent == [job.pk] * expected


def test_redis_that_is_away_costs_nothing(enqueue, monkeypatch, settings, django_capture_on_commit_callbacks):
    settings.REDIS_URL = "redis://127.0.0.1"

    def away(job_id):
        raise tasks.OperationalError("away")

    monkeypatch.setattr(tasks.run_job, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.send(enqueue())
    assert Job.objects.get().state == State.WAITING


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (100, 200, 10, "less than a minute left"),
        (100, 1300, 10, "about 2 minutes left"),
        (100, 700, 10, "about 1 minute left"),
        (100, 200_000, 10, "about 6 hours left"),
        (100, None, 10, ""),
        (0, 200, 10, ""),
    ],
)
def test_pace_counts_from_where_this_runner_took_up(study, lead, done, total, seconds, words):
    begun = timezone.now() - timedelta(seconds=seconds)
    job = factories.job(
        study, lead, state=State.RUNNING, lease_until=timezone.now(), paced_at=begun, paced_done=50, done=done + 50,
        total=total and total + 50,
    )  # fmt: skip
    assert pace(job).left_in_words == words


def test_pace_begins_anew_with_another_unit(enqueue):
    job = enqueue()
    run = services.claim(job.pk)
    run.progress(5, 10, unit="issues")
    run.progress(7, 10, unit="issues")
    job.refresh_from_db()
    assert (job.paced_done, job.done) == (5, 7)
    run.progress(0, 10, unit="comments")
    job.refresh_from_db()
    assert job.paced_done == 0


def test_jobs_of_a_study(study, lead, enqueue):
    first, second = enqueue(), factories.job(study, lead, kind="other")
    factories.job(factories.study("Other", "other"), lead)
    assert list(jobs_of(study)) == [second, first]
    assert list(jobs_of(study, KIND)) == [first]
    assert get_job(study, first.pk) == first
    assert (str(first), first.is_open) == (f"{KIND} {first.pk} (waiting)", True)
    with pytest.raises(NotThere):
        get_job(study, 0)
