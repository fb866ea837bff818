"""The codes of a version as the coding screen offers them: a tree in the taxonomy's order, each with its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, repeat

from taxonomy.models import Code, Purpose, Version
from taxonomy.queries import may_be_chosen, tree

NUMBERS = "123456789"
ANSWERS_IN_SCREENING = "ynu"


@dataclass
class Entry:
    """A code in the palette. One that is not `offered` stands there for what is below it, without key or box."""

    code: Code
    path: str
    colour: int
    offered: bool
    key: str
    children: list[Entry] = field(default_factory=list)


def palette_of(version: Version) -> list[Entry]:
    """The top codes, each with its children. Codes without a letter of their own are numbered down the page as far as
    the number keys go, so that a rater's fingers learn them. A letter that answers in screening is no criterion's."""
    taken = ANSWERS_IN_SCREENING if version.taxonomy.kind == Purpose.SCREENING else ""
    top: list[Entry] = []
    above: dict[int, Entry] = {}
    numbers = chain(NUMBERS, repeat(""))
    for node in tree(version):
        parent = above.get(node.code.parent_id) if node.code.parent_id else None
        offered = may_be_chosen(version, node.code, has_children=node.has_children)
        entry = Entry(
            code=node.code,
            path=f"{parent.path}{parent.code.name} › " if parent else "",
            colour=node.colour,
            offered=offered,
            key=(node.code.key.strip(taken) or next(numbers)) if offered else "",
        )
        above[node.code.pk] = entry
        (parent.children if parent else top).append(entry)
    return top


def flat(entries: list[Entry]) -> list[Entry]:
    return [one for entry in entries for one in (entry, *flat(entry.children))]
