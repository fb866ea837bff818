"""Later versions of a taxonomy, made as a lead makes them."""

from collections.abc import Mapping, Sequence

from studies.models import User
from taxonomy.history import changes_of_draft
from taxonomy.models import Version
from taxonomy.services.editing import add_code, edit_code
from taxonomy.services.operations import merge_code, retire_code, split_code
from taxonomy.services.versions import publish, start_draft


def next_version(
    version: Version,
    by: User,
    *,
    merge: Mapping[str, str] | None = None,
    split: Mapping[str, Sequence[str]] | None = None,
    retire: Sequence[str] = (),
    reword: Mapping[str, bool] | None = None,
    rename: Mapping[str, str] | None = None,
    add: Sequence[str] = (),
) -> Version:
    """The version after this one, by names of codes. `reword`: whether the meaning changed."""
    draft = start_draft(taxonomy=version.taxonomy, by=by)

    def code(name: str):
        return draft.codes.select_related("version__taxonomy__study", "parent").get(name=name)

    for name in add:
        add_code(version=draft, name=name, by=by)
    for name, new in (rename or {}).items():
        edit_code(code=code(name), name=new, by=by)
    for name in reword or {}:
        edit_code(code=code(name), definition=f"New words for {name}.", by=by)
    meanings = {str(code(name).uid): changed for name, changed in (reword or {}).items()}
    for name, into in (merge or {}).items():
        merge_code(code=code(name), into=code(into), note="The same.", by=by)
    for name, names in (split or {}).items():
        split_code(code=code(name), into=names, note="Two things.", by=by)
    for name in retire:
        retire_code(code=code(name), note="Rare.", by=by)
    assert changes_of_draft(draft).changes
    return publish(version=draft, meanings=meanings, by=by)
