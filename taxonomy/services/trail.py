"""What each edit of a draft leaves behind, so that the person who made it can take it back."""

from typing import Any

from django.utils import timezone

from studies.models import User
from taxonomy.models import Code, Edit, Version
from taxonomy.queries import told
from taxonomy.services.structure import Codes

State = dict[str, Any]


def state_of(code: Code, codes: Codes) -> State:
    """What is said of a code and where it stands: `parent` by uid, `place` among its siblings."""
    return told(code) | {"place": codes.place_of(code)}


def step_of(code: Code | None, before: State | None, after: State | None) -> dict[str, Any]:
    """One code before and after: what differs, or all where there was none before or is none after."""
    if before is not None and after is not None:
        moved = [field for field in ("parent", "place") if before.get(field) != after.get(field)]
        differ = {field for field in after if before[field] != after[field]} | ({"parent", "place"} if moved else set())
        before, after = ({field: state[field] for field in sorted(differ)} for state in (before, after))
    return {"code": str(code.uid) if code else None, "before": before, "after": after}


def keep_edit(draft: Version, by: User, sentence: str, *steps: dict[str, Any]) -> None:
    Edit(version=draft, by=by, at=timezone.now(), sentence=sentence, steps=list(steps)).save()
