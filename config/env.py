"""Settings read from the environment, each refused with a sentence when it makes no sense."""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def switch(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("", "1", "0", "true", "false", "yes", "no", "on", "off"):
        return default if value == "" else value in ("1", "true", "yes", "on")
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Set it to 1 or 0, or leave it out.")


def number(name: str, default: float) -> float:
    value = text(name)
    try:
        return float(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number. Set it to one, or leave it out.") from error


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """A folder that is made where it is missing."""
    path = Path(text(name) or default).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {path} cannot be made ({error.strerror}). Set {name} to a folder you may write to."
        ) from error
    return path


def secret_key(data: Path) -> str:
    """SECRET_KEY from the environment, else one made once and kept in the data folder, readable by its owner only."""
    if key := text("SECRET_KEY"):
        return key
    kept = data / "secret_key"
    if not kept.exists():
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return kept.read_text()


def database(data: Path) -> dict[str, Any]:
    """PostgreSQL by DATABASE_URL, else SQLite in the data folder."""
    url = text("DATABASE_URL")
    if not url:
        return sqlite(data / "intercoder.sqlite3")
    try:
        parsed = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(UNREADABLE_DATABASE_URL) from error
    if parsed.get("ENGINE") == "django.db.backends.sqlite3":
        return sqlite(Path(str(parsed["NAME"])))
    if parsed.get("ENGINE") != "django.db.backends.postgresql" or not parsed.get("NAME"):
        raise ImproperlyConfigured(UNREADABLE_DATABASE_URL)
    return dict(parsed)


UNREADABLE_DATABASE_URL = (
    "DATABASE_URL cannot be read. Write it as postgres://user:password@host:5432/name, "
    "with special characters of the password percent-encoded, or leave it out to use SQLite."
)


def sqlite(path: Path) -> dict[str, Any]:
    """IMMEDIATE: a deferred transaction that turns into a write fails at once when another one writes.
    FULL: what a rater was told is saved survives a power cut, not just a killed process."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
