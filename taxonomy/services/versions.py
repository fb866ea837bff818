"""From a draft to a published version, and from there to the next draft."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from studies.errors import Conflict, Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.models import Code, Taxonomy, Version
from taxonomy.queries import SETTINGS, TEXTS, TRAITS, CodeRecord, content_hash, records, settings_of
from taxonomy.services.cleaning import clean_text
from taxonomy.services.editing import create_taxonomy, lock_draft
from taxonomy.services.structure import MAX_LEVELS

PROBLEMS_SHOWN = 20


@transaction.atomic
def publish(*, version: Version, note: str = "", seen: str | None = None, by: User) -> Version:
    """Freeze the draft as the next version. `seen` is the content hash of what the person looked at: when the draft
    says something else by now, Conflict. What lacks a definition is `without_definition`'s to name; it may pass."""
    draft = lock_draft(version, by)
    content = records(draft)
    if not content:
        raise Invalid("The draft has no codes yet. Add one before you publish.")
    hash = content_hash(content, settings_of(draft))
    if seen is not None and seen != hash:
        raise Conflict("The draft was changed while you looked at it. Nothing was published; read it again first.")
    latest = draft.taxonomy.versions.aggregate(latest=Max("number"))["latest"] or 0
    draft.number, draft.note, draft.content_hash = latest + 1, clean_text("note", note), hash
    draft.published_by, draft.published_at = by, timezone.now()
    draft.save()
    record_event(
        study=draft.taxonomy.study,
        by=by,
        verb="published",
        target=f"version {draft.number} of {draft.taxonomy}",
        data={"codes": len(content), "content_hash": hash, "note": draft.note},
    )
    return draft


def without_definition(codes: Sequence[CodeRecord]) -> list[CodeRecord]:
    """The codes that raters will have to guess at: a warning before publishing, not a refusal."""
    return [code for code in codes if not code.definition]


@transaction.atomic
def start_draft(*, taxonomy: Taxonomy, by: User) -> Version:
    """A draft that holds the codes of the latest published version under the same uids, and its settings."""
    check_is_member(by, taxonomy.study, Permission.EDIT_TAXONOMY)
    Taxonomy.objects.select_for_update().only("pk").get(pk=taxonomy.pk)
    if taxonomy.versions.filter(number=None).exists():
        raise Conflict("This taxonomy has a draft already. Go on with that one.")
    latest = taxonomy.versions.order_by("-number").first()
    draft = Version(taxonomy=taxonomy, **{field: getattr(latest, field) for field in SETTINGS if latest})
    draft.save()
    write_codes(draft, records(latest) if latest else [])
    record_event(study=taxonomy.study, by=by, verb="began", target=f"a draft of {taxonomy}")
    return draft


@transaction.atomic
def import_taxonomy(*, study: Study, name: str, purpose: str, codes: Sequence[CodeRecord], by: User) -> Version:
    """A new taxonomy whose draft holds these codes, in their order. Invalid, naming every place, or all of it."""
    if problems := problems_of(codes):
        left = len(problems) - PROBLEMS_SHOWN
        raise Invalid(problems[:PROBLEMS_SHOWN] + ([f"There are {left} more such lines."] if left > 0 else []))
    draft = create_taxonomy(study=study, name=name, purpose=purpose, by=by)
    write_codes(draft, codes)
    record_event(study=study, by=by, verb="imported", target=f"taxonomy {draft.taxonomy}", data={"codes": len(codes)})
    return draft


def problems_of(codes: Sequence[CodeRecord]) -> list[str]:
    """What keeps these codes from being a tree, each with its place and remedy."""
    by_uid = {code.uid: code for code in codes}
    seen: set[object] = set()
    keys: set[str] = set()
    problems = []
    for place, code in enumerate(codes, start=1):
        sibling = (code.parent, code.name.casefold())
        if code.uid in seen:
            problems.append(f"Code {place} “{code.name}”: its uid stands above already. Give each code its own.")
        elif sibling in seen:
            problems.append(f"Code {place} “{code.name}”: a code of this name stands at the same place. Rename one.")
        elif code.key and code.key in keys:
            problems.append(f"Code {place} “{code.name}”: “{code.key}” is the key of a code above. Give it another.")
        else:
            problems += problem_of_place(place, code, by_uid)
        seen |= {code.uid, sibling}
        keys.add(code.key)
    return problems


def problem_of_place(place: int, code: CodeRecord, by_uid: dict[uuid.UUID, CodeRecord]) -> list[str]:
    above = [code.uid]
    while (parent := by_uid[above[-1]].parent) is not None:
        if parent not in by_uid:
            return [f"Code {place} “{code.name}”: no code has the uid {parent}. Name a code of this file as parent."]
        if parent in above:
            return [f"Code {place} “{code.name}”: it stands below itself. Correct its parent."]
        above.append(parent)
    if len(above) > MAX_LEVELS:
        return [
            f"Code {place} “{code.name}”: it is on level {len(above)}, and a taxonomy has at most {MAX_LEVELS}. "
            "Give it a parent that is higher up."
        ]
    return []


def write_codes(version: Version, codes: Sequence[CodeRecord]) -> None:
    """Writes checked codes into an empty draft, level by level, because a row names its parent by primary key."""
    rows: dict[object, Code] = {}
    waiting = list(codes)
    positions: dict[object, int] = {}
    while waiting:
        level = [code for code in waiting if code.parent is None or code.parent in rows]
        made = [as_row(version, code, rows, positions) for code in level]
        Code.objects.bulk_create(made)
        rows |= {row.uid: row for row in made}
        waiting = [code for code in waiting if code.uid not in rows]


def as_row(version: Version, code: CodeRecord, rows: dict[object, Code], positions: dict[object, int]) -> Code:
    position = positions[code.parent] = positions.get(code.parent, -1) + 1
    return Code(
        version=version,
        uid=code.uid,
        parent=rows[code.parent] if code.parent else None,
        position=position,
        **{field: getattr(code, field) for field in (*TEXTS, *TRAITS)},
    )
