"""A crosswalk as a table of left by right codes. What stands below a closed code counts at that code."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taxonomy.crosswalks import MARKS, Opened
from taxonomy.models import Relation
from taxonomy.queries import Node

# A tree with more codes than this begins with its top categories alone.
SMALL = 16
ORDER = list(MARKS)


@dataclass(frozen=True)
class Head:
    """A row's or column's code; `toggled` is what the address says when it is opened or closed, empty for leaves."""

    node: Node
    is_open: bool
    toggled: str


@dataclass(frozen=True)
class Cell:
    """The relations between two codes or branches, the strongest first, with how often each stands."""

    relations: tuple[tuple[str, int], ...]

    @property
    def marks(self) -> str:
        return " ".join(f"{MARKS[Relation(name)]}{count if count > 1 else ''}" for name, count in self.relations)

    @property
    def words(self) -> str:
        return ", ".join(f"{name}{f' ({count})' if count > 1 else ''}" for name, count in self.relations)


@dataclass(frozen=True)
class Matrix:
    """`rows`: a head, its cells in the order of the columns, and how often its codes have no counterpart or are
    open."""

    columns: Sequence[Head]
    rows: Sequence[tuple[Head, Sequence[Cell], int, int]]
    every: str


def matrix(found: Opened, opened: str) -> Matrix:
    """`opened`: uids of open codes with commas between, `all`, or nothing: small trees open, large ones closed."""
    parents = with_children(found.left) | with_children(found.right)
    open_now = parents if opened == "all" else wanted(opened) & parents
    if not opened:
        open_now = {uid for side in (found.left, found.right) if len(side) <= SMALL for uid in with_children(side)}
    rows, row_of = heads(found.left, open_now)
    columns, column_of = heads(found.right, open_now)
    cells: dict[tuple[object, object], Counter[str]] = {}
    waiting: Counter[object] = Counter()
    for case in found.cases:
        row = row_of[case.node.code.uid]
        waiting[row] += case.is_open
        for link in case.result or ():
            column = column_of[link.right] if link.right else None
            cells.setdefault((row, column), Counter())[link.relation] += 1
    return Matrix(
        columns,
        [
            (
                head,
                [cell(cells.get((head.node.code.uid, column.node.code.uid))) for column in columns],
                sum(cells.get((head.node.code.uid, None), Counter()).values()),
                waiting[head.node.code.uid],
            )
            for head in rows
        ],
        "none" if parents and parents <= open_now else "all" if parents else "",
    )


def cell(counted: Counter[str] | None) -> Cell:
    return Cell(tuple(sorted((counted or Counter()).items(), key=lambda pair: ORDER.index(Relation(pair[0])))))


def with_children(nodes: Sequence[Node]) -> set[uuid.UUID]:
    return {node.code.uid for node in nodes if node.has_children}


def wanted(opened: str) -> set[uuid.UUID]:
    return set(uuids(opened))


def uuids(opened: str) -> Iterator[uuid.UUID]:
    for text in opened.split(","):
        try:
            yield uuid.UUID(text)
        except ValueError:
            continue


def heads(nodes: Sequence[Node], open_now: set[uuid.UUID]) -> tuple[list[Head], dict[uuid.UUID, uuid.UUID]]:
    """The codes that are shown, and for each code the shown one at which it counts."""
    shown: list[Head] = []
    counts_at: dict[uuid.UUID, uuid.UUID] = {}
    above: list[Node] = []
    for node in nodes:
        above = [*above[: node.depth], node]
        closed = next((code for code in above[:-1] if code.code.uid not in open_now), None)
        counts_at[node.code.uid] = (closed or node).code.uid
        if closed is None:
            toggled = ",".join(sorted(map(str, open_now ^ {node.code.uid}))) or "none"
            shown.append(Head(node, node.code.uid in open_now, toggled if node.has_children else ""))
    return shown, counts_at
