"""Our own schema, as JSON and as YAML: docs/taxonomy-files.md describes it, docs/taxonomy-files.schema.json holds it.

Codes stand flat, `parent` naming the code above by its uid or its name, or nested under `children`. The shape in which
published taxonomies are passed around (`title`, `source`, `status`, codes with counts) is read as well.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

import yaml

from studies.errors import Invalid
from taxonomy.exchange.codebook import FIELDS, Codebook, Entry, as_text, as_uuid, assemble, check_number
from taxonomy.models import Purpose
from taxonomy.queries import SAID_LATER

FORMAT = 1
HEAD = tuple(field.name for field in fields(Codebook) if field.compare and field.name != "codes")
DEFAULTS = {field.name: field.default for field in fields(Codebook)}
KNOWN = {*FIELDS, "uid", "parent", "children"}
PUBLISHED = {"key", "title", "source", "status", "note", "count_unit", "codes"}
DEEPEST = 40
NOT_A_CODEBOOK = 'The file must hold one object with "name" and "codes".'
TOO_DEEP = "The file holds a number or a nesting no codebook needs. Nest codes by “children” or name their parents."


class Placed(dict[str, Any]):
    """An object that knows on which line of its file it begins."""

    line = 0


def read_json(content: bytes) -> Codebook:
    try:
        whole = json.loads(decoded(content), object_pairs_hook=without_doubles)
    except json.JSONDecodeError as error:
        raise Invalid(
            f"Line {error.lineno}, column {error.colno}: this is not JSON ({error.msg}). Correct it and try again."
        ) from error
    except (RecursionError, ValueError) as error:
        raise Invalid(TOO_DEEP) from error
    return codebook_in(whole)


def read_yaml(content: bytes) -> Codebook:
    text = decoded(content)
    try:
        check_is_tame(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        return codebook_in(value_of(node) if node else None)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise Invalid(f"{where}this is not YAML ({error.problem}). Correct it and try again.") from error
    except yaml.YAMLError as error:
        raise Invalid(f"This is not YAML ({error}). Correct it and try again.") from error


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"Byte {error.start + 1} of the file is not UTF-8. Save it as UTF-8 and try again.") from error


def without_doubles(pairs: list[tuple[str, Any]], line: int = 0) -> Placed:
    found = Placed()
    for name, value in pairs:
        if name in found:
            raise Invalid(f"{f'Line {line}: ' if line else ''}“{str(name)[:60]}” stands twice in one object. Keep one.")
        found[name] = value
    found.line = line
    return found


def check_is_tame(text: str) -> None:
    """Looks at the events before a tree is built: libyaml builds one by recursion in C and has no limit of its own,
    and an alias can stand for a whole that stands for a whole."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise Invalid(f"Line {line}: an alias (*) stands here. Write out what it stands for.")
        if depth > DEEPEST:
            raise Invalid(f"Line {line}: {TOO_DEEP}")


def value_of(node: yaml.Node) -> Any:
    """What JSON would have said: texts stay as written (a code may be called No, or 2018), nothing is constructed."""
    if isinstance(node, yaml.MappingNode):
        pairs = [(str(key.value), value_of(value)) for key, value in node.value]
        return without_doubles(pairs, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(value) for value in node.value]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def codebook_in(whole: Any) -> Codebook:
    if not isinstance(whole, dict):
        raise Invalid(NOT_A_CODEBOOK)
    if "title" in whole and "name" not in whole:
        whole = as_ours(whole)
    if str(whole.pop("format", FORMAT)) != str(FORMAT):
        raise Invalid(f"“format” must be {FORMAT}: a later form of this file is not known here.")
    codes = whole.get("codes")
    if not isinstance(codes, list) or not codes:
        raise Invalid('The file has no codes. Put them in a list under "codes".')
    if unknown := sorted(set(whole) - {*HEAD, "codes"}):
        raise Invalid(f"“{unknown[0][:60]}” is not known here. Use {', '.join((*HEAD, 'codes'))}.")
    return assemble({name: whole[name] for name in HEAD if name in whole}, entries_of(codes))


def entries_of(codes: list[Any]) -> list[Entry]:
    """All codes, nested ones after the one above them."""
    entries = []
    for number, (code, above) in enumerate(flat(codes), start=1):
        check_number(number)
        line = getattr(code, "line", 0)
        place = f"Code {number} (line {line})" if line else f"Code {number}"
        try:
            entries.append(entry_of(place, f"nested {number}", code, above))
        except Invalid as error:
            name = code.get("name", "") if isinstance(code, dict) else ""
            entries.append(Entry(place, {"name": name}, wrong=error.messages[0]))
    return entries


def flat(codes: list[Any]) -> Iterator[tuple[Any, str]]:
    """Each code with the key of the one that it is nested in; no recursion, whatever the file's depth."""
    waiting, number = [(code, "") for code in reversed(codes)], 0
    while waiting:
        code, above = waiting.pop()
        number += 1
        yield code, above
        children = code.get("children") if isinstance(code, dict) else None
        if isinstance(children, list):
            waiting += [(child, f"nested {number}") for child in reversed(children)]


def entry_of(place: str, key: str, code: Any, above: str) -> Entry:
    if not isinstance(code, dict):
        raise Invalid('it must be an object with at least "name".')
    if unknown := sorted(set(code) - KNOWN):
        raise Invalid(f"“{unknown[0][:60]}” is not known here. Use {', '.join(sorted(KNOWN))}.")
    uid, parent = (as_text(name, code.get(name)).strip() for name in ("uid", "parent"))
    if not isinstance(code.get("children") or [], list):
        raise Invalid("“children” must be a list of codes.")
    if above and parent:
        raise Invalid("it is nested and names a parent. Keep one of the two.")
    said = {name: code[name] for name in FIELDS if name in code}
    return Entry(place, said, (uid, key) if uid else (key,), above or parent, as_uuid(uid))


def as_ours(whole: dict[str, Any]) -> dict[str, Any]:
    """The shape of published taxonomies. What is uncertain becomes a reservation, a count a note at its code."""
    if unknown := sorted(set(whole) - PUBLISHED):
        raise Invalid(f"“{unknown[0][:60]}” is not known here. Use {', '.join(sorted(PUBLISHED))}.")
    head = {"name": whole["title"], "kind": str(Purpose.PUBLISHED), "citation": whole.get("source")}
    reservations = [str(whole[name]).strip() for name in ("status", "note") if whole.get(name)]
    unit = str(whole.get("count_unit") or "")
    codes = whole.get("codes")
    counted = [with_count(code, unit) for code in codes] if isinstance(codes, list) else codes
    return head | {"reservations": "\n".join(reservations), "codes": counted}


def with_count(code: Any, unit: str) -> Any:
    if not isinstance(code, dict) or "count" not in code:
        return code
    ours = Placed({name: value for name, value in code.items() if name != "count"})
    ours.line = getattr(code, "line", 0)
    ours["notes"] = f"Count in the source: {code['count']} {unit}".strip()
    return ours


def document_of(book: Codebook) -> dict[str, Any]:
    """What a file says; what is empty or as usual is left out."""
    head = {name: getattr(book, name) for name in HEAD}
    told = {name: plain(value) for name, value in head.items() if name == "name" or value != DEFAULTS.get(name)}
    return {"format": FORMAT, **told, "codes": [code_in(asdict(code)) for code in book.codes]}


def plain(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)


def code_in(said: dict[str, Any]) -> dict[str, Any]:
    usual = dict.fromkeys(said, "") | SAID_LATER | {"parent": None}
    told = {name: value for name, value in said.items() if value != usual[name]}
    told |= {name: str(said[name]) for name in ("uid", "parent") if said[name]}
    if "examples" in told:
        told["examples"] = told["examples"].split("\n")
    return told


def write_json(book: Codebook) -> bytes:
    return json.dumps(document_of(book), ensure_ascii=False, indent=2).encode() + b"\n"


def write_yaml(book: Codebook) -> bytes:
    text = yaml.dump(document_of(book), Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


class Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, as a person would write them."""


OTHER_LINE_ENDS = re.compile("[\x85\u2028\u2029\ufeff]")  # which YAML would read as a line's end, or as nothing


def represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    block = "|" if "\n" in text else None
    style = '"' if OTHER_LINE_ENDS.search(text) else block
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, represent_text)
