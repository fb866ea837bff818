"""Uploaded files: kept under random names in the data folder until their import has ended."""

import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.base import File


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
