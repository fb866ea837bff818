"""The codes of a published version, as figures and exports name, group and colour them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from analysis.stats.ratings import Value
from taxonomy.models import Code, Version

# Categories beyond the seventh share the colour of "other".
COLOURS = 7


@dataclass(frozen=True)
class CodeEntry:
    """A code as figures name it: `label` is its name, or "Parent / Name" where the name alone is not unique."""

    uid: str
    label: str
    name: str
    parents: tuple[str, ...]
    colour: int
    definition: str
    use_when: str
    avoid_when: str
    examples: str

    @property
    def top(self) -> str:
        return self.parents[0] if self.parents else self.label

    @property
    def depth(self) -> int:
        return len(self.parents)


@dataclass(frozen=True)
class Codebook:
    """The codes of a published version in the order of the tree; `label`s are what figures group by."""

    taxonomy: str
    version: int
    codes: tuple[CodeEntry, ...]

    @cached_property
    def by_label(self) -> dict[str, CodeEntry]:
        return {code.label: code for code in self.codes}

    @property
    def tops(self) -> tuple[CodeEntry, ...]:
        return tuple(code for code in self.codes if not code.parents)

    def with_parents(self, value: Value) -> Value:
        return value.union(*(self.by_label[label].parents for label in value))

    def to_tops(self, value: Value) -> Value:
        return frozenset(self.by_label[label].top for label in value)


def codebook(version: Version) -> Codebook:
    rows = list(version.codes.order_by("position", "pk"))
    below = defaultdict(list)
    for code in rows:
        below[code.parent_id].append(code)
    names = [code.name.lower() for code in rows]
    shared = {name for name in names if names.count(name) > 1}
    return Codebook(str(version.taxonomy), version.number or 0, tuple(_entries(below, None, (), shared, 0)))


def _entries(
    below: dict[int | None, list[Code]], parent: int | None, parents: tuple[str, ...], shared: set[str], colour: int
) -> Iterator[CodeEntry]:
    for place, code in enumerate(below[parent], start=1):
        own = colour or (place if place <= COLOURS else 0)
        label = " / ".join([*parents[-1:], code.name]) if code.name.lower() in shared else code.name
        yield CodeEntry(
            str(code.uid), label, code.name, parents, own,
            code.definition, code.use_when, code.avoid_when, code.examples,
        )  # fmt: skip
        yield from _entries(below, code.pk, (*parents, label), shared, own)


def codes_by(pairs: Iterable[tuple[int, UUID]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for owner, uid in pairs:
        found[owner].add(str(uid))
    return found


def in_order(book: Codebook, uids: set[str]) -> tuple[CodeEntry, ...]:
    return tuple(code for code in book.codes if code.uid in uids) if uids else ()
