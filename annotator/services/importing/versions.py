"""The version that imported codings are given under: there already, made anew, or the next with what it lacks."""

import uuid

from annotator.services.importing.planning import Plan
from annotator.states import UnknownCodes
from studies.models import Study, User
from taxonomy.models import Version
from taxonomy.queries import CodeRecord
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.merging import merge_into_draft
from taxonomy.services.versions import publish, start_draft

PURPOSE = "Made of the codes in {name}, as they were written there."
NOTE = "With the codes in {name} that were not there before."


def version_for(plan: Plan, *, study: Study, name: str, by: User) -> Version:
    """Published, so that the codings stand on what does not change."""
    target = plan.target
    if target.version is None:
        purpose = PURPOSE.format(name=name)
        draft = import_taxonomy(study=study, name=target.name, purpose=purpose, codes=at_the_top(plan), by=by)
        return publish(version=draft, note=purpose, by=by)
    if target.unknown == UnknownCodes.ADD and plan.unknown:
        draft = start_draft(taxonomy=target.version.taxonomy, by=by)
        merge_into_draft(version=draft, codes=at_the_top(plan), fields=["name"], by=by)
        return publish(version=draft, note=NOTE.format(name=name), by=by)
    return target.version


def at_the_top(plan: Plan) -> list[CodeRecord]:
    return [CodeRecord(uid=uuid.uuid4(), parent=None, name=code) for code in plan.unknown]
