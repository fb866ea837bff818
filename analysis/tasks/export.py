"""The archive of an export."""

from analysis.exports.archive import write_archive
from analysis.exports.dataset import Options, build
from analysis.services.exports import folder, record_export
from jobs.errors import Failed
from jobs.services import Run
from taxonomy.models import Taxonomy


def write_export(run: Run) -> None:
    """Handler of `analysis.export`: one archive, visible only when it is whole."""
    study = run.job.study
    taxonomy = Taxonomy.objects.filter(study=study, pk=run.arguments["taxonomy"]).first()
    if taxonomy is None:
        raise Failed("The taxonomy of this export is no longer there. Nothing was written.")
    run.progress(0, 3, unit="steps", note="reading labels and codings")
    as_of = taxonomy.versions.select_related("taxonomy__study").filter(pk=run.arguments["as_of"]).first()
    data = build(study, taxonomy, Options(real_names=run.arguments["real_names"], as_of=as_of))
    run.progress(1, 3, unit="steps", note=f"writing {len(data.labels):,} labels, {len(data.codings):,} codings")
    written = write_archive(data, folder(), f"{study.slug}-export-{run.job.pk}.zip")
    record_export(run=run, written=written)
    run.progress(3, 3, unit="steps")
