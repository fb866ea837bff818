"""A taxonomy as JSON: {"name", "purpose", "codes": [{"uid", "parent", "name", "definition", …}, …]}.

`parent` names the code above by its uid or by its name; `uid` may be left out. A uid that is a UUID stays the code's
own; any other text serves only inside the file. `examples` is a text or a list of texts.
"""

import json
import uuid
from dataclasses import dataclass, replace
from typing import Any

from studies.errors import Invalid
from taxonomy.queries import TEXTS, CodeRecord
from taxonomy.services.editing import cleaned

LARGEST = 2 * 1024 * 1024
MOST_CODES = 2000
KNOWN = {*TEXTS, "uid", "parent"}


@dataclass(frozen=True)
class Codebook:
    name: str
    purpose: str
    codes: list[CodeRecord]


def read_codebook(content: bytes) -> Codebook:
    """What the file says. Invalid with every place that cannot be used and what to do there."""
    whole = parse(content)
    entries = whole.get("codes")
    if not isinstance(entries, list) or not entries:
        raise Invalid('The file has no codes. Put them in a list under "codes".')
    if len(entries) > MOST_CODES:
        raise Invalid(f"The file has {len(entries)} codes; a taxonomy has at most {MOST_CODES}.")
    texts = [text_of(whole, field, "The file") for field in ("name", "purpose")]
    return Codebook(*texts, codes=read_codes(entries))


def parse(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise Invalid("The file is larger than 2 MB. A codebook of 2,000 codes fits in that; split it.")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(f"Byte {error.start + 1} of the file is not UTF-8. Save it as UTF-8 and try again.") from error
    except json.JSONDecodeError as error:
        raise Invalid(
            f"Line {error.lineno}, column {error.colno}: this is not JSON ({error.msg}). Correct it and try again."
        ) from error
    except RecursionError as error:
        raise Invalid("The file is nested too deeply. Codes stand in one list and name their parent.") from error
    if not isinstance(whole, dict):
        raise Invalid('The file must hold one object with "name" and "codes".')
    return whole


def read_codes(entries: list[Any]) -> list[CodeRecord]:
    problems: list[str] = []
    read: list[tuple[CodeRecord, str]] = []
    keys: dict[str, uuid.UUID] = {}
    for place, entry in enumerate(entries, start=1):
        try:
            record, parent = read_code(place, entry)
        except Invalid as error:
            problems += error.messages
        else:
            read.append((record, parent))
            keys.setdefault(str(entry.get("uid") or record.uid).strip().casefold(), record.uid)
    names = names_of([record for record, _ in read])
    if problems:
        raise Invalid(problems)
    return [with_parent(place, record, parent, keys, names) for place, (record, parent) in enumerate(read, start=1)]


def names_of(codes: list[CodeRecord]) -> dict[str, list[uuid.UUID]]:
    names: dict[str, list[uuid.UUID]] = {}
    for code in codes:
        names.setdefault(code.name.casefold(), []).append(code.uid)
    return names


def read_code(place: int, entry: Any) -> tuple[CodeRecord, str]:
    """The code without its parent, and what the file calls its parent."""
    if not isinstance(entry, dict):
        raise Invalid(f'Code {place}: it must be an object with at least "name".')
    where = f"Code {place} “{str(entry.get('name', ''))[:60]}”"
    if unknown := sorted(set(entry) - KNOWN):
        raise Invalid(f"{where}: “{unknown[0]}” is not known here. Use {', '.join(sorted(KNOWN))}.")
    try:
        texts = cleaned({field: text_of(entry, field, where) for field in TEXTS})
    except Invalid as error:
        raise Invalid(
            [f"{where}: {message}" if where not in message else message for message in error.messages]
        ) from error
    return CodeRecord(uid=own_uid(text_of(entry, "uid", where)), parent=None, **texts), text_of(entry, "parent", where)


def text_of(entry: dict[str, Any], field: str, where: str) -> str:
    value = entry.get(field)
    if field == "examples" and isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"{where}: “{field}” must be a text.")
    return value or ""


def own_uid(given: str) -> uuid.UUID:
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.uuid4()


def with_parent(
    place: int, code: CodeRecord, parent: str, keys: dict[str, uuid.UUID], names: dict[str, list[uuid.UUID]]
) -> CodeRecord:
    parent = parent.strip().casefold()
    if not parent:
        return code
    if parent in keys:
        return replace(code, parent=keys[parent])
    found = names.get(" ".join(parent.split()), [])
    if len(found) != 1:
        what = "no code has that uid or name" if not found else f"{len(found)} codes have that name"
        raise Invalid(f"Code {place} “{code.name}”: its parent is “{parent}”, but {what}. Name one code of this file.")
    return replace(code, parent=found[0])
