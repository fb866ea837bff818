"""Celery's side: it carries ids. What is due is in the rows, so that a lost message costs ten seconds, not the job."""

import logging

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from jobs import services
from jobs.models import Job

log = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def run_job(job_id: int) -> None:
    services.run(job_id)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Send every due job on its way again; a job that is sent twice is claimed once."""
    for job_id in services.due(timezone.now()).values_list("pk", flat=True):
        run_job.delay(job_id)


def send(job: Job) -> None:
    """Tell the workers about a new job once its row is committed. Without Redis the runner finds it by itself."""
    if settings.REDIS_URL:
        transaction.on_commit(lambda: _send(job.pk))


def _send(job_id: int) -> None:
    try:
        run_job.delay(job_id)
    except OperationalError:
        log.warning("Redis cannot be reached; job %s waits for the next sweep", job_id)
