"""What the import commands share: for whom, doing the job here, telling how far it is, and the report with its code."""

import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from corpus import queries
from corpus.management.progress import Bar, Lines
from corpus.models import ImportRun
from jobs import services
from jobs.models import Job, State
from studies.models import Membership, Role, Study, User

REFUSED, FAILED, NOT_BEGUN = 1, 2, 3
LOOK_EVERY = 0.5


def add_study(parser: ArgumentParser) -> None:
    parser.add_argument("--study", required=True, help="the study's short name, as in its address")
    parser.add_argument("--by", help="e-mail address of the lead who imports; by default the study's first")
    parser.add_argument("--dry-run", action="store_true", help="tell what would come of it, and write nothing")


def study_and_lead(slug: str, email: str | None) -> tuple[Study, User]:
    leads = Membership.objects.filter(study__slug=slug, role=Role.LEAD, left_at__isnull=True, user__isnull=False)
    if email:
        leads = leads.filter(user__email__iexact=email)
    membership = leads.select_related("study", "user").order_by("pk").first()
    if membership is None:
        who = f" with a lead {email}" if email else ""
        raise CommandError(
            f"There is no study {slug}{who}. Its short name stands in its address.", returncode=NOT_BEGUN
        )
    return membership.study, membership.user


def sentence_of(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def carry_out(command: BaseCommand, asked: ImportRun) -> ImportRun:
    """Do the import here and tell how far it is; returns it as it ended."""
    with told_meanwhile(asked.job, Bar(command.stderr) if sys.stderr.isatty() else Lines(command.stdout)):
        finish(asked.job)
    return queries.get_import(asked.job.study, asked.pk)


def finish(job: Job) -> None:
    """Do the job here, again when it has waited long enough, or wait for the runner that was faster."""
    while not services.run(job.pk) or Job.objects.get(pk=job.pk).is_open:
        if not Job.objects.get(pk=job.pk).is_open:
            return
        time.sleep(LOOK_EVERY)


def report(command: BaseCommand, asked: ImportRun) -> None:
    """Say what came of it; end with the code that fits."""
    problems = queries.problems_of(asked)
    for problem in problems.iterator():
        command.stderr.write(f"{problem.place}: {problem.sentence}")
    if asked.job.state != State.DONE:
        raise CommandError(asked.job.error or f"The import is {asked.job.state}.", returncode=FAILED)
    would = "would be " if asked.dry else ""
    refused = problems.filter(skipped=True).count()
    requests = f" {asked.requests} requests." if asked.requests else ""
    command.stdout.write(
        f"{asked.new} issues {would}new, {asked.changed} changed, {asked.same} the same; "
        f"{asked.comments} comments; {asked.events} events; {asked.pull_requests} pull requests left out; "
        f"{refused} records refused.{requests}"
    )
    if refused:
        raise CommandError(f"Refused: {refused}. The rest was read.", returncode=REFUSED)


@contextmanager
def told_meanwhile(job: Job, teller: Bar | Lines) -> Iterator[None]:
    """Tell how far the job is, from its row, while it is worked on in this thread."""
    over = threading.Event()
    thread = threading.Thread(target=tell, args=(job.pk, teller, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        teller.end()


def tell(job_id: int, teller: Bar | Lines, over: threading.Event) -> None:
    began = time.monotonic()
    while not over.wait(LOOK_EVERY):
        job = Job.objects.only("state", "done", "total", "unit", "note", "not_before").get(pk=job_id)
        teller.show(job.done, job.total, unit_of(job), time.monotonic() - began)
    connection.close()


def unit_of(job: Job) -> str:
    if job.state == State.PARKED and job.not_before:
        return f"{job.unit}, waiting until {job.not_before:%H:%M} UTC: {job.note}"
    return f"{job.unit} of {job.note}" if job.note else job.unit
