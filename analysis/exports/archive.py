"""The archive: CSV and JSON Lines with the README, the same bytes for the same data, there only when it is whole."""

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.exports.columns import CODEBOOK, CODINGS, EVIDENCE, INTRA_RATER, LABELS, Column, Row, record
from analysis.exports.dataset import DataSet
from analysis.exports.readme import readme

# A zip entry needs a date; one fixed date keeps the bytes the same.
ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
LIST_SEPARATOR = " | "
# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Written:
    name: str
    sha256: str
    size: int
    rows: int


def write_archive(data: DataSet, folder: Path, name: str) -> Written:
    """Write beside the final name, then rename: a reader finds the whole file or none."""
    folder.mkdir(parents=True, exist_ok=True)
    content = archive(data)
    beside = folder / f".{name}.part"
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / name)
    return Written(name, hashlib.sha256(content).hexdigest(), len(content), len(data.labels))


def archive(data: DataSet) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in _files(data):
            file.writestr(_entry(name), text.encode(), compresslevel=6)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, ENTRY_DATE)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return entry


def _files(data: DataSet) -> Iterator[tuple[str, str]]:
    yield "README.md", readme(data)
    yield from _both("labels", LABELS, data.labels)
    yield from _both("codings", CODINGS, data.codings)
    yield from _both("evidence", EVIDENCE, data.evidence)
    if data.twice:
        yield from _both("intra_rater", INTRA_RATER, data.twice)
    yield "codebook.csv", as_csv(CODEBOOK, [record(CODEBOOK, row) for row in data.codes])


def _both(name: str, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    records = [record(columns, row) for row in rows]
    yield f"{name}.csv", as_csv(columns, records)
    yield f"{name}.jsonl", "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


def as_csv(columns: Sequence[Column[Row]], records: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([cell(value) for value in each.values()] for each in records)
    return text.getvalue()


def cell(value: Any) -> Any:
    """Lists joined, truth in words, and text that a spreadsheet would run made harmless by an apostrophe."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = LIST_SEPARATOR.join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA_STARTS) else text
