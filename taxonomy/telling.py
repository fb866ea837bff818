"""Changes in words, grouped by kind, as pages show them. No row is read here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from taxonomy.carrying import Fate, Why
from taxonomy.changes import Change
from taxonomy.models import ChangeKind, Levels
from taxonomy.words import word_diff

FIELDS = {
    "definition": "Definition",
    "use_when": "Use when",
    "avoid_when": "Not when",
    "examples": "Examples",
    "notes": "Notes for raters",
    "selectable": "May be chosen",
    "exclusive_group": "Group of which one is chosen",
    "colour": "Colour",
    "key": "Key",
    "levels": "Raters choose",
    "several_codes": "Several codes an issue",
}


@dataclass(frozen=True)
class Entry:
    """One change. `words`: of each text that changed its label and the bits that are the same, gone or new."""

    uid: str
    sentence: str
    note: str
    meaning_changed: bool | None
    words: tuple[tuple[str, list[tuple[str, str]]], ...]


@dataclass(frozen=True)
class Group:
    kind: str
    label: str
    entries: tuple[Entry, ...]


def grouped(changes: Iterable[Change], names: Mapping[str, str]) -> list[Group]:
    """By kind, in the order of the kinds. `names`: what the codes are called, by uid."""
    found: dict[str, list[Entry]] = {}
    for change in changes:
        found.setdefault(change.kind, []).append(entry(change, names))
    return [Group(kind, kind.label.capitalize(), tuple(found[kind])) for kind in ChangeKind if kind in found]


def entry(change: Change, names: Mapping[str, str]) -> Entry:
    words = change.data.items() if change.kind == ChangeKind.REWORD else ()
    return Entry(
        uid=next(iter((*change.sources, *change.targets)), ""),
        sentence=sentence(change, names),
        note=change.note,
        meaning_changed=change.meaning_changed,
        words=tuple((FIELDS[name], word_diff(*pair)) for name, pair in words),
    )


def sentence(change: Change, names: Mapping[str, str]) -> str:
    whole, into = called(change.sources or change.targets, names), called(change.targets, names)
    match change.kind:
        case ChangeKind.ADD:
            return f"{whole}, {place(change.data['code']['parent'], names)}"
        case ChangeKind.RENAME:
            before, after = change.data["name"]
            return f"“{before}” is now “{after}”"
        case ChangeKind.SET:
            told = [
                f"{FIELDS[name]}: {value(name, pair[0])} → {value(name, pair[1])}" for name, pair in change.data.items()
            ]
            return f"{whole}{': ' if whole else ''}{'; '.join(told)}"
        case ChangeKind.MOVE:
            return f"{whole}, {journey(change.data, names)}"
        case ChangeKind.MERGE | ChangeKind.SPLIT:
            return f"{whole} into {into}"
        case _:
            return whole


def called(uids: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(f"“{names[uid]}”" for uid in uids)


def place(parent: str | None, names: Mapping[str, str]) -> str:
    return f"below “{names[parent]}”" if parent else "at the top"


def journey(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    before, parent = data["parent"]
    order = f"after “{names[data['after']]}”" if data["after"] else "at the beginning"
    return order if before == parent else f"from {place(before, names)} to {place(parent, names)}, {order}"


def value(name: str, given: Any) -> str:
    if isinstance(given, bool):
        return "yes" if given else "no"
    if name == "levels":
        return str(Levels(given).label)
    return str(given) if given else "none"


def why_it_waits(uid: str, fate: Fate, names: Mapping[str, str]) -> str:
    """A sentence beside what waits to be coded again."""
    told = f"“{names[uid]}” was {fate.why}"
    into = f" into {called(fate.uids, names)}" if fate.why == Why.SPLIT else ""
    return f"{told}{into} in version {fate.version}{': ' + fate.note if fate.note else '.'}"
