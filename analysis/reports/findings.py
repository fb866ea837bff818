"""Counts and resolution times of one taxonomy version, read from one set of labels."""

from dataclasses import dataclass

from analysis.datasets import codebook, labels
from analysis.datasets.labels import undecided
from analysis.reports.counts import CountsReport, counts_report
from analysis.reports.resolution_time import ResolutionTimeReport, resolution_time_report
from studies.models import Study
from taxonomy.models import Version


@dataclass(frozen=True)
class Findings:
    counts: CountsReport
    times: ResolutionTimeReport


def findings_of(study: Study, version: Version) -> Findings:
    found, book = labels(study, [version]), codebook(version)
    waiting = undecided(study, [version])
    return Findings(counts_report(found, book, undecided=waiting), resolution_time_report(found, book))
