"""Counts and resolution times of one taxonomy version, read from one set of labels."""

from dataclasses import dataclass

from analysis.datasets import Codebook, LabelledIssue, codebook, labels, labels_as_of
from analysis.datasets.carried import none_before
from analysis.datasets.labels import undecided, under_others
from analysis.reports.counts import CountsReport, counts_report
from analysis.reports.resolution_time import ResolutionTimeReport, resolution_time_report
from studies.models import Study
from taxonomy.history import versions_upto
from taxonomy.models import Version


@dataclass(frozen=True)
class Viewpoint:
    """Which labels are read: those given under this version; or, `carried`, also those of earlier versions as of it."""

    version: Version
    carried: bool = False

    @property
    def subject(self) -> str:
        return f"as of version {self.version.pk}" if self.carried else f"version {self.version.pk}"


@dataclass(frozen=True)
class Findings:
    counts: CountsReport
    times: ResolutionTimeReport


def labels_from(study: Study, view: Viewpoint) -> list[LabelledIssue]:
    """Those that wait stand among them."""
    return labels_as_of(study, view.version) if view.carried else labels(study, [view.version])


def readable_labels(study: Study, view: Viewpoint) -> list[LabelledIssue]:
    return [label for label in labels_from(study, view) if not label.waits]


def findings_of(study: Study, view: Viewpoint) -> Findings:
    given, book = labels_from(study, view), codebook(view.version)
    found = [label for label in given if not label.waits]
    return Findings(counts_of(study, view, given, found, book), resolution_time_report(found, book))


@dataclass(frozen=True)
class Readability:
    """Issues with a label as of a version, and how many of them wait for re-coding under it."""

    issues: int
    waiting: int


def readability(study: Study, version: Version) -> Readability:
    given = labels_as_of(study, version)
    return Readability(len(given), sum(bool(label.waits) for label in given))


def counts_of(
    study: Study, view: Viewpoint, given: list[LabelledIssue], found: list[LabelledIssue], book: Codebook
) -> CountsReport:
    if view.carried:
        return counts_report(
            found,
            book,
            undecided=undecided(study, versions_upto(view.version)),
            carried=True,
            waiting=len(given) - len(found),
            none_before=none_before(found, view.version),
        )
    others = under_others(study, view.version)
    return counts_report(found, book, undecided=undecided(study, [view.version]), under_others=others)
