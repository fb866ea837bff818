"""Taking back what oneself did to a draft, the last first, as long as nobody else has built on it."""

from typing import Any

from django.db import transaction

from studies.errors import Conflict, Invalid
from studies.models import User
from studies.services.events import record_event
from taxonomy.models import Code, Edit, Version
from taxonomy.queries import SETTINGS, edits_to_undo, told
from taxonomy.services.editing import check_has_none_below, codes_of, lock_draft, save_at
from taxonomy.services.structure import Codes
from taxonomy.services.trail import State

SINCE = "was changed by someone else since, so this is not taken back. Change it by hand."


@transaction.atomic
def undo_edit(*, version: Version, edit: int, by: User) -> Edit:
    """Take back the last edit of this person, which is to be the one of this number: a second click takes back no
    second edit. Invalid where what it changed is not as it left it."""
    draft = lock_draft(version, by)
    last = edits_to_undo(draft, by).first()
    if last is None:
        raise Invalid("There is nothing of yours to take back in this draft.")
    if last.pk != edit:
        raise Conflict("You did something else since this page was shown. Look what comes first now.")
    codes = codes_of(draft)
    for step in reversed(last.steps):
        take_back(draft, codes, step)
    last.undone = True
    last.save(update_fields=["undone"])
    data = {"edit": last.sentence, "steps": last.steps}
    record_event(study=draft.taxonomy.study, by=by, verb="took back", target=f"an edit of {draft.taxonomy}", data=data)
    return last


def take_back(draft: Version, codes: Codes, step: dict[str, Any]) -> None:
    before, after = step["before"], step["after"]
    if step["code"] is None:
        return take_back_settings(draft, before, after)
    code = next((code for code in codes.by_pk.values() if str(code.uid) == step["code"]), None)
    if after is None:
        return put_back(Code(version=draft, uid=step["code"], position=0), codes, before)
    if code is None:
        raise Invalid("The code was removed by someone else since, so this is not taken back.")
    check_is_as_left(told(code), after, f"“{code}”")
    if before is not None:
        return put_back(code, codes, before)
    check_has_none_below(code, codes)
    codes.below(code.parent_id).remove(codes.by_pk.pop(code.pk))
    code.delete()
    return None


def check_is_as_left(now: State, after: State, what: str) -> None:
    if any(now[field] != value for field, value in after.items() if field != "place"):
        raise Invalid(f"{what} {SINCE}")


def put_back(code: Code, codes: Codes, before: State) -> None:
    """Says of the code what was said before, and puts it where it stood when that is told."""
    for field, value in before.items():
        if field not in ("parent", "place"):
            setattr(code, field, value)
    parent = found_above(codes, before["parent"]) if "place" in before else codes.parent_of(code)
    is_new = code.pk not in codes.by_pk
    if is_new:
        codes.check_room()
    codes.check_place(name=code.name, parent=parent, code=None if is_new else code)
    codes.check_key(code.key, code)
    save_at(code, codes, parent, before["place"] if "place" in before else codes.place_of(code))


def found_above(codes: Codes, uid: str) -> Code | None:
    if not uid:
        return None
    found = next((code for code in codes.by_pk.values() if str(code.uid) == uid), None)
    if found is None:
        raise Invalid("The code that stood above it is gone, so this is not taken back.")
    return found


def take_back_settings(draft: Version, before: State, after: State) -> None:
    check_is_as_left({field: getattr(draft, field) for field in SETTINGS}, after, "What raters may choose")
    for field, value in before.items():
        setattr(draft, field, value)
    draft.save(update_fields=list(before))
