"""The tests on resolution times: SciPy is heavy, so a job computes them and pages show what is stored."""

from dataclasses import asdict, dataclass

from django.db import transaction

from analysis.datasets import codebook
from analysis.queries import definition_of
from analysis.reports.compared import ComparisonReport
from analysis.reports.findings import Viewpoint, labels_to_compare
from analysis.services.results import Kept, content_key, keep, kept
from jobs import queries as jobs
from jobs.models import Job, State
from jobs.services import Run, enqueue
from studies.models import Study, User
from studies.permissions import Permission, check_is_member

KIND = "analysis.resolution_time"


@dataclass(frozen=True)
class Standing:
    """What is stored of a version's tests, and the job that was asked last for the present labels, if any."""

    kept: Kept[ComparisonReport] | None
    job: Job | None

    @property
    def is_current(self) -> bool:
        return self.kept is not None and self.kept.is_current

    @property
    def is_on_its_way(self) -> bool:
        return not self.is_current and self.job is not None and self.job.is_open

    @property
    def failure(self) -> str:
        failed = self.job is not None and not self.is_current and self.job.state in (State.FAILED, State.CANCELLED)
        return (self.job.error or "The job was stopped.") if failed and self.job else ""

    @property
    def should_be_asked_for(self) -> bool:
        return not (self.is_current or self.is_on_its_way or self.failure)


def comparison_standing(study: Study, view: Viewpoint) -> Standing:
    key = current_key(study, view)
    found = kept(ComparisonReport, study=study, kind=KIND, subject=view.subject, key=key)
    asked = jobs.jobs_of(study, KIND).filter(arguments__version=view.version.pk, arguments__key=key).first()
    return Standing(found, asked)


def current_key(study: Study, view: Viewpoint) -> str:
    """The hash of what the tests are made of as it stands now: definition, version, and each issue's part."""
    definition = definition_of(study)
    inputs = [
        [label.issue, label.tops, label.is_on_topic, label.days, label.watched]
        for label in labels_to_compare(study, view, definition)
    ]
    return content_key([view.subject, asdict(codebook(view.version)), asdict(definition), inputs])


@transaction.atomic
def ask_for_comparison(*, study: Study, view: Viewpoint, again: bool = False, by: User) -> Job | None:
    """Enqueue the tests for the present labels, once: None when they are there, on their way, or failed before.

    `again` asks once more after a failure. The study's row is locked, so that two pages that ask together
    make one job.
    """
    check_is_member(by, study, Permission.VIEW_STUDY)
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    standing = comparison_standing(study, view)
    if not (standing.should_be_asked_for or (again and standing.failure)):
        return None
    arguments = {"version": view.version.pk, "carried": view.carried, "key": current_key(study, view)}
    return enqueue(kind=KIND, study=study, arguments=arguments, by=by)


def keep_comparison(*, run: Run, view: Viewpoint, key: str, report: ComparisonReport) -> None:
    """The result of a job, as long as the job is still this runner's."""
    with transaction.atomic():
        run.hold()
        keep(study=run.job.study, kind=KIND, subject=view.subject, key=key, report=report)
