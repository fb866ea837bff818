"""What the columns of a study's tables mean: remembered, so that the next table like the last one asks nothing."""

import hashlib
import json
from collections.abc import Sequence

from django.db import transaction

from corpus.files import Columns
from corpus.models import ColumnMapping
from studies.models import Study, User
from studies.permissions import Permission, check_is_member


def key_of(names: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(names)).encode()).hexdigest()


@transaction.atomic
def remember_columns(*, study: Study, names: Sequence[str], columns: Columns, by: User) -> ColumnMapping:
    """For tables whose first line has these names in this order."""
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    kept, _ = ColumnMapping.objects.update_or_create(
        study=study, names=key_of(names), defaults={"columns": columns.as_json()}
    )
    return kept


def remembered_columns(study: Study, names: Sequence[str]) -> Columns | None:
    kept = ColumnMapping.objects.filter(study=study, names=key_of(names)).first()
    return Columns(**kept.columns) if kept else None
