"""Changing a draft: its taxonomy, and codes that are added, edited, moved, removed. Published versions refuse."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from studies.errors import Conflict, Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.errors import Changed, Frozen
from taxonomy.models import Code, Taxonomy, Version
from taxonomy.queries import TEXTS, TRAITS
from taxonomy.services.cleaning import clean_name, clean_text, cleaned
from taxonomy.services.structure import Codes, Step


@transaction.atomic
def create_taxonomy(*, study: Study, name: str, purpose: str = "", by: User) -> Version:
    """A new taxonomy with an empty draft, which is returned. Names are unique in a study, ignoring case."""
    check_is_member(by, study, Permission.EDIT_TAXONOMY)
    taxonomy = Taxonomy(study=study, name=clean_name(name, "A taxonomy"), purpose=clean_text("purpose", purpose))
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
def add_code(*, version: Version, name: str, parent: Code | None = None, by: User, **said: Any) -> Code:
    """A new code, the last below `parent`. `said`: any of TEXTS and TRAITS."""
    draft = lock_draft(version, by)
    code = Code(version=draft, **cleaned({"name": name, **said}))
    codes = Codes(draft.codes.order_by("position", "pk"))
    codes.check_place(name=code.name, parent=parent)
    codes.check_key(code.key)
    code.parent, code.position = parent, len(codes.below(parent.pk if parent else None))
    code.save()
    tell(draft, by, "added", code, {"code": str(code.uid), **told(code)})
    return code


@transaction.atomic
def edit_code(*, code: Code, seen: Mapping[str, Any] | None = None, by: User, **changes: Any) -> Code:
    """Says something else of a code, and with `parent` puts it at another place.

    `seen` holds the values as the person saw them when they began (see `told`). When the code says something else
    by now, nothing is written and Changed tells what it says.
    """
    draft = lock_draft(code.version, by)
    codes = Codes(draft.codes.order_by("position", "pk"))
    code = find(codes, code)
    check_is_as_seen(code, seen)
    before, parent = told(code), changes.pop("parent", codes.parent_of(code))
    said = cleaned(changes)
    codes.check_place(name=said.get("name", code.name), parent=parent, code=code)
    codes.check_key(said.get("key", ""), code)
    for field, value in said.items():
        setattr(code, field, value)
    if parent != codes.parent_of(code):
        Code.objects.bulk_update(codes.place(code, parent), ["parent", "position"])
    code.save(update_fields=[*TEXTS, *TRAITS])
    after = told(code)
    if after != before:
        changed = {field: [before[field], after[field]] for field in after if after[field] != before[field]}
        tell(draft, by, "changed", code, {"code": str(code.uid), "changed": changed})
    return code


@transaction.atomic
def move_code(*, code: Code, step: str, by: User) -> Code:
    """One step up, down, indent (below the code before it) or outdent. Invalid where there is no way."""
    if step not in list(Step):
        raise Invalid({"step": "A code moves up, down, indent (further in) or outdent (further out)."})
    draft = lock_draft(code.version, by)
    codes = Codes(draft.codes.order_by("position", "pk"))
    code = find(codes, code)
    parent, position = codes.target(code, Step(step))
    codes.check_place(name=code.name, parent=parent, code=code)
    Code.objects.bulk_update(codes.place(code, parent, position), ["parent", "position"])
    tell(draft, by, "moved", code, {"code": str(code.uid), "step": step})
    return code


@transaction.atomic
def remove_code(*, code: Code, by: User) -> None:
    """Takes a code out of the draft. Earlier versions keep it."""
    draft = lock_draft(code.version, by)
    codes = Codes(draft.codes.order_by("position", "pk"))
    code = find(codes, code)
    if children := codes.below(code.pk):
        names = ", ".join(f"“{child}”" for child in children)
        raise Invalid(f"“{code}” has codes below it: {names}. Move them out or remove them first.")
    tell(draft, by, "removed", code, {"code": str(code.uid), **told(code)})
    code.delete()


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
    now = told(code)
    stored = {field: now[field] for field, value in (seen or {}).items() if field in now and now[field] != value}
    if stored:
        raise Changed(
            f"“{code}” was changed by someone else while you wrote, so your text is not saved yet. "
            "It is kept in the form; compare it with what is stored, then keep it or adapt it.",
            stored,
        )


def find(codes: Codes, code: Code) -> Code:
    """The locked row of this code. Conflict when it was removed meanwhile."""
    if code.pk not in codes.by_pk:
        raise Conflict(f"“{code}” was removed from the draft by someone else. Nothing was changed.")
    return codes.by_pk[code.pk]


def told(code: Code) -> dict[str, Any]:
    """What a person sees of a code, by field; `parent` is the uid of the code above it or empty."""
    said = {field: getattr(code, field) for field in (*TEXTS, *TRAITS)}
    return said | {"parent": str(code.parent.uid) if code.parent else ""}


def tell(draft: Version, by: User, verb: str, code: Code, data: dict[str, Any]) -> None:
    taxonomy = draft.taxonomy
    record_event(study=taxonomy.study, by=by, verb=verb, target=f"code {code} of {taxonomy}", data=data)
