"""What was changed between two contents of a taxonomy, as operations that can be replayed. No row is read here."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from taxonomy.models import ChangeKind
from taxonomy.queries import CodeRecord, Content

Siblings = dict[str | None, list[str]]


@dataclass(frozen=True)
class Change:
    """One operation. `sources` are uids of the earlier content, `targets` of the later one, as text.

    `data` holds what replaying needs: for a changed field `[before, after]`; for an addition the whole code; for
    additions and moves `after`, the sibling behind which the code comes, or None at the beginning.
    """

    kind: str
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    meaning_changed: bool | None = None


class Tree:
    """Codes by uid, and the order of the codes below each."""

    def __init__(self, codes: Iterable[CodeRecord]) -> None:
        self.codes: dict[str, CodeRecord] = {}
        self.below: Siblings = {}
        for code in codes:
            self.codes[str(code.uid)] = code
            self.below.setdefault(parent_of(code), []).append(str(code.uid))

    def place(self, code: CodeRecord, after: str | None) -> None:
        siblings = self.below.setdefault(parent_of(code), [])
        siblings.insert(siblings.index(after) + 1 if after else 0, str(code.uid))
        self.codes[str(code.uid)] = code

    def take(self, uid: str) -> CodeRecord:
        code = self.codes.pop(uid)
        self.below[parent_of(code)].remove(uid)
        return code

    def edit(self, uid: str, fields: Mapping[str, Any]) -> None:
        self.codes[uid] = replace(self.codes[uid], **fields)

    def in_order(self, parent: str | None = None) -> Iterable[CodeRecord]:
        for uid in self.below.get(parent, []):
            yield self.codes[uid]
            yield from self.in_order(uid)


def parent_of(code: CodeRecord) -> str | None:
    return str(code.parent) if code.parent else None


def replay(content: Content, changes: Iterable[Change]) -> Content:
    """The later content: these changes done one after the other on the earlier one."""
    tree, settings = Tree(content.codes), dict[str, Any]()
    for change in changes:
        if change.kind == ChangeKind.SET and not change.targets:
            settings |= later(change)
        else:
            apply(change, tree)
    return replace(content, codes=tuple(tree.in_order()), **settings)


def apply(change: Change, tree: Tree) -> None:
    match change.kind:
        case ChangeKind.ADD:
            tree.place(from_plain(change.data["code"]), change.data["after"])
        case ChangeKind.MOVE:
            parent = change.data["parent"][1]
            moved = replace(tree.take(change.sources[0]), parent=uuid.UUID(parent) if parent else None)
            tree.place(moved, change.data["after"])
        case ChangeKind.RENAME | ChangeKind.REWORD | ChangeKind.SET:
            tree.edit(change.sources[0], later(change))
        case _:
            tree.take(change.sources[0])


def later(change: Change) -> dict[str, Any]:
    return {name: after for name, (_, after) in change.data.items()}


def as_plain(code: CodeRecord) -> dict[str, Any]:
    """A code as JSON can hold it."""
    return asdict(code) | {"uid": str(code.uid), "parent": parent_of(code)}


def from_plain(code: Mapping[str, Any]) -> CodeRecord:
    parent = code["parent"]
    return CodeRecord(**{**code, "uid": uuid.UUID(code["uid"]), "parent": uuid.UUID(parent) if parent else None})
