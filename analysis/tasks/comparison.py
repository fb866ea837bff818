"""The tests on resolution times, with SciPy."""

from analysis.datasets import codebook
from analysis.queries import definition_of
from analysis.reports.comparison import comparison_report
from analysis.reports.findings import Viewpoint, labels_to_compare
from analysis.services.comparison import current_key, keep_comparison
from jobs.errors import Failed
from jobs.services import Run
from taxonomy.models import Version


def compare_resolution_times(run: Run) -> None:
    """Handler of `analysis.resolution_time`: the tests over the labels as they are when the job runs."""
    study = run.job.study
    version = Version.objects.filter(taxonomy__study=study, pk=run.arguments["version"]).first()
    if version is None:
        raise Failed("The taxonomy version of these tests is no longer there. Nothing was computed.")
    view = Viewpoint(version, run.arguments["carried"])
    key = current_key(study, view)
    definition = definition_of(study)
    report = comparison_report(labels_to_compare(study, view, definition), codebook(version), definition)
    keep_comparison(run=run, view=view, key=key, report=report)
