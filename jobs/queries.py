"""Reads of job rows."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from jobs.models import Job, State
from studies.errors import NotThere
from studies.models import Study


@dataclass(frozen=True)
class Pace:
    """How fast a running job goes: units a second since this runner took it up, and the time left at that rate."""

    rate: float | None
    left: timedelta | None

    @property
    def left_in_words(self) -> str:
        if self.left is None:
            return ""
        minutes = round(self.left.total_seconds() / 60)
        if minutes < 1:
            return "less than a minute left"
        if minutes < 90:
            return f"about {minutes} minute{'' if minutes == 1 else 's'} left"
        return f"about {round(minutes / 60)} hours left"


def jobs_of(study: Study, *kinds: str) -> QuerySet[Job]:
    jobs = Job.objects.filter(study=study).order_by("-pk")
    return jobs.filter(kind__in=kinds) if kinds else jobs


def get_job(study: Study, job_id: int) -> Job:
    job = Job.objects.select_related("study", "made_by").filter(study=study, pk=job_id).first()
    if job is None:
        raise NotThere("There is no such job in this study.")
    return job


def pace(job: Job) -> Pace:
    done = job.done - job.paced_done
    if job.state != State.RUNNING or not job.paced_at or done <= 0:
        return Pace(None, None)
    rate = done / max((timezone.now() - job.paced_at).total_seconds(), 0.001)
    left = timedelta(seconds=round(max(job.total - job.done, 0) / rate)) if job.total else None
    return Pace(rate, left)
