"""Data sets written out: asked for by a lead, recorded once the file is whole."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction

from analysis.exports.archive import Written
from analysis.models import Export
from jobs.models import Job
from jobs.services import Run, enqueue
from studies.errors import Invalid, NotThere
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.models import Taxonomy, Version

KIND = "analysis.export"


def folder() -> Path:
    return Path(default_storage.path("exports"))


@transaction.atomic
def request_export(
    *, study: Study, taxonomy: Taxonomy, real_names: bool = False, as_of: Version | None = None, by: User
) -> Job:
    """A job that writes the labels under this taxonomy, and all codings of its closed rounds; as of one of its
    versions, if one is named."""
    check_is_member(by, study, Permission.EXPORT)
    if taxonomy.study_id != study.pk:
        raise Invalid({"taxonomy": "This taxonomy belongs to another study."})
    if as_of is not None and (as_of.taxonomy_id != taxonomy.pk or as_of.is_draft):
        raise Invalid({"as_of": f"{as_of} is no published version of {taxonomy}. Choose one of it."})
    chosen = {"real_names": real_names, "as_of": as_of.pk if as_of else None}
    job = enqueue(kind=KIND, study=study, arguments={"taxonomy": taxonomy.pk, **chosen}, by=by)
    data = {"taxonomy": taxonomy.name, "real_names": real_names, "as_of": as_of.number if as_of else None}
    record_event(study=study, by=by, verb="asked for", target=f"export {job.pk}", data=data)
    return job


def record_export(*, run: Run, written: Written) -> Export:
    """Name the file that stands whole in the folder. A job that ran twice leaves one row."""
    with transaction.atomic():
        run.hold()
        export, _ = Export.objects.update_or_create(
            job=run.job,
            defaults={"file": written.name, "sha256": written.sha256, "size": written.size, "rows": written.rows},
        )
        told = {"sha256": written.sha256, "rows": written.rows}
        record_event(study=run.job.study, by=run.job.made_by, verb="exported", target=written.name, data=told)
    return export


def get_export(study: Study, export_id: int) -> Export:
    """An export whose file is whole."""
    export = Export.objects.select_related("job").filter(job__study=study, pk=export_id).exclude(file="").first()
    if export is None or not (folder() / export.file).is_file():
        raise NotThere("There is no such export in this study.")
    return export
