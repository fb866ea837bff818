"""Tells whether anything has changed that a start must prepare for."""

import hashlib
from pathlib import Path


def fingerprint(root: Path, *more: str) -> str:
    """Of the packages, the migrations and our own static files; modified times stand for contents."""
    digest = hashlib.sha256((root / "requirements.lock").read_bytes())
    for path in sorted([*root.glob("*/migrations/*.py"), *(root / "static").rglob("*")]):
        state = path.stat()
        digest.update(f"{path.relative_to(root)} {state.st_size} {state.st_mtime_ns}\n".encode())
    digest.update("\n".join(more).encode())
    return digest.hexdigest()
