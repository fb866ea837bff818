"""Imports of codings: the list, one with its problems, what columns meant last, and where a file is already."""

import hashlib
import json
from collections.abc import Sequence

from django.db.models import QuerySet

from annotator.files import BadMapping, Mapping
from annotator.models import CodingColumns, CodingImport, CodingImportProblem, Round
from jobs.models import Job
from studies.errors import NotThere
from studies.models import Study


def coding_imports_of(study: Study) -> QuerySet[CodingImport]:
    """The newest first."""
    return CodingImport.objects.filter(study=study).select_related("job__made_by", "round").order_by("-pk")


def get_coding_import(study: Study, pk: int) -> CodingImport:
    found = coding_imports_of(study).select_related("study").filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such import of codings in this study.")
    return found


def coding_import_of(job: Job) -> CodingImport:
    return CodingImport.objects.select_related("study", "job").get(job=job)


def problems_of(run: CodingImport) -> QuerySet[CodingImportProblem]:
    """What was left out first."""
    return run.problems.order_by("-skipped", "pk")


def key_of(names: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(names)).encode()).hexdigest()


def remembered_mapping(study: Study, names: Sequence[str]) -> Mapping | None:
    kept = CodingColumns.objects.filter(study=study, names=key_of(names)).first()
    try:
        return Mapping.of_json(kept.mapping) if kept else None
    except BadMapping:  # kept by an earlier version of the program
        return None


def same_as(study: Study, digest: str) -> Round | None:
    """The round that came of a file that said the same."""
    runs = CodingImport.objects.filter(study=study, digest=digest, round__isnull=False)
    found = runs.select_related("round").order_by("pk").first()
    return found.round if found else None
