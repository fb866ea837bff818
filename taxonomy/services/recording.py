"""Keeping, with a draft, what was merged, split and retired in it: the codes alone do not show it."""

from collections.abc import Iterable, Sequence

from django.db.models import Max

from taxonomy.changes import Change
from taxonomy.models import ChangeKind, Code, CodeChange, Version


def record_change(draft: Version, kind: ChangeKind, code: Code, targets: Iterable[Code], note: str) -> None:
    """`code` is about to go. What was recorded of it before is void: it had come back since."""
    forget_changes(draft, code)
    last = draft.changes.aggregate(last=Max("position"))["last"] or 0
    CodeChange(
        version=draft,
        position=last + 1,
        kind=kind,
        sources=[str(code.uid)],
        targets=[str(target.uid) for target in targets],
        note=note,
    ).save()


def forget_changes(draft: Version, code: Code) -> None:
    """For a code that goes in another way, such as being removed, after it had come back."""
    for row in draft.changes.all():
        if str(code.uid) in row.sources:
            row.delete()


def write_changes(draft: Version, changes: Sequence[Change]) -> None:
    """All changes of the version that the draft is about to become, instead of those recorded."""
    draft.changes.all().delete()
    CodeChange.objects.bulk_create(
        CodeChange(
            version=draft,
            position=position,
            kind=change.kind,
            sources=list(change.sources),
            targets=list(change.targets),
            data=dict(change.data),
            note=change.note,
            meaning_changed=change.meaning_changed,
        )
        for position, change in enumerate(changes, 1)
    )
