"""Uploaded files: kept under random names in the data folder until their import has ended.

An upload is told as JSON, so that it can stand in the options of an import: the files' own names, the names they are
kept under, and the kind of each.
"""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.base import File

from corpus import files
from studies.errors import Invalid, NotThere
from studies.models import Study

PARTS = ("comments", "events")
FIELDS = ("name", "issues", "kind", *(f"{part}{what}" for part in PARTS for what in ("_name", "", "_kind")))
SALT = "corpus.upload"
KEPT_SECONDS = 30 * 86400
LONE = {
    "comments": "Comments are read from JSON with GitHub's comment objects only (.jsonl, .json).",
    "events": "Events are read from JSON with GitHub's event objects, or GH Archive's, only (.jsonl, .json).",
}
SHAPES = {"comments": ("github",), "events": ("github", "archive")}


def folder() -> Path:
    made: Path = settings.DATA_DIR / "uploads"
    made.mkdir(mode=0o700, exist_ok=True)
    return made


def path_of(name: str) -> Path:
    return folder() / Path(name).name


def keep(file: "File[bytes]") -> str:
    """Copy the file piece by piece; returns the name it is kept under."""
    name = secrets.token_urlsafe(24)
    with path_of(name).open("xb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return name


def remove(*names: str) -> None:
    for name in filter(None, names):
        path_of(name).unlink(missing_ok=True)


def receive(
    issues: "File[bytes]", comments: "File[bytes] | None", events: "File[bytes] | None" = None
) -> dict[str, Any]:
    """Keep the files. Invalid, by field, when one cannot be an import; then none is kept."""
    kinds = {"issues": checked_kind("issues", issues)}
    lone = {part: file for part, file in (("comments", comments), ("events", events)) if file}
    for part, file in lone.items():
        kinds[part] = checked_kind(part, file)
        if kinds[part].shape not in SHAPES[part]:
            raise Invalid({part: LONE[part]})
    sweep()
    upload: dict[str, Any] = {"name": str(issues.name)[:200], "issues": keep(issues), "kind": kinds["issues"].as_json()}
    for part in PARTS:
        upload |= {f"{part}_name": "", part: "", f"{part}_kind": None}
    for part, file in lone.items():
        upload |= {f"{part}_name": str(file.name)[:200], part: keep(file), f"{part}_kind": kinds[part].as_json()}
    return upload


def source_of(upload: Mapping[str, Any], part: str) -> tuple[Path, files.Kind, bool] | None:
    """Where issues, comments or events stand: in a file of their own, or, False, in that of the issues. None if
    nowhere."""
    if part == "issues":
        return path_of(upload["issues"]), files.Kind.of_json(upload["kind"]), True
    if upload.get(part):
        return path_of(upload[part]), files.Kind.of_json(upload[f"{part}_kind"]), True
    kind = files.Kind.of_json(upload["kind"])
    return (path_of(upload["issues"]), kind, False) if kind.holds(part) else None


def checked_kind(field: str, file: "File[bytes]") -> files.Kind:
    try:
        return files.find_kind(file, str(file.name))
    except files.BadFile as problem:
        raise Invalid({field: str(problem)}) from problem


def with_columns(upload: Mapping[str, Any], columns: files.Columns | None) -> dict[str, Any]:
    """The upload with what the columns of its table mean, as given or as guessed. Invalid when they do not suffice."""
    if not is_table(upload):
        return dict(upload)
    table = look_at(upload, encoding=columns.encoding if columns else "")
    chosen = columns or table.guess
    try:
        files.check_columns(chosen, table.names)
    except files.BadFile as problem:
        raise Invalid({"issues": str(problem)}) from problem
    return {**upload, "kind": files.Kind(upload["kind"]["layout"], columns=chosen).as_json()}


def token_of(study: Study, upload: Mapping[str, Any]) -> str:
    """The upload as a signed text for an address, while its columns are still to be chosen."""
    return signing.dumps({"study": study.pk, **upload}, salt=SALT, compress=True)


def of_token(study: Study, token: str) -> dict[str, Any]:
    """NotThere when the token is of another study, or the files are gone."""
    try:
        upload: dict[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        upload = {}
    if upload.pop("study", None) != study.pk or not all_there(upload):
        raise NotThere("This file is no longer kept. Choose it again.")
    return upload


def look_at(upload: Mapping[str, Any], *, encoding: str = "") -> files.Table:
    """The table's columns and first rows. Invalid when it cannot be opened."""
    try:
        kind = files.Kind.of_json(upload["kind"])
        return files.look_at(path_of(upload["issues"]), kind, encoding=encoding)
    except files.BadFile as problem:
        raise Invalid({"issues": str(problem)}) from problem


def is_table(upload: Mapping[str, Any]) -> bool:
    return not upload["kind"]["shape"]


def kept_by(upload: Mapping[str, Any]) -> tuple[str, ...]:
    """The names its files are kept under, empty where there is none."""
    return tuple(upload.get(part, "") for part in ("issues", *PARTS))


def all_there(upload: Mapping[str, Any]) -> bool:
    return all(path_of(name).exists() for name in kept_by(upload) if name)


def sweep() -> None:
    """Remove files that nobody came back for: dry runs that were never confirmed, imports that failed long ago."""
    for path in folder().iterdir():
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)
