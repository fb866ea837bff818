"""A file's codes into an existing draft: first what would come of it, then the writing."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from studies.errors import Conflict, Invalid
from studies.models import User
from studies.services.events import record_event
from taxonomy.models import Code, Version
from taxonomy.queries import TEXTS, TRAITS, CodeRecord, content_hash, records, settings_of
from taxonomy.services.editing import lock_draft
from taxonomy.services.imports import in_reading_order, problems_of, shortened
from taxonomy.services.structure import MAX_CODES

FIELDS = (*TEXTS, *TRAITS)
CHUNK = 500


@dataclass(frozen=True)
class Merge:
    """What a draft becomes. `after` are all its codes in reading order; the lists name those that each word fits.

    `changed` tells the fields of each code whose saying changes; `unmentioned` codes are not in the file.
    """

    before: list[CodeRecord]
    after: list[CodeRecord]
    new: list[CodeRecord]
    changed: list[tuple[CodeRecord, list[str]]]
    moved: list[CodeRecord]
    unmentioned: list[CodeRecord]
    removes: bool

    @property
    def is_empty(self) -> bool:
        return self.after == self.before

    @property
    def reorders(self) -> bool:
        """Whether codes that stay change places with their siblings."""
        kept = {code.uid for code in self.before} & {code.uid for code in self.after}
        kept -= {code.uid for code in self.moved}
        before, after = ([code.uid for code in codes if code.uid in kept] for codes in (self.before, self.after))
        return before != after


def merge(
    before: Sequence[CodeRecord], given: Sequence[CodeRecord], fields: Collection[str], *, remove: bool = False
) -> Merge:
    """What a draft of the codes `before` becomes by those of a file, which says something of `fields`.

    A code is found by its uid, else by the path of names that leads to it. Invalid, naming every place, when the
    whole would be no tree.
    """
    ours = matches(before, given)
    known = {code.uid: code for code in before}
    told = [in_place(code, known.get(ours[code.uid]), ours, fields) for code in given]
    mentioned = {code.uid for code in told}
    left = [code for code in before if code.uid not in mentioned]
    check(told, [] if remove else left)
    return Merge(
        before=list(before),
        after=with_those_left(told, [] if remove else left, before),
        new=[code for code in told if code.uid not in known],
        changed=[(code, different) for code in told if (different := differing(code, known.get(code.uid)))],
        moved=[code for code in told if code.uid in known and known[code.uid].parent != code.parent],
        unmentioned=left,
        removes=remove,
    )


def matches(before: Sequence[CodeRecord], given: Sequence[CodeRecord]) -> dict[uuid.UUID, uuid.UUID]:
    """The uid in the draft for each uid of the file; its own where the draft has no such code."""
    ours = paths_of(before, {})
    taken = {code.uid for code in given if code.uid in ours}
    by_path = {path: uid for uid, path in ours.items() if uid not in taken}
    theirs = paths_of(given, ours)
    return {code.uid: code.uid if code.uid in ours else by_path.get(theirs[code.uid], code.uid) for code in given}


def paths_of(
    codes: Sequence[CodeRecord], known: Mapping[uuid.UUID, tuple[str, ...]]
) -> dict[uuid.UUID, tuple[str, ...]]:
    """The names that lead to each code. Parents stand before children, or are known."""
    paths = dict(known)
    for code in codes:
        above = paths[code.parent] if code.parent else ()
        paths[code.uid] = (*above, code.name.casefold())
    return paths


def in_place(
    code: CodeRecord, known: CodeRecord | None, ours: dict[uuid.UUID, uuid.UUID], fields: Collection[str]
) -> CodeRecord:
    """The code under its uid of the draft, saying of itself what the file says."""
    parent = ours.get(code.parent, code.parent) if code.parent else None
    if known is None:
        return replace(code, uid=ours[code.uid], parent=parent)
    return replace(known, parent=parent, **{field: getattr(code, field) for field in fields})


def differing(code: CodeRecord, known: CodeRecord | None) -> list[str]:
    return [field for field in FIELDS if known and getattr(code, field) != getattr(known, field)]


def check(told: Sequence[CodeRecord], left: Sequence[CodeRecord]) -> None:
    places = [f"Code {number}" for number in range(1, len(told) + 1)] + ["Of the draft,"] * len(left)
    if problems := problems_of([*told, *left], places):
        raise Invalid(shortened(problems))
    if len(told) + len(left) > MAX_CODES:
        raise Invalid(f"The draft would have {len(told) + len(left)} codes; a taxonomy has at most {MAX_CODES}.")


def with_those_left(
    told: Sequence[CodeRecord], left: Sequence[CodeRecord], before: Sequence[CodeRecord]
) -> list[CodeRecord]:
    """All codes in reading order: those of the file in its order, each other one behind the sibling it stood behind."""
    order = {code.uid: place for place, code in enumerate(before)}
    siblings: dict[uuid.UUID | None, list[CodeRecord]] = {}
    for code in told:
        siblings.setdefault(code.parent, []).append(code)
    for code in left:
        row = siblings.setdefault(code.parent, [])
        places = {sibling.uid: place for place, sibling in enumerate(row, start=1)}
        earlier = reversed(before[: order[code.uid]])
        row.insert(next((places[other.uid] for other in earlier if other.uid in places), 0), code)
    return in_reading_order([code for row in siblings.values() for code in row])


@transaction.atomic
def merge_into_draft(
    *,
    version: Version,
    codes: Sequence[CodeRecord],
    fields: Collection[str],
    remove: bool = False,
    seen: str | None = None,
    by: User,
) -> Merge:
    """Writes what `merge` tells. `seen` is the content hash of the draft that it was told of: Conflict when it says
    something else by now."""
    draft = lock_draft(version, by)
    before = records(draft)
    if seen is not None and seen != content_hash(before, settings_of(draft)):
        raise Conflict("The draft was changed while you looked at it. Nothing was taken; look at it again first.")
    outcome = merge(before, codes, fields, remove=remove)
    if not outcome.is_empty:
        rewrite(draft, outcome)
        record_event(
            study=draft.taxonomy.study,
            by=by,
            verb="imported",
            target=f"codes into the draft of {draft.taxonomy}",
            data=counts_of(outcome),
        )
    return outcome


def counts_of(outcome: Merge) -> dict[str, int]:
    removed = len(outcome.unmentioned) if outcome.removes else 0
    return {
        "new": len(outcome.new),
        "changed": len(outcome.changed),
        "moved": len(outcome.moved),
        "removed": removed,
    }


def rewrite(draft: Version, outcome: Merge) -> None:
    """Rows stay the codes' own. Names may change places with each other, so that all step aside first: under their
    primary keys, at the top."""
    rows = {row.uid: row for row in draft.codes.all()}
    for row in rows.values():
        row.name, row.parent = f"{row.pk} {row.uid}", None
    Code.objects.bulk_update(rows.values(), ["name", "parent"], batch_size=CHUNK)
    gone = [row.pk for uid, row in rows.items() if uid not in {code.uid for code in outcome.after}]
    draft.codes.filter(pk__in=gone).delete()
    new = [code for code in outcome.after if code.uid not in rows]
    made = [Code(version=draft, uid=code.uid, name=str(code.uid), position=0) for code in new]
    Code.objects.bulk_create(made, batch_size=CHUNK)
    rows |= {row.uid: row for row in made}
    positions: dict[uuid.UUID | None, int] = {}
    for code in outcome.after:
        say(rows[code.uid], code, rows, positions)
    kept = [rows[code.uid] for code in outcome.after]
    Code.objects.bulk_update(kept, [*FIELDS, "parent", "position"], batch_size=CHUNK)


def say(row: Code, code: CodeRecord, rows: dict[uuid.UUID, Code], positions: dict[uuid.UUID | None, int]) -> None:
    row.position = positions[code.parent] = positions.get(code.parent, -1) + 1
    row.parent = rows[code.parent] if code.parent else None
    for field in FIELDS:
        setattr(row, field, getattr(code, field))
