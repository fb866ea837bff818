"""Changing a draft: its taxonomy, and codes that are added, edited, moved, removed. Published versions refuse."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from studies.errors import Conflict, Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.errors import Changed, Frozen
from taxonomy.models import Code, Levels, Purpose, Taxonomy, Version
from taxonomy.queries import SETTINGS, told
from taxonomy.services.cleaning import clean_name, clean_text, cleaned
from taxonomy.services.recording import forget_changes
from taxonomy.services.structure import Codes, Step, Where
from taxonomy.services.trail import State, keep_edit, state_of, step_of


@transaction.atomic
def create_taxonomy(*, study: Study, name: str, purpose: str = "", kind: str = Purpose.CODING, by: User) -> Version:
    """A new taxonomy with an empty draft, which is returned. Names are unique in a study, ignoring case."""
    check_is_member(by, study, Permission.EDIT_TAXONOMY)
    name, purpose = clean_name(name, "A taxonomy"), clean_text("purpose", purpose)
    taxonomy = Taxonomy(study=study, name=name, purpose=purpose, kind=kind)
    try:
        with transaction.atomic():
            taxonomy.save()
    except IntegrityError as error:
        raise Invalid(
            {"name": "This study has a taxonomy of that name. Choose another name, or open that one."}
        ) from error
    draft = Version(taxonomy=taxonomy)
    draft.save()
    record_event(study=study, by=by, verb="began", target=f"taxonomy {taxonomy}")
    return draft


@transaction.atomic
def add_code(
    *, version: Version, name: str, parent: Code | None = None, after: Code | None = None, by: User, **said: Any
) -> Code:
    """A new code, the last below `parent`, or right behind `after`. `said`: any of TEXTS and TRAITS."""
    draft = lock_draft(version, by)
    code = Code(version=draft, position=0, **cleaned({"name": name, **said}))
    codes, position = codes_of(draft), None
    if after is not None:
        parent, position = codes.beside(code, find(codes, after), Where.AFTER)
    codes.check_room()
    codes.check_place(name=code.name, parent=parent)
    codes.check_key(code.key)
    save_at(code, codes, parent, position)
    tell(draft, by, "added", code, {"code": str(code.uid), **told(code)})
    keep_edit(draft, by, f"“{code}” was added", step_of(code, None, state_of(code, codes)))
    return code


@transaction.atomic
def edit_code(*, code: Code, seen: Mapping[str, Any] | None = None, by: User, **changes: Any) -> Code:
    """Says something else of a code, and with `parent` puts it at another place.

    `seen` holds the values as the person saw them when they began (see `told`). When the code says something else
    by now, nothing is written and Changed tells what it says.
    """
    draft = lock_draft(code.version, by)
    codes = codes_of(draft)
    code = find(codes, code)
    check_is_as_seen(code, seen)
    before, parent = state_of(code, codes), changes.pop("parent", codes.parent_of(code))
    said = cleaned(changes)
    codes.check_place(name=said.get("name", code.name), parent=parent, code=code)
    codes.check_key(said.get("key", ""), code)
    for field, value in said.items():
        setattr(code, field, value)
    save_at(code, codes, parent, before["place"] if parent == codes.parent_of(code) else None)
    tell_change(draft, by, code, before, state_of(code, codes))
    return code


def tell_change(draft: Version, by: User, code: Code, before: State, after: State) -> None:
    """Nothing where nothing is different."""
    changed = {field: [before[field], after[field]] for field in told(code) if after[field] != before[field]}
    if changed:
        renamed = "name" in changed
        sentence = f"“{before['name']}” was renamed “{code}”" if renamed else f"“{code}” was changed"
        tell(draft, by, "changed", code, {"code": str(code.uid), "changed": changed})
        keep_edit(draft, by, sentence, step_of(code, before, after))


@transaction.atomic
def move_code(*, code: Code, step: str, seen: Mapping[str, Any] | None = None, by: User) -> Code:
    """One step up, down, indent (below the code before it) or outdent. Invalid where there is no way."""
    if step not in list(Step):
        raise Invalid({"step": "A code moves up, down, indent (further in) or outdent (further out)."})
    draft = lock_draft(code.version, by)
    codes = codes_of(draft)
    code = find(codes, code)
    check_is_as_seen(code, seen)
    put(draft, by, code, codes, *codes.target(code, Step(step)))
    return code


@transaction.atomic
def place_code(
    *, code: Code, where: str, target: Code | None = None, seen: Mapping[str, Any] | None = None, by: User
) -> Code:
    """Before or after `target`, or the last below it; the last top category without one."""
    if where not in list(Where):
        raise Invalid({"where": "A code is put before, after or below another one."})
    draft = lock_draft(code.version, by)
    codes = codes_of(draft)
    code, target = find(codes, code), find(codes, target) if target else None
    check_is_as_seen(code, seen)
    put(draft, by, code, codes, *codes.beside(code, target, Where(where)))
    return code


def put(draft: Version, by: User, code: Code, codes: Codes, parent: Code | None, position: int | None) -> None:
    codes.check_place(name=code.name, parent=parent, code=code)
    before = state_of(code, codes)
    save_at(code, codes, parent, position)
    after = state_of(code, codes)
    if after != before:
        places = {
            side: {field: state[field] for field in ("parent", "place")}
            for side, state in (("from", before), ("to", after))
        }
        tell(draft, by, "moved", code, {"code": str(code.uid), **places})
        keep_edit(draft, by, f"“{code}” was moved", step_of(code, before, after))


@transaction.atomic
def remove_code(*, code: Code, by: User) -> None:
    """Takes a code out of the draft. Earlier versions keep it."""
    draft = lock_draft(code.version, by)
    codes = codes_of(draft)
    code = find(codes, code)
    check_has_none_below(code, codes)
    tell(draft, by, "removed", code, {"code": str(code.uid), **told(code)})
    keep_edit(draft, by, f"“{code}” was removed", step_of(code, state_of(code, codes), None))
    forget_changes(draft, code)
    code.delete()


@transaction.atomic
def change_settings(
    *, version: Version, levels: str, several_codes: bool, seen: Mapping[str, Any] | None = None, by: User
) -> Version:
    """What raters may choose at all: codes of which levels, and one or several an issue."""
    draft = lock_draft(version, by)
    if levels not in Levels:
        raise Invalid({"levels": "Raters choose codes of any level, leaves, or top categories."})
    before = {field: getattr(draft, field) for field in SETTINGS}
    if stored := unlike(before, seen):
        raise Changed("Someone else changed what raters may choose. Nothing was saved; look at it again.", stored)
    draft.levels, draft.several_codes = levels, several_codes
    after = {field: getattr(draft, field) for field in SETTINGS}
    if after != before:
        draft.save(update_fields=list(SETTINGS))
        study, what = draft.taxonomy.study, f"what raters may choose in {draft.taxonomy}"
        record_event(study=study, by=by, verb="changed", target=what, data={"before": before, "after": after})
        keep_edit(draft, by, "What raters may choose was changed", step_of(None, before, after))
    return draft


def codes_of(draft: Version) -> Codes:
    return Codes(draft.codes.select_related("parent").order_by("position", "pk"))


def save_at(code: Code, codes: Codes, parent: Code | None, position: int | None) -> None:
    """Writes the code at its place, and its new siblings that stand elsewhere by that."""
    shifted = codes.place(code, parent, position)
    code.save()
    codes.by_pk[code.pk] = code
    Code.objects.bulk_update(shifted, ["position"])


def check_has_none_below(code: Code, codes: Codes) -> None:
    if children := codes.below(code.pk):
        names = ", ".join(f"“{child}”" for child in children)
        raise Invalid(f"“{code}” has codes below it: {names}. Move them out or remove them first.")


def lock_draft(version: Version, by: User) -> Version:
    """The version, held until the transaction ends. Frozen when it is published, by now or before."""
    study = version.taxonomy.study
    check_is_member(by, study, Permission.EDIT_TAXONOMY)
    draft: Version = (
        Version.objects.select_for_update(of=("self",)).select_related("taxonomy__study").get(pk=version.pk)
    )
    check_is_draft(draft)
    return draft


def check_is_draft(version: Version) -> None:
    """Raises Frozen with the sentence for page and API."""
    if not version.is_draft:
        raise Frozen(f"Version {version.number} is published and stays as it is. Start a draft to change its codes.")


def check_is_as_seen(code: Code, seen: Mapping[str, Any] | None) -> None:
    stored = unlike(told(code), seen)
    if not stored:
        return
    if set(stored) == {"parent"}:
        raise Changed(f"“{code}” was moved by someone else meanwhile. It stays there until you move it again.", stored)
    raise Changed(
        f"“{code}” was changed by someone else while you wrote, so your text is not saved yet. "
        "It is kept in the form; compare it with what is stored, then keep it or adapt it.",
        stored,
    )


def unlike(now: Mapping[str, Any], seen: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is stored by now, of what the person saw as something else."""
    return {field: now[field] for field, value in (seen or {}).items() if field in now and now[field] != value}


def find(codes: Codes, code: Code) -> Code:
    """The locked row of this code. Conflict when it was removed meanwhile."""
    if code.pk not in codes.by_pk:
        raise Conflict(f"“{code}” was removed from the draft by someone else. Nothing was changed.")
    return codes.by_pk[code.pk]


def tell(draft: Version, by: User, verb: str, code: Code, data: dict[str, Any]) -> None:
    taxonomy = draft.taxonomy
    record_event(study=taxonomy.study, by=by, verb=verb, target=f"code {code} of {taxonomy}", data=data)
