"""What becomes of a code, and of an answer made of codes, through later versions. No row is read here.

Renamed, moved, set otherwise, or reworded with the same meaning: the code reads on. Merged: it reads on as what it was
merged into. Split, retired, or reworded with another meaning: what was coded with it waits to be coded again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from taxonomy.changes import Change
from taxonomy.models import ChangeKind


class Why(StrEnum):
    """Why a code waits."""

    SPLIT = "split"
    REWORDED = "reworded with another meaning"
    RETIRED = "retired"


@dataclass(frozen=True)
class Fate:
    """What a code is under a later version: one code that it reads as; or, with `why`, the codes that it may be.

    `version` is the number of the version that made it wait.
    """

    uids: tuple[str, ...]
    why: Why | None = None
    version: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Step:
    """The changes that made the version of this number; None for a draft."""

    number: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Reading:
    """An answer under another version: its codes there, or (then `uids` is empty) those that wait, by their uid."""

    uids: frozenset[str]
    waits: Mapping[str, Fate]


@dataclass(frozen=True)
class Carrier:
    """How the codes of one version read under another. A code without a fate reads on as itself."""

    fates: Mapping[str, Fate]

    def fate(self, uid: str) -> Fate:
        return self.fates.get(uid, Fate((uid,)))

    def read(self, uids: Iterable[str]) -> Reading:
        """Codes that are one by now fold; when one waits, the answer waits. No codes stay no codes."""
        found = {uid: self.fate(uid) for uid in uids}
        waits = {uid: fate for uid, fate in found.items() if fate.why}
        return Reading(frozenset() if waits else frozenset(fate.uids[0] for fate in found.values()), waits)


def carry(steps: Iterable[Step]) -> dict[str, Fate]:
    """The fate of every code that does not simply read on as itself through these versions, in their order."""
    fates: dict[str, Fate] = {}
    for step in steps:
        moved = dict(fates_in(step))
        fates = {uid: onward(fate, moved) for uid, fate in ({uid: Fate((uid,)) for uid in moved} | fates).items()}
    return fates


def fates_in(step: Step) -> Iterable[tuple[str, Fate]]:
    for change in step.changes:
        for uid in change.sources:
            if change.kind == ChangeKind.MERGE:
                yield uid, Fate(change.targets, None, None, change.note)
            elif change.kind == ChangeKind.SPLIT:
                yield uid, Fate(change.targets, Why.SPLIT, step.number, change.note)
            elif change.kind == ChangeKind.RETIRE:
                yield uid, Fate((), Why.RETIRED, step.number, change.note)
            elif change.kind == ChangeKind.REWORD and change.meaning_changed:
                yield uid, Fate((uid,), Why.REWORDED, step.number, change.note)


def onward(fate: Fate, step: Mapping[str, Fate]) -> Fate:
    """The fate after one more version. What waits goes on waiting; its candidates follow the changes."""
    nexts = [step.get(uid, Fate((uid,))) for uid in fate.uids]
    uids = tuple(dict.fromkeys(uid for each in nexts for uid in each.uids))
    waiting = next((each for each in (fate, *nexts) if each.why), None)
    note = next((each.note for each in (fate, *nexts) if each.note), "")
    if waiting is None:
        return Fate(uids, None, None, note)
    return Fate(uids, waiting.why if uids else Why.RETIRED, waiting.version, note)
