"""One row a code: what the columns of a table mean, whether it is text or a workbook.

The code above is named by uid, by name, or by its path (“Model > Layers”). Cells that a spreadsheet would take for
a formula are written behind an apostrophe, which is taken off again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studies.errors import Invalid
from taxonomy.exchange.codebook import FIELDS, Codebook, Entry, as_uuid, same, writable
from taxonomy.queries import CodeRecord

COLUMNS = ("uid", "parent", "path", *FIELDS)
# What else a column may be called, in lower case, with spaces for underscores.
OTHERWISE = {
    "id": "uid", "guid": "uid", "code id": "uid",
    "parent name": "parent", "parent uid": "parent", "parent id": "parent", "parent code": "parent", "under": "parent",
    "full path": "path", "hierarchy": "path",
    "code": "name", "code name": "name", "category": "name", "label": "name", "title": "name",
    "description": "definition", "meaning": "definition",
    "when to use": "use_when", "inclusion": "use_when", "inclusion criteria": "use_when",
    "not when": "avoid_when", "when not to use": "avoid_when", "exclusion": "avoid_when",
    "exclusion criteria": "avoid_when",
    "example": "examples", "typical examples": "examples",
    "note": "notes", "comment": "notes", "comments": "notes", "memo": "notes",
    "group": "exclusive_group", "color": "colour", "shortcut": "key", "hotkey": "key",
}  # fmt: skip
FORMULA = re.compile(r"'*[=+\-@\t\r]")
DISARMED = re.compile(r"'+[=+\-@\t\r]")
SEPARATORS = (">", "::", "→", "\\", " / ", "/")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and from which `as_meant` finds the text again."""
    cell = writable(cell)
    return f"'{cell}" if FORMULA.match(cell) else cell


def as_meant(cell: str) -> str:
    return cell[1:] if DISARMED.match(cell) else cell


def columns_of(names: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Where each of our columns stands, and a remark on those that are left out. Invalid without any name of a code."""
    places: dict[str, int] = {}
    left = []
    for place, name in enumerate(names):
        called = " ".join(name.replace("_", " ").split()).lower()
        field = OTHERWISE.get(called, called.replace(" ", "_"))
        if field in COLUMNS and field not in places:
            places[field] = place
        elif called:
            left.append(name.strip()[:60])
    if not {"name", "path"} & set(places):
        known = ", ".join(COLUMNS)
        raise Invalid(f"The first line names no column “name” or “path”. Columns are: {known}.")
    columns = ", ".join(f"“{name}”" for name in left)
    return places, [f"Left out, because not known here: column {columns}."] if left else []


def entries_in(rows: Sequence[tuple[str, Sequence[str]]], places: Mapping[str, int]) -> list[Entry]:
    """The codes of the rows; each row comes with the place where a person finds it."""
    told = [(place, {field: cell_at(row, at) for field, at in places.items()}) for place, row in rows]
    separator = separator_of([cells.get("path", "") for _, cells in told])
    named = [(place, with_name(cells, separator)) for place, cells in told]
    names = {same(cells["name"]) for _, cells in named}
    return [entry_of(place, cells, names) for place, cells in named]


def cell_at(row: Sequence[str], at: int) -> str:
    return as_meant(row[at]) if at < len(row) else ""


def separator_of(paths: Sequence[str]) -> str:
    """The first of the usual ones that stands in a path; names have slashes too, so that one is asked last."""
    return next((sign for sign in SEPARATORS if any(sign in path for path in paths)), ">")


def with_name(cells: dict[str, str], separator: str) -> dict[str, str]:
    """The row with name and parent: from its path where it has no column for them. A path ends with the code itself,
    or with the code above when it does not end with the row's name."""
    parts = [part.strip() for part in cells.pop("path", "").split(separator) if part.strip()]
    name = cells.setdefault("name", parts[-1] if parts else "")
    if parts and same(parts[-1]) == same(name):
        parts.pop()
    cells.setdefault("parent", " > ".join(parts))
    return cells


def entry_of(place: str, cells: dict[str, str], names: set[str]) -> Entry:
    uid, parent = cells.get("uid", "").strip(), cells["parent"].strip()
    above = parent if same(parent) in names else as_path(parent)
    path = f"{above} > {cells['name']}" if above else ""
    said: dict[str, Any] = {field: cells[field] for field in FIELDS if field in cells}
    if "selectable" in said:
        said["selectable"] = said["selectable"] or "true"
    return Entry(place, said, tuple(filter(None, (uid, path))), above, as_uuid(uid))


def as_path(cell: str) -> str:
    return " > ".join(part.strip() for part in cell.split(separator_of([cell])))


def rows_of(book: Codebook) -> Iterator[list[str]]:
    """The header and a row for each code."""
    yield list(COLUMNS)
    paths: dict[object, str] = {}
    for code in book.codes:
        paths[code.uid] = f"{paths[code.parent]} > {code.name}" if code.parent else code.name
        yield [harmless(cell) for cell in cells_of(code, paths[code.uid])]


def cells_of(code: CodeRecord, path: str) -> list[str]:
    said = {field: getattr(code, field) for field in FIELDS}
    cells = {field: text if isinstance(text, str) else str(text).lower() for field, text in said.items()}
    return [str(code.uid), str(code.parent or ""), path, *cells.values()]
