"""Writes to job rows: enqueue, claim, hold, end. Every write by a runner names the fence it was given."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from jobs.errors import Failed, LeaseLost, Park, ShuttingDown, StopAsked
from jobs.heartbeat import Heartbeat
from jobs.models import OPEN_STATES, Job, State
from jobs.registry import ending_of, handler_of
from studies.models import Study, User
from studies.services.events import record_event

MOST_ATTEMPTS = 20

DATABASE_AWAY = (OperationalError, InterfaceError)
ENDS = (State.DONE, State.FAILED, State.CANCELLED)

log = logging.getLogger(__name__)


def lease() -> timedelta:
    """How long a runner may be silent before its job is given to another one."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


@transaction.atomic
def enqueue(*, kind: str, study: Study, arguments: dict[str, Any], by: User) -> Job:
    """A new waiting job. Whoever may ask for this kind of work has been checked by the room that asks."""
    job = Job(kind=kind, study=study, arguments=arguments, made_by=by, made_at=timezone.now())
    job.save()
    return job


def due(now: datetime) -> QuerySet[Job]:
    """Jobs that a runner may claim: waiting, parked long enough, or left behind by a runner that died."""
    return Job.objects.filter(
        Q(state=State.WAITING)
        | Q(state=State.PARKED, not_before__lte=now)
        | Q(state=State.RUNNING, lease_until__lt=now)
    ).order_by("pk")


@transaction.atomic
def claim(job_id: int) -> "Run | None":
    """Take the job, or None when it is not due or another runner was faster (the update is conditional)."""
    now = timezone.now()
    taken = (
        due(now)
        .filter(pk=job_id)
        .update(
            state=State.RUNNING,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=now + lease(),
            not_before=None,
            paced_at=now,
            paced_done=F("done"),
        )
    )
    if not taken:
        return None
    job = Job.objects.select_related("study", "made_by").get(pk=job_id)
    if job.started_at is None:
        job.started_at = now
        job.save(update_fields=["started_at"])
    return Run(job=job, fence=job.fence)


@dataclass
class Run:
    """A job in the hands of one runner. Handlers read the arguments, report progress, and guard their writes."""

    job: Job
    fence: int
    shutdown: Flag = field(default_factory=Flag)

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.job.arguments)

    def progress(self, done: int, total: int | None = None, *, unit: str = "", note: str = "") -> None:
        """Tell how far the work is, and learn whether it should go on (StopAsked, ShuttingDown, LeaseLost)."""
        now, new_unit = timezone.now(), unit != self.job.unit
        pace = {"paced_at": now, "paced_done": done} if new_unit else {}
        self._write(done=done, total=total, unit=unit, note=note[:300], lease_until=now + lease(), **pace)
        self.job.unit = unit
        self.check()

    def beat(self) -> None:
        """Keep the lease while the work takes long between two reports."""
        self._write(lease_until=timezone.now() + lease())

    def check(self) -> None:
        """Raises StopAsked or ShuttingDown when a person or the machine wants the work to end."""
        if Job.objects.filter(pk=self.job.pk, stop_asked_at__isnull=False).exists():
            raise StopAsked
        if self.shutdown.is_set():
            raise ShuttingDown

    def hold(self) -> None:
        """Inside the transaction of a result: lock the row and make sure that it is still ours."""
        held = Job.objects.select_for_update().filter(pk=self.job.pk, fence=self.fence, state=State.RUNNING)
        if not held.exists():
            raise LeaseLost

    @transaction.atomic
    def end(self, state: State, *, error: str = "", **fields: Any) -> None:
        """Leave the job in this state; what the room does when its work is over happens in the same transaction."""
        if state in ENDS:
            fields["ended_at"] = timezone.now()
            ending_of(self.job.kind)(self.job, state)
        self._write(state=state, error=error, lease_until=None, **fields)
        log.info("job %s %s: %s", self.job.pk, self.job.kind, state)

    def _write(self, **fields: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, fence=self.fence, state=State.RUNNING)
        if not mine.update(**fields):
            raise LeaseLost


def run(job_id: int, shutdown: Flag | None = None) -> bool:
    """Claim a job and do it. The same under Celery and under the laptop's runner. False when it was not to be had."""
    claimed = claim(job_id)
    if claimed is None:
        return False
    claimed.shutdown = shutdown or claimed.shutdown
    perform(claimed)
    return True


def perform(run: Run) -> None:
    """Call the handler and write down how it ended.

    A lost lease ends in silence: the job is another runner's. So does a database that cannot be reached: the lease
    runs out, and the next runner goes on where the last checkpoint stands.
    """
    try:
        with Heartbeat(run.beat, seconds=lease().total_seconds() / 4):
            _perform(run)
    except LeaseLost:
        log.warning("job %s: the lease was lost; another runner has it", run.job.pk)
    except DATABASE_AWAY:
        log.exception("job %s: the database cannot be reached; the job is taken up again", run.job.pk)


def _perform(run: Run) -> None:
    try:
        if run.job.attempts > MOST_ATTEMPTS:
            raise Failed(f"The work was begun {MOST_ATTEMPTS} times and ended each time without a word. See the log.")
        run.check()
        handler_of(run.job.kind)(run)
    except StopAsked:
        run.end(State.CANCELLED)
    except ShuttingDown:
        run.end(State.WAITING, attempts=F("attempts") - 1)
    except Park as parked:
        run.end(State.PARKED, not_before=parked.until, note=parked.note[:300], attempts=F("attempts") - 1)
    except Failed as failure:
        run.end(State.FAILED, error=str(failure))
    except (LeaseLost, *DATABASE_AWAY):
        raise
    except Exception:
        log.exception("job %s failed", run.job.pk)
        run.end(
            State.FAILED,
            error="Intercoder met a fault that it did not foresee; the log has the details. What was written stays.",
        )
    else:
        run.end(State.DONE, note="")


@transaction.atomic
def ask_to_stop(*, job: Job, by: User) -> None:
    """Stop a job: a waiting one at once, a running one at its next report. What it has written stays."""
    now = timezone.now()
    open_jobs = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES, stop_asked_at__isnull=True)
    if not open_jobs.update(stop_asked_at=now):
        return
    idle = Job.objects.filter(pk=job.pk, state__in=(State.WAITING, State.PARKED))
    if idle.update(state=State.CANCELLED, ended_at=now):
        ending_of(job.kind)(job, State.CANCELLED)
    record_event(study=job.study, by=by, verb="stopped", target=f"{job.kind} {job.pk}")
