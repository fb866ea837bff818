"""JSON Lines: one object a line. A line that cannot be used is named; the rest is read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from corpus.files import entries
from corpus.files.entries import BadFile, Entry
from corpus.files.unpacking import skip

BLANK = b" \t\r\n\xef\xbb\xbf"


def read_lines(file: BinaryIO, checkpoint: Mapping[str, int], *, holding: bytes = b"") -> Iterator[Entry]:
    """The lines that are not blank and hold these bytes. A checkpoint has the byte and the line to begin at."""
    line, byte = checkpoint.get("line", 0), checkpoint.get("byte", 0)
    skip(file, byte)
    while raw := file.readline(entries.LONGEST_RECORD):
        size, whole = len(raw) + rest_of_line(file, raw), is_whole(raw)
        line, byte = line + 1, byte + size
        if whole and (holding not in raw or not raw.strip(BLANK)):
            continue
        payload, wrong = parse_line(raw, whole)
        yield Entry(line, len(raw), {"byte": byte, "line": line}, payload, wrong)


def count_lines(file: BinaryIO) -> int:
    """How many records there are, good or bad."""
    count = 0
    while raw := file.readline(entries.LONGEST_RECORD):
        rest_of_line(file, raw)
        count += bool(raw.strip(BLANK))
    return count


def is_whole(raw: bytes) -> bool:
    return raw.endswith(b"\n") or len(raw) < entries.LONGEST_RECORD


def rest_of_line(file: BinaryIO, raw: bytes) -> int:
    """Skip what is left of an overlong line; returns how many bytes that were."""
    skipped, rest = 0, raw
    while not is_whole(rest):
        rest = file.readline(entries.LONGEST_RECORD)
        skipped += len(rest)
    return skipped


def parse_line(raw: bytes, whole: bool) -> tuple[Mapping[str, Any] | None, str]:
    """The object on the line, or what is wrong with it."""
    if not whole:
        return None, f"The line is longer than {entries.LONGEST_RECORD // 2**20} MB."
    try:
        value = json.loads(raw.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        return None, f"Not UTF-8 from byte {error.start + 1} on. Save the file as UTF-8 and import it again."
    except json.JSONDecodeError as error:
        return None, f"Not JSON: {error.msg} at character {error.pos + 1}."
    except (ValueError, RecursionError):
        return None, "Not JSON that can be read: a number too long, or lists nested too deep."
    return as_object(value)


def as_object(value: Any) -> tuple[Mapping[str, Any] | None, str]:
    if isinstance(value, dict):
        return value, ""
    return None, "Not a JSON object with the fields of an issue or a comment."


def first_object(start: bytes) -> Mapping[str, Any]:
    """The first object of a file of which this is the beginning; empty when it is longer than that. BadFile if none."""
    text = start.decode("utf-8-sig", "replace").lstrip()
    if not text.startswith("{"):
        raise BadFile("This file does not begin with a JSON object. JSON Lines has one issue a line.")
    payload, _ = parse_line(text.split("\n", 1)[0].encode("utf-8", "replace"), whole=True)
    return payload or {}
