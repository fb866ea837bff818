"""A taxonomy as JSON: {"name", "purpose", "codes": [{"uid", "parent", "name", "definition", …}, …]}.

`parent` names the code above by its uid or by its name; `uid` may be left out. A uid that is a UUID stays the code's
own; any other text serves only inside the file. `examples` is a text or a list of texts, `selectable` true or false,
`colour` a number.
"""

import json
import uuid
from dataclasses import dataclass, replace
from typing import Any

from studies.errors import Invalid
from taxonomy.queries import TEXTS, TRAITS, CodeRecord
from taxonomy.services.cleaning import cleaned
from taxonomy.services.structure import MAX_BYTES, MAX_CODES

KNOWN = {*TEXTS, *TRAITS, "uid", "parent"}
OTHER_SHAPES = {"selectable": (bool, "true or false"), "colour": (int, "a number")}


@dataclass(frozen=True)
class Codebook:
    """A taxonomy without its rows. `uids` tells the uid of each code by what the file calls it, in lower case."""

    name: str
    purpose: str
    codes: list[CodeRecord]
    uids: dict[str, uuid.UUID]


@dataclass(frozen=True)
class ReadCode:
    """A code as the file has it: `key` is what it is called in the file, `parent` what it calls its parent."""

    code: CodeRecord
    key: str
    parent: str


def read_codebook(content: bytes) -> Codebook:
    """What the file says. Invalid with every place that cannot be used and what to do there."""
    whole = parse(content)
    entries = whole.get("codes")
    if not isinstance(entries, list) or not entries:
        raise Invalid('The file has no codes. Put them in a list under "codes".')
    if len(entries) > MAX_CODES:
        raise Invalid(f"The file has {len(entries)} codes; a taxonomy has at most {MAX_CODES}.")
    name, purpose = (text_of(whole, field) for field in ("name", "purpose"))
    codes, uids = read_codes(entries)
    return Codebook(name, purpose, codes, uids)


def parse(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise Invalid("The file is larger than 2 MB. A codebook of 2,000 codes fits in that; split it.")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(f"Byte {error.start + 1} of the file is not UTF-8. Save it as UTF-8 and try again.") from error
    except json.JSONDecodeError as error:
        raise Invalid(
            f"Line {error.lineno}, column {error.colno}: this is not JSON ({error.msg}). Correct it and try again."
        ) from error
    except (RecursionError, ValueError) as error:
        raise Invalid(
            "The file holds a number or a nesting no codebook needs. Codes stand in one list, all values are texts."
        ) from error
    if not isinstance(whole, dict):
        raise Invalid('The file must hold one object with "name" and "codes".')
    return whole


def read_codes(entries: list[Any]) -> tuple[list[CodeRecord], dict[str, uuid.UUID]]:
    problems: list[str] = []
    read = [read_code(place, entry, problems) for place, entry in enumerate(entries, start=1)]
    if problems:
        raise Invalid(problems)
    codes = [entry.code for entry in read if entry]
    keys = {entry.key: entry.code.uid for entry in reversed(read) if entry}
    names = names_of(codes)
    placed = [with_parent(place, entry, keys, names, problems) for place, entry in enumerate(read, start=1) if entry]
    if problems:
        raise Invalid(problems)
    return placed, keys


def names_of(codes: list[CodeRecord]) -> dict[str, list[uuid.UUID]]:
    names: dict[str, list[uuid.UUID]] = {}
    for code in codes:
        names.setdefault(code.name.casefold(), []).append(code.uid)
    return names


def read_code(place: int, entry: Any, problems: list[str]) -> ReadCode | None:
    """The code without its parent; None, and a line in `problems`, when it cannot be used."""
    if not isinstance(entry, dict):
        problems.append(f'Code {place}: it must be an object with at least "name".')
        return None
    where = f"Code {place} “{str(entry.get('name', ''))[:60]}”"
    try:
        check_fields(entry)
        uid = text_of(entry, "uid").strip()
        said = cleaned({field: value_of(entry, field) for field in (*TEXTS, *TRAITS) if field in ("name", *entry)})
        code = CodeRecord(uid=own_uid(uid), parent=None, **said)
        return ReadCode(code, (uid or str(code.uid)).casefold(), text_of(entry, "parent").strip())
    except Invalid as error:
        problems += [f"{where}: {message}" for message in error.messages]
        return None


def check_fields(entry: dict[str, Any]) -> None:
    if unknown := sorted(set(entry) - KNOWN):
        raise Invalid(f"“{unknown[0]}” is not known here. Use {', '.join(sorted(KNOWN))}.")


def value_of(entry: dict[str, Any], field: str) -> Any:
    if field not in OTHER_SHAPES:
        return text_of(entry, field)
    shape, what = OTHER_SHAPES[field]
    if type(entry[field]) is not shape:
        raise Invalid(f"“{field}” must be {what}.")
    return entry[field]


def text_of(entry: dict[str, Any], field: str) -> str:
    value = entry.get(field)
    if field == "examples" and isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"“{field}” must be a text.")
    return value or ""


def own_uid(given: str) -> uuid.UUID:
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.uuid4()


def with_parent(
    place: int,
    entry: ReadCode,
    keys: dict[str, uuid.UUID],
    names: dict[str, list[uuid.UUID]],
    problems: list[str],
) -> CodeRecord:
    if not entry.parent:
        return entry.code
    named = names.get(" ".join(entry.parent.split()).casefold(), [])
    found = [keys[entry.parent.casefold()]] if entry.parent.casefold() in keys else named
    if len(found) == 1:
        return replace(entry.code, parent=found[0])
    what = f"{len(found)} codes have that name" if found else "no code has that uid or name"
    where = f"Code {place} “{entry.code.name}”"
    problems.append(f"{where}: its parent is “{entry.parent}”, but {what}. Name one code of this file.")
    return entry.code
