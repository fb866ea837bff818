"""Asking for an import, and what is done when it has ended. The pages are written by `corpus.services.pages`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from corpus import files
from corpus.models import ImportRun, Repository, Source
from corpus.payloads import split_full_name
from corpus.records import BadRecord
from corpus.services import tokens, uploads
from jobs.errors import Failed
from jobs.models import Job, State
from jobs.services import enqueue
from studies.errors import Conflict, Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

FROM_FILE = "corpus.import_file"
TRY_FILE = "corpus.try_file"
FROM_GITHUB = "corpus.import_github"
STATES = ("all", "open", "closed")


def request_file_import(
    *,
    study: Study,
    issues: "File[bytes]",
    comments: "File[bytes] | None" = None,
    columns: files.Columns | None = None,
    by: User,
) -> ImportRun:
    """Keep the files and queue their import. Invalid, by field, when a file cannot be an import.

    `columns` says how a table is read; without them they are guessed from its first line. The files are copied before
    the transaction: a large upload must not hold the database.
    """
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    upload = uploads.receive(issues, comments)
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
    options = {name: trial.options[name] for name in uploads.FIELDS}
    asked = queue(trial.job.study, FROM_FILE, Source.FILE, options, by)
    trial.options = trial.options | {"imported_as": asked.pk}
    trial.save(update_fields=["options"])
    return asked


def check_can_confirm(trial: ImportRun) -> None:
    if not trial.dry or trial.job.state != State.DONE:
        raise Conflict("Only a dry run that has ended can be imported.")
    if trial.options.get("imported_as"):
        raise Conflict("This dry run was imported already.")
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
    """The files of a dry run wait for the import; those of one that was stopped are of no use."""
    if state == State.CANCELLED:
        asked = ImportRun.objects.get(job=job)
        transaction.on_commit(lambda: uploads.remove(*uploads.kept_by(asked.options)))


def request_github_import(
    *, study: Study, repository: str, state: str = "all", since: datetime | None = None, token: str = "", by: User
) -> ImportRun:
    """Queue the import of a repository's issues and comments. Invalid, by field, when it makes no sense."""
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    try:
        name = "/".join(split_full_name(repository))
    except BadRecord as problem:
        raise Invalid({"repository": str(problem)}) from problem
    if state not in STATES:
        raise Invalid({"state": f"{state} is not a state. Choose all, open or closed."})
    options = {
        "name": name,
        "state": state,
        "since": since.isoformat(timespec="seconds").replace("+00:00", "Z") if since else "",
        "token": tokens.seal(token.strip()),
    }
    return queue(study, FROM_GITHUB, Source.GITHUB, options, by)


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


def token_of(asked: ImportRun) -> str:
    """The token typed for this import, else the one of the environment, else none. Failed when it is unreadable."""
    try:
        return tokens.unseal(asked.options.get("token", "")) or settings.GITHUB_TOKEN
    except tokens.Unreadable as error:
        raise Failed(
            "The token typed for this import can no longer be read, because SECRET_KEY has changed. "
            "What was read stays; start the import again with a token."
        ) from error


def ended(job: Job, state: State) -> None:
    """The token is forgotten however the job ends. Files stay after a failure, for whoever looks into it."""
    asked = ImportRun.objects.get(job=job)
    asked.options = asked.options | {"token": ""}
    asked.save(update_fields=["options"])
    if state == State.FAILED:
        return
    transaction.on_commit(lambda: uploads.remove(*uploads.kept_by(asked.options)))
    if state == State.DONE:
        record_imported(job, asked)


def record_imported(job: Job, asked: ImportRun) -> None:
    counts = ("new", "changed", "same", "comments", "pull_requests")
    record_event(
        study=job.study,
        by=job.made_by,
        verb="imported",
        target=asked.name,
        data={"source": asked.source} | {count: getattr(asked, count) for count in counts},
    )


@transaction.atomic
def adopt_repository(*, study: Study, github_id: int, full_name: str) -> Repository:
    """The study's row for a repository of GitHub, found by its id, so that a renamed one stays the same.

    Failed when the name belongs to another repository of the study: it was deleted and made anew on GitHub.
    """
    owner, name = split_full_name(full_name)
    same_id = Repository.objects.filter(study=study, github_id=github_id).first()
    same_name = Repository.objects.filter(study=study, owner__iexact=owner, name__iexact=name).first()
    if same_name and same_name.github_id not in (None, github_id):
        raise Failed(
            f"{full_name} is another repository than the one imported under this name before. Use a new study."
        )
    if same_id and same_name and same_id != same_name:
        raise Failed(f"{same_id} was renamed to {full_name}, and both are in this study already. Use a new study.")
    row = same_id or same_name or Repository(study=study)
    row.owner, row.name, row.github_id = owner, name, github_id
    row.save()
    return row
