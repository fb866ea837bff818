"""Do the categories differ in resolution time. SciPy comes with this module, so only jobs import it."""

from collections.abc import Sequence

import numpy as np

from analysis.datasets import Codebook, LabelledIssue
from analysis.reports.compared import ComparisonReport, SetOfTests
from analysis.reports.resolution_time import observation, observed
from analysis.stats.battery import run
from analysis.stats.resolution import Definition, told
from analysis.stats.samples import Sample

ON_TOPIC, OFF_TOPIC = "about the topic", "not about the topic"
CATEGORIES = ("kruskal_wallis", "mann_whitney", "dunn"), ("km", "logrank", "cox")
TWO = ("mann_whitney", "hodges_lehmann"), ("km", "logrank", "rmst")
WITHIN = ("van_elteren", "stratified_logrank", "cox")


def comparison_report(given: Sequence[LabelledIssue], book: Codebook, definition: Definition) -> ComparisonReport:
    """`given` are labels that can be read; those not about the topic enter the comparison with the others alone."""
    labelled = [label for label in given if label.is_on_topic]
    single = [label for label in labelled if len(label.tops) < 2]
    several = [label for label in labelled if len(label.tops) > 1 and observation(label, "")]
    return ComparisonReport(
        taxonomy=book.taxonomy,
        version=book.version,
        definition=told(definition),
        unit=definition.unit,
        categories=tuple(code.label for code in book.tops),
        several=len(several),
        each=_tested(observed(labelled, book), *CATEGORIES),
        single=_tested(observed(single, book), *CATEGORIES) if several else None,
        topic=_tested(_by_topic(given), *TWO) if len(labelled) < len(given) else None,
    )


def _by_topic(given: Sequence[LabelledIssue]) -> Sample:
    named = ((label, ON_TOPIC if label.is_on_topic else OFF_TOPIC) for label in given)
    return Sample.of((row for label, group in named for row in observation(label, group)), [ON_TOPIC, OFF_TOPIC])


def _tested(sample: Sample, on_ranks: Sequence[str], followed: Sequence[str]) -> SetOfTests:
    repositories = len(np.unique(sample.block))
    return SetOfTests(
        n=len(sample.value),
        still_open=sample.still_open,
        repositories=repositories,
        closed=tuple(run(sample.pooled(), on_ranks)),
        followed=tuple(run(sample.pooled(), followed)),
        within=tuple(run(sample, WITHIN)) if repositories > 1 else (),
    )
