"""What the job process does for this room. It may load SciPy; the web process never imports this module."""

from analysis.datasets import codebook, labels
from analysis.exports.archive import write_archive
from analysis.exports.dataset import Options, build
from analysis.reports.comparison import comparison_report
from analysis.services.comparison import current_key, keep_comparison
from analysis.services.exports import folder, record_export
from jobs.errors import Failed
from jobs.services import Run
from taxonomy.models import Taxonomy, Version


def compare_resolution_times(run: Run) -> None:
    """Handler of `analysis.resolution_time`: the tests over the labels as they are when the job runs."""
    study = run.job.study
    version = Version.objects.filter(taxonomy__study=study, pk=run.arguments["version"]).first()
    if version is None:
        raise Failed("The taxonomy version of these tests is no longer there. Nothing was computed.")
    key = current_key(study, version)
    report = comparison_report(labels(study, [version]), codebook(version))
    keep_comparison(run=run, version=version, key=key, report=report)


def write_export(run: Run) -> None:
    """Handler of `analysis.export`: one archive, visible only when it is whole."""
    study = run.job.study
    taxonomy = Taxonomy.objects.filter(study=study, pk=run.arguments["taxonomy"]).first()
    if taxonomy is None:
        raise Failed("The taxonomy of this export is no longer there. Nothing was written.")
    run.progress(0, 3, unit="steps", note="reading labels and codings")
    data = build(study, taxonomy, Options(real_names=run.arguments["real_names"]))
    run.progress(1, 3, unit="steps", note=f"writing {len(data.labels):,} labels, {len(data.codings):,} codings")
    written = write_archive(data, folder(), f"{study.slug}-export-{run.job.pk}.zip")
    record_export(run=run, written=written)
    run.progress(3, 3, unit="steps")
