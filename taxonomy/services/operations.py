"""Codes of a draft that go and say what comes instead: merged into another, split into several, or retired.

Published versions keep them, and what was coded with them is carried forward accordingly (`taxonomy.carrying`).
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from studies.errors import Invalid
from studies.models import User
from taxonomy.models import ChangeKind, Code, Version
from taxonomy.services.cleaning import clean_name, clean_text
from taxonomy.services.editing import check_has_none_below, codes_of, find, lock_draft, save_at, tell
from taxonomy.services.recording import record_change
from taxonomy.services.structure import Codes
from taxonomy.services.trail import keep_edit, state_of, step_of


@transaction.atomic
def merge_code(*, code: Code, into: Code, note: str = "", by: User) -> Code:
    """From now on `into` stands for both. The codes below `code` come below `into`, at the end."""
    draft, codes, code = hold(code, by)
    into = find(codes, into)
    if into == code:
        raise Invalid({"into": "A code is merged into another one. Choose that one."})
    if codes.is_within(into, code):
        raise Invalid({"into": f"“{into}” stands below “{code}”. Move it out first, then merge."})
    steps = [bring(child, into, codes) for child in list(codes.below(code.pk))]
    steps.append(step_of(code, state_of(code, codes), None))
    leave(draft, code, ChangeKind.MERGE, [into], note, by)
    keep_edit(draft, by, f"“{code}” was merged into “{into}”", *steps)
    return into


def bring(child: Code, into: Code, codes: Codes) -> dict[str, Any]:
    codes.check_place(name=child.name, parent=into, code=child)
    before = state_of(child, codes)
    save_at(child, codes, into, None)
    return step_of(child, before, state_of(child, codes))


@transaction.atomic
def split_code(*, code: Code, into: Sequence[str], note: str = "", by: User) -> list[Code]:
    """`into` names two codes or more. A name that the draft has already means that code; the others are new codes in
    the place of `code`, still without a definition."""
    draft, codes, code = hold(code, by)
    check_has_none_below(code, codes)
    names = [clean_name(name, "A code") for name in into if name.strip()]
    if len({name.casefold() for name in names}) < max(len(names), 2):
        raise Invalid({"into_names": "Name two codes or more, each once, one a line."})
    parent, place = codes.parent_of(code), codes.place_of(code)
    siblings = [other for other in codes.below(code.parent_id) if other != code]
    steps = [step_of(code, state_of(code, codes), None)]
    del codes.by_pk[code.pk]
    there = [named(codes, name) for name in names]
    made = [found or Code(version=draft, name=name, parent=parent) for found, name in zip(there, names, strict=True)]
    leave(draft, code, ChangeKind.SPLIT, made, note, by)
    fresh = [new for new in made if new.pk is None]
    put_in_place(fresh, siblings, place)
    codes = codes_of(draft)
    steps += [step_of(new, None, state_of(codes.by_pk[new.pk], codes)) for new in fresh]
    keep_edit(draft, by, f"“{code}” was split", *steps)
    return made


def put_in_place(new: Sequence[Code], siblings: list[Code], place: int) -> None:
    siblings[place:place] = new
    for position, sibling in enumerate(siblings):
        sibling.position = position
    Code.objects.bulk_create(new)
    Code.objects.bulk_update(siblings, ["position"])


def named(codes: Codes, name: str) -> Code | None:
    found = [code for code in codes.by_pk.values() if code.name.casefold() == name.casefold()]
    if len(found) > 1:
        raise Invalid({"into_names": f"The draft has several codes “{name}”. Rename the one that is meant first."})
    return found[0] if found else None


@transaction.atomic
def retire_code(*, code: Code, note: str, by: User) -> None:
    """Nothing comes instead. The note says why: it stands beside every issue that waits because of it."""
    draft, codes, code = hold(code, by)
    check_has_none_below(code, codes)
    if not note.strip():
        raise Invalid({"note": "Say why: it stands beside every issue that waits because of it."})
    step = step_of(code, state_of(code, codes), None)
    leave(draft, code, ChangeKind.RETIRE, [], note, by)
    keep_edit(draft, by, f"“{code}” was retired", step)


def hold(code: Code, by: User) -> tuple[Version, Codes, Code]:
    draft = lock_draft(code.version, by)
    codes = codes_of(draft)
    return draft, codes, find(codes, code)


def leave(draft: Version, code: Code, kind: ChangeKind, targets: Sequence[Code], note: str, by: User) -> None:
    record_change(draft, kind, code, targets, clean_text("note", note))
    data = {"code": str(code.uid), "into": [target.name for target in targets]}
    tell(draft, by, kind.label, code, data)
    code.delete()
