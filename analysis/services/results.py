"""The cache of computed figures: written under the hash of their inputs and of the code that computes them.

Keeping a figure changes nothing that a person could see, so pages may do it while they are read.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from django.utils import timezone

from analysis.models import Result
from analysis.reports.stored import from_payload, to_payload
from studies.models import Study

ROOM = Path(__file__).resolve().parents[1]
Report = TypeVar("Report")


@dataclass(frozen=True)
class Kept(Generic[Report]):
    """A stored report, and whether it was computed from what stands in the rows now."""

    report: Report
    computed_at: datetime
    is_current: bool


@cache
def code_version() -> str:
    """Changes with every line that could change a number."""
    files = sorted(path for folder in ("datasets", "reports", "stats") for path in (ROOM / folder).glob("*.py"))
    return hashlib.sha256(b"".join([np.__version__.encode(), *(path.read_bytes() for path in files)])).hexdigest()


def content_key(inputs: Any) -> str:
    """`inputs`: anything whose text as JSON says all that the figures depend on; sets are sorted."""
    told = json.dumps([code_version(), inputs], sort_keys=True, default=_plain)
    return hashlib.sha256(told.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def keep(*, study: Study, kind: str, subject: str, key: str, report: Any) -> None:
    """Store a report. Two that compute the same at once leave one row."""
    row = Result(
        study=study, kind=kind, subject=subject, key=key, payload=to_payload(report), computed_at=timezone.now()
    )
    Result.objects.bulk_create([row], ignore_conflicts=True)


def kept(report: type[Report], *, study: Study, kind: str, subject: str, key: str) -> Kept[Report] | None:
    """The report under this key, else the last one of this subject that the present code can read, else None."""
    rows = Result.objects.filter(study=study, kind=kind, subject=subject)
    row = rows.filter(key=key).first()
    if row:
        return Kept(from_payload(report, row.payload), row.computed_at, is_current=True)
    return _last(report, rows.order_by("-computed_at", "-pk").first())


def _last(report: type[Report], row: Result | None) -> Kept[Report] | None:
    if row is None:
        return None
    try:
        return Kept(from_payload(report, row.payload), row.computed_at, is_current=False)
    except (KeyError, TypeError):
        return None  # stored by an earlier version of Intercoder, in another shape
