"""The codes of a version as the coding screen offers them: a tree in the taxonomy's order, the first nine numbered."""

from __future__ import annotations

from dataclasses import dataclass, field

from taxonomy.models import Code, Version

KEYS = 9


@dataclass
class Entry:
    code: Code
    number: int
    key: int | None
    path: str
    children: list[Entry] = field(default_factory=list)


def palette_of(version: Version) -> list[Entry]:
    """The top codes, each with its children. Numbers run down the page, so that a rater's fingers learn them."""
    below: dict[int | None, list[Code]] = {}
    for code in version.codes.order_by("position", "pk"):
        below.setdefault(code.parent_id, []).append(code)
    return branch(below, None, "", [0])


def branch(below: dict[int | None, list[Code]], parent: int | None, path: str, count: list[int]) -> list[Entry]:
    entries = []
    for code in below.get(parent, []):
        count[0] += 1
        number = count[0]
        entry = Entry(code, number, number if number <= KEYS else None, path)
        entry.children = branch(below, code.pk, f"{path}{code.name} › ", count)
        entries.append(entry)
    return entries


def flat(entries: list[Entry]) -> list[Entry]:
    return [one for entry in entries for one in (entry, *flat(entry.children))]
