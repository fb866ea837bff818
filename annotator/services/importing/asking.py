"""Asking for an import of codings: a trial first, which writes nothing, and the import of what was seen."""

import hashlib
from collections.abc import Mapping as Told
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction

from annotator.files import BadMapping, Mapping, Source, guess, open_source
from annotator.models import CodingColumns, CodingImport
from annotator.queries.imported import coding_import_of, key_of
from annotator.services.importing.planning import Target, target_of
from corpus.files import BadFile
from corpus.services import uploads
from jobs.models import Job, State
from jobs.services import enqueue
from studies.errors import Conflict, Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

TRY = "annotator.try_codings"
IMPORT = "annotator.import_codings"


def keep_file(*, study: Study, file: "File[bytes]", by: User) -> dict[str, Any]:
    """Copy the file to where it waits for its import. Invalid when no codings can be in it; then it is not kept."""
    check_is_member(by, study, Permission.MANAGE_ROUNDS)
    uploads.sweep()
    upload = {"name": str(file.name)[:200], "issues": uploads.keep(file)}
    try:
        look_at(upload)
    except Invalid:
        uploads.remove(upload["issues"])
        raise
    return upload


def look_at(upload: Told[str, Any], *, encoding: str = "") -> Source:
    """The file's columns and first rows. Invalid when it cannot be read."""
    try:
        return open_source(uploads.path_of(upload["issues"]), upload["name"], encoding=encoding)
    except BadFile as problem:
        raise Invalid({"file": str(problem)}) from problem


@transaction.atomic
def request_import(
    *, study: Study, upload: Told[str, Any], mapping: Mapping, target: Told[str, Any], dry: bool = True, by: User
) -> CodingImport:
    """Queue the trial, or with `dry` false the import, of a file that `keep_file` kept. Invalid, by field, when the
    columns do not suffice."""
    check_is_member(by, study, Permission.MANAGE_ROUNDS)
    source = look_at(upload, encoding=mapping.encoding)
    try:
        mapping.check(source.names)
    except BadMapping as problem:
        raise Invalid({problem.field: problem.sentence}) from problem
    chosen = target_of(study, target)
    remember(study, source, mapping)
    return queue(study, upload["name"], upload["issues"], sha256_of(source.path), mapping, chosen, dry=dry, by=by)


def remember(study: Study, source: Source, mapping: Mapping) -> None:
    CodingColumns.objects.update_or_create(
        study=study, names=key_of(source.names), defaults={"mapping": mapping.as_json()}
    )


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def queue(
    study: Study, name: str, kept: str, sha256: str, mapping: Mapping, target: Target, *, dry: bool, by: User
) -> CodingImport:
    job = enqueue(kind=TRY if dry else IMPORT, study=study, arguments={}, by=by)
    run = CodingImport(
        study=study, job=job, name=name, kept=kept, sha256=sha256, mapping=mapping.as_json(),
        target=target.as_json(), dry=dry,
    )  # fmt: skip
    run.save()
    verb = "began a trial of" if dry else "began to import"
    record_event(study=study, by=by, verb=verb, target=str(run), data={"sha256": sha256})
    return run


@transaction.atomic
def confirm_import(*, trial: CodingImport, raters: Told[str, int | None] | None = None, by: User) -> CodingImport:
    """Import what a trial has read. `raters` says who a rater of the file is; None stands for a placeholder."""
    check_is_member(by, trial.study, Permission.MANAGE_ROUNDS)
    row = CodingImport.objects.select_for_update(of=("self",)).select_related("study", "job").get(pk=trial.pk)
    check_can_confirm(row)
    target = target_of(row.study, row.target | {"raters": row.target["raters"] | dict(raters or {})})
    asked = queue(row.study, row.name, row.kept, row.sha256, Mapping.of_json(row.mapping), target, dry=False, by=by)
    row.used = True
    row.save(update_fields=["used"])
    return asked


def check_can_confirm(trial: CodingImport) -> None:
    if not trial.dry or trial.job.state != State.DONE:
        raise Conflict("Only a trial that has ended can be imported.")
    if trial.used:
        raise Conflict("This trial was imported or discarded already.")
    if trial.report.get("same_as"):
        raise Conflict(f"This file says what round {trial.report['same_as']} holds. Nothing is imported twice.")
    if not trial.report.get("codings") and not trial.report.get("finals"):
        raise Conflict("No coding was found in this file. Look at what its columns mean.")
    if not uploads.path_of(trial.kept).exists():
        raise Conflict("The file of this trial is no longer kept. Choose it again.")


def can_confirm(trial: CodingImport) -> bool:
    try:
        check_can_confirm(trial)
    except Conflict:
        return False
    return True


@transaction.atomic
def discard_trial(*, trial: CodingImport, by: User) -> None:
    """Remove the file of a trial that is not to be imported. Its report stays."""
    check_is_member(by, trial.study, Permission.MANAGE_ROUNDS)
    if not trial.dry or trial.used or trial.job.is_open:
        raise Conflict("Only a trial that has ended and was not imported can be discarded.")
    trial.used = True
    trial.save(update_fields=["used"])
    record_event(study=trial.study, by=by, verb="discarded the trial of", target=str(trial))
    transaction.on_commit(lambda: uploads.remove(trial.kept))


def ended(job: Job, state: State) -> None:
    """The file of a trial waits for its import; that of an import, or of what was stopped, is of no more use."""
    run = coding_import_of(job)
    if state == State.CANCELLED or (state == State.DONE and not run.dry):
        transaction.on_commit(lambda: uploads.remove(run.kept))


def request_file(
    *,
    study: Study,
    file: "File[bytes]",
    mapping: Told[str, Any] | None = None,
    target: Told[str, Any],
    dry: bool = False,
    by: User,
) -> CodingImport:
    """For programs: keep the file and queue it at once. What its columns mean is guessed where nothing is said, and
    else as the guess with what is said in its place. Raters are named by their aliases."""
    upload = keep_file(study=study, file=file, by=by)
    try:
        chosen = {**guess(look_at(upload)).as_json(), **(mapping or {})}
        named = {**target, "raters": members_named(study, target.get("raters") or {})}
        return request_import(study=study, upload=upload, mapping=told_mapping(chosen), target=named, dry=dry, by=by)
    except BaseException:
        uploads.remove(upload["issues"])
        raise


def told_mapping(told: Told[str, Any]) -> Mapping:
    try:
        return Mapping.of_json(told)
    except BadMapping as problem:
        raise Invalid({"mapping": problem.sentence}) from problem


def members_named(study: Study, aliases: Told[str, str | None]) -> dict[str, int | None]:
    """Invalid when an alias is none of the study's."""
    known = dict(study.memberships.values_list("alias", "pk"))
    if unknown := sorted({alias for alias in aliases.values() if alias and alias not in known}):
        raise Invalid({"raters": f"This study has no {', '.join(unknown)}."})
    return {rater: known[alias] if alias else None for rater, alias in aliases.items()}
