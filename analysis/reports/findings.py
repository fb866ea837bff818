"""Counts and resolution times of one taxonomy version, read from one set of labels."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from analysis.datasets import Codebook, LabelledIssue, codebook, labels, labels_as_of
from analysis.datasets.carried import none_before
from analysis.datasets.labels import undecided, under_others
from analysis.datasets.times import with_times
from analysis.queries import definition_of
from analysis.reports.counts import CountsReport, counts_report
from analysis.reports.resolution_time import ResolutionTimeReport, resolution_time_report
from analysis.stats.resolution import Definition
from annotator.queries.blind import breaks_in
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
class BrokenBlindIn:
    """A lead, by alias, saw the codings of a round while it ran, when so many codings of so many were in. `issues` of
    the figures have their label from that round."""

    round: int
    issues: int
    by: str
    at: datetime
    reason: str
    codings: int
    given: int


@dataclass(frozen=True)
class Findings:
    counts: CountsReport
    times: ResolutionTimeReport
    blind_broken: tuple[BrokenBlindIn, ...] = ()


def labels_from(study: Study, view: Viewpoint) -> list[LabelledIssue]:
    """Those that wait, and those not about the topic, stand among them."""
    return labels_as_of(study, view.version) if view.carried else labels(study, [view.version])


def labels_to_compare(study: Study, view: Viewpoint, definition: Definition) -> list[LabelledIssue]:
    """With resolution times as the study defines them; those not about the topic stand among them."""
    given = [label for label in labels_from(study, view) if not label.waits]
    return with_times(given, definition)


def readable(given: list[LabelledIssue]) -> list[LabelledIssue]:
    """What figures are of: labels that can be read, of issues that are about the topic."""
    return [label for label in given if not label.waits and label.is_on_topic]


def findings_of(study: Study, view: Viewpoint) -> Findings:
    given, book, definition = labels_from(study, view), codebook(view.version), definition_of(study)
    found = with_times(readable(given), definition)
    times = resolution_time_report(found, book, definition)
    return Findings(counts_of(study, view, given, found, book), times, broken_in(study, found))


def broken_in(study: Study, found: list[LabelledIssue]) -> tuple[BrokenBlindIn, ...]:
    """By round, for the rounds that these labels come from."""
    issues = Counter(label.round for label in found)
    return tuple(
        BrokenBlindIn(number, issues[number], row.member.alias, row.at, row.reason, row.codings, row.given)
        for number, rows in breaks_in(study).items()
        if number in issues
        for row in rows
    )


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
    off_topic = sum(not label.is_on_topic for label in given)
    if view.carried:
        return counts_report(
            found,
            book,
            undecided=undecided(study, versions_upto(view.version)),
            carried=True,
            waiting=sum(bool(label.waits) for label in given),
            off_topic=off_topic,
            none_before=none_before(found, view.version),
        )
    others = under_others(study, view.version)
    left = undecided(study, [view.version])
    return counts_report(found, book, undecided=left, under_others=others, off_topic=off_topic)
