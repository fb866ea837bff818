"""Asking for an import, and what is done when it has ended. The pages are written by `corpus.services.pages`."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction

from corpus import files
from corpus.models import ImportRun, Source
from corpus.services import uploads
from jobs.models import Job, State
from jobs.services import enqueue
from studies.errors import Conflict
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

FROM_FILE = "corpus.import_file"
TRY_FILE = "corpus.try_file"
FROM_GITHUB = "corpus.import_github"
TRY_GITHUB = "corpus.try_github"


def request_file_import(
    *,
    study: Study,
    issues: "File[bytes]",
    comments: "File[bytes] | None" = None,
    events: "File[bytes] | None" = None,
    columns: files.Columns | None = None,
    by: User,
) -> ImportRun:
    """Keep the files and queue their import. Invalid, by field, when a file cannot be an import.

    `columns` says how a table is read; without them they are guessed from its first line. The files are copied before
    the transaction: a large upload must not hold the database.
    """
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    upload = uploads.receive(issues, comments, events)
    try:
        return queue(study, FROM_FILE, Source.FILE, uploads.with_columns(upload, columns), by)
    except BaseException:
        uploads.remove(*uploads.kept_by(upload))
        raise


@transaction.atomic
def request_trial(
    *, study: Study, upload: Mapping[str, Any], columns: files.Columns | None = None, by: User
) -> ImportRun:
    """Queue the dry run of an upload that `uploads.receive` kept. Invalid when its columns do not suffice."""
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    return queue(study, TRY_FILE, Source.FILE, uploads.with_columns(upload, columns), by, dry=True)


@transaction.atomic
def confirm_trial(*, trial: ImportRun, by: User) -> ImportRun:
    """Import what a dry run has read. Conflict when it is not over, was used before, or its files are gone."""
    check_is_member(by, trial.job.study, Permission.IMPORT_ISSUES)
    trial = ImportRun.objects.select_for_update().get(pk=trial.pk)
    check_can_confirm(trial)
    if trial.source == Source.GITHUB:
        kind, options = FROM_GITHUB, {**trial.options, "token": ""}
    else:
        kind, options = FROM_FILE, {name: trial.options[name] for name in uploads.FIELDS if name in trial.options}
    asked = queue(trial.job.study, kind, Source(trial.source), options, by)
    trial.options = trial.options | {"imported_as": asked.pk}
    trial.save(update_fields=["options"])
    return asked


def check_can_confirm(trial: ImportRun) -> None:
    if not trial.dry or trial.job.state != State.DONE:
        raise Conflict("Only a dry run that has ended can be imported.")
    if trial.options.get("imported_as"):
        raise Conflict("This dry run was imported already.")
    if trial.options.get("typed"):
        raise Conflict("The token typed for this dry run is forgotten. Begin the import with it on the imports page.")
    if not uploads.all_there(trial.options):
        raise Conflict("The files of this dry run are no longer kept. Choose them again.")


def can_confirm(trial: ImportRun) -> bool:
    try:
        check_can_confirm(trial)
    except Conflict:
        return False
    return True


@transaction.atomic
def discard_trial(*, trial: ImportRun, by: User) -> None:
    """Remove the files of a dry run that is not to be imported. Its report stays."""
    check_is_member(by, trial.job.study, Permission.IMPORT_ISSUES)
    check_can_confirm(trial)
    record_event(study=trial.job.study, by=by, verb="discarded the dry run of", target=trial.name)
    transaction.on_commit(lambda: uploads.remove(*uploads.kept_by(trial.options)))


def tried(job: Job, state: State) -> None:
    """The files of a dry run wait for the import; those of one that was stopped are of no use. A token is forgotten."""
    asked = ImportRun.objects.get(job=job)
    forget_token(asked)
    if state == State.CANCELLED:
        transaction.on_commit(lambda: uploads.remove(*uploads.kept_by(asked.options)))


@transaction.atomic
def queue(
    study: Study, kind: str, source: Source, options: dict[str, Any], by: User, *, dry: bool = False
) -> ImportRun:
    job = enqueue(kind=kind, study=study, arguments={}, by=by)
    asked = ImportRun(job=job, source=source, options=options, dry=dry)
    asked.save()
    verb = "began a dry run of" if dry else "began to import"
    record_event(study=study, by=by, verb=verb, target=asked.name, data={"source": source})
    return asked


def ended(job: Job, state: State) -> None:
    """The token is forgotten however the job ends. Files stay after a failure, for whoever looks into it."""
    asked = ImportRun.objects.get(job=job)
    forget_token(asked)
    if state == State.FAILED:
        return
    transaction.on_commit(lambda: uploads.remove(*uploads.kept_by(asked.options)))
    if state == State.DONE:
        record_imported(job, asked)


def forget_token(asked: ImportRun) -> None:
    asked.options = asked.options | {"token": ""}
    asked.save(update_fields=["options"])


def record_imported(job: Job, asked: ImportRun) -> None:
    counts = ("new", "changed", "same", "comments", "events", "pull_requests")
    record_event(
        study=job.study,
        by=job.made_by,
        verb="imported",
        target=asked.name,
        data={"source": asked.source} | {count: getattr(asked, count) for count in counts},
    )
