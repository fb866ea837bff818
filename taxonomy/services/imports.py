"""Codes that come from outside: a new taxonomy of them. Taken whole or not at all."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from studies.errors import Invalid
from studies.models import Study, User
from studies.services.events import record_event
from taxonomy.models import Levels, Purpose, Version
from taxonomy.queries import CodeRecord
from taxonomy.services.cleaning import clean_text
from taxonomy.services.editing import create_taxonomy
from taxonomy.services.structure import MAX_LEVELS
from taxonomy.services.versions import write_codes

PROBLEMS_SHOWN = 20


@transaction.atomic
def import_taxonomy(
    *,
    study: Study,
    name: str,
    purpose: str,
    codes: Sequence[CodeRecord],
    kind: str = Purpose.CODING,
    citation: str = "",
    reservations: str = "",
    levels: str = Levels.ANY,
    several_codes: bool = True,
    by: User,
) -> Version:
    """A new taxonomy whose draft holds these codes, in their order. Invalid, naming every place, or all of it."""
    if problems := problems_of(codes):
        raise Invalid(shortened(problems))
    draft = create_taxonomy(study=study, name=name, purpose=purpose, by=by)
    taxonomy, draft.levels, draft.several_codes = draft.taxonomy, levels, several_codes
    taxonomy.kind, taxonomy.citation = kind, clean_text("citation", citation)
    taxonomy.reservations = clean_text("reservations", reservations)
    taxonomy.save(update_fields=["kind", "citation", "reservations"])
    draft.save(update_fields=["levels", "several_codes"])
    write_codes(draft, codes)
    record_event(study=study, by=by, verb="imported", target=f"taxonomy {taxonomy}", data={"codes": len(codes)})
    return draft


def shortened(problems: list[str]) -> list[str]:
    """As many as a person reads, and how many are left."""
    left = len(problems) - PROBLEMS_SHOWN
    return problems[:PROBLEMS_SHOWN] + ([f"There are {left} more such lines."] if left > 0 else [])


def problems_of(codes: Sequence[CodeRecord], places: Sequence[str] = ()) -> list[str]:
    """What keeps these codes from being a tree, each with its place and remedy. `places` are those of their file."""
    by_uid = {code.uid: code for code in codes}
    seen: set[object] = set()
    keys: set[str] = set()
    problems = []
    for number, code in enumerate(codes, start=1):
        where = f"{places[number - 1] if places else f'Code {number}'} “{code.name}”"
        sibling = (code.parent, code.name.lower())
        if code.uid in seen:
            problems.append(f"{where}: its uid stands above already. Give each code its own.")
        elif sibling in seen:
            problems.append(f"{where}: a code of this name stands at the same place. Rename one.")
        elif code.key and code.key in keys:
            problems.append(f"{where}: “{code.key}” is the key of a code above. Give it another.")
        else:
            problems += problem_of_place(where, code, by_uid)
        seen |= {code.uid, sibling}
        keys.add(code.key)
    return problems


def problem_of_place(where: str, code: CodeRecord, by_uid: dict[uuid.UUID, CodeRecord]) -> list[str]:
    above, last = {code.uid}, code
    while last.parent is not None:
        if last.parent not in by_uid:
            return [f"{where}: no code has the uid {last.parent}. Name a code of this file as parent."]
        if last.parent in above:
            return [f"{where}: it stands below itself. Correct its parent."]
        above.add(last.parent)
        last = by_uid[last.parent]
    if len(above) > MAX_LEVELS:
        return [
            f"{where}: it is on level {len(above)}, and a taxonomy has at most {MAX_LEVELS}. "
            "Give it a parent that is higher up."
        ]
    return []


def in_reading_order(codes: Sequence[CodeRecord]) -> list[CodeRecord]:
    """Each code directly before what is below it; siblings as they stood. The codes are a tree already."""
    below: dict[uuid.UUID | None, list[CodeRecord]] = {}
    for code in codes:
        below.setdefault(code.parent, []).append(code)
    ordered, waiting = [], below.get(None, [])[::-1]
    while waiting:
        code = waiting.pop()
        ordered.append(code)
        waiting += below.get(code.uid, [])[::-1]
    return ordered
