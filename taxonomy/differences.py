"""The difference between two contents of a taxonomy as operations. No row is read here.

What was merged, split or retired is not visible from the codes alone: it comes as fates. A code that is gone without
a fate was retired. Operations come in an order in which they can be replayed one by one: settings, texts, then
additions and moves in reading order, and last the codes that go.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from taxonomy.carrying import Fate, Why
from taxonomy.changes import Change, Siblings, Tree, as_plain, parent_of
from taxonomy.models import ChangeKind
from taxonomy.queries import SETTINGS, TEXTS, TRAITS, CodeRecord, Content

WORDING = TEXTS[1:]
FIELDS = {ChangeKind.RENAME: TEXTS[:1], ChangeKind.REWORD: WORDING, ChangeKind.SET: TRAITS}


def difference(
    before: Content,
    after: Content,
    fates: Mapping[str, Fate] | None = None,
    meanings: Mapping[str, bool | None] | None = None,
) -> list[Change]:
    """What makes `after` of `before`. `meanings`: by uid, whether a rewording changed what the code means."""
    old, new = Tree(before.codes), Tree(after.codes)
    return [
        *settings_changes(before, after),
        *text_changes(old, new, meanings or {}),
        *places(old, new),
        *departures(old, new, settled(fates or {}, new)),
    ]


def settings_changes(before: Content, after: Content) -> Iterator[Change]:
    if told := changed_fields(before, after, SETTINGS):
        yield Change(ChangeKind.SET, data=told)


def text_changes(old: Tree, new: Tree, meanings: Mapping[str, bool | None]) -> Iterator[Change]:
    for code in new.in_order():
        uid = str(code.uid)
        for kind, fields in FIELDS.items() if uid in old.codes else ():
            if told := changed_fields(old.codes[uid], code, fields):
                meaning = meanings.get(uid) if kind == ChangeKind.REWORD else None
                yield Change(kind, (uid,), (uid,), told, meaning_changed=meaning)


def changed_fields(before: object, after: object, fields: tuple[str, ...]) -> dict[str, list[Any]]:
    pairs = {name: [getattr(before, name), getattr(after, name)] for name in fields}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def places(old: Tree, new: Tree) -> Iterator[Change]:
    """Each code that is new or has to be taken up, put behind the sibling that it now follows."""
    stay = staying(old.below, new.below)
    for code in new.in_order():
        uid, parent = str(code.uid), parent_of(code)
        siblings = new.below[parent]
        place = siblings.index(uid)
        after = siblings[place - 1] if place else None
        if uid not in old.codes:
            yield Change(ChangeKind.ADD, (), (uid,), {"code": as_plain(code), "after": after})
        elif uid not in stay:
            came_from = parent_of(old.codes[uid])
            yield Change(ChangeKind.MOVE, (uid,), (uid,), {"parent": [came_from, parent], "after": after})


def staying(old: Siblings, new: Siblings) -> set[str]:
    """Codes that keep their parent and their order among those that do."""
    stay: set[str] = set()
    for parent, siblings in new.items():
        earlier = old.get(parent, [])
        for block in SequenceMatcher(None, earlier, siblings, autojunk=False).get_matching_blocks():
            stay.update(earlier[block.a : block.a + block.size])
    return stay


def settled(fates: Mapping[str, Fate], new: Tree) -> dict[str, Fate]:
    """The fates as far as they fit what is there in the end: candidates that are gone count no more."""
    kept = {}
    for uid, fate in fates.items():
        uids = tuple(each for each in fate.uids if each in new.codes)
        kept[uid] = replace(fate, uids=uids, why=fate.why if uids else Why.RETIRED)
    return kept


def departures(old: Tree, new: Tree, fates: Mapping[str, Fate]) -> Iterator[Change]:
    gone: list[CodeRecord] = [code for code in old.in_order() if str(code.uid) not in new.codes]
    for code in gone:
        uid = str(code.uid)
        fate = fates.get(uid, Fate((), Why.RETIRED))
        yield Change(departure(fate), (uid,), fate.uids, note=fate.note)


def departure(fate: Fate) -> ChangeKind:
    if not fate.uids:
        return ChangeKind.RETIRE
    return ChangeKind.SPLIT if fate.why == Why.SPLIT else ChangeKind.MERGE
