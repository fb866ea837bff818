"""What an export holds: the rows of the study, with people under their aliases unless names are asked for."""

from dataclasses import dataclass, replace

from analysis.datasets import LabelledIssue, Rating, closed_rounds, codebook, labels, ratings
from analysis.datasets.labels import undecided
from analysis.exports.columns import CodeRow
from studies.models import Study
from taxonomy.models import Taxonomy


@dataclass(frozen=True)
class Options:
    real_names: bool = False


@dataclass(frozen=True)
class RoundFacts:
    """A round of the study; `included` is false for one that is not closed, and then nothing else of it is told."""

    number: int
    kind: str
    phase: str
    version: int
    included: bool


@dataclass(frozen=True)
class DataSet:
    study: str
    question: str
    taxonomy: str
    options: Options
    labels: tuple[LabelledIssue, ...]
    codings: tuple[Rating, ...]
    codes: tuple[CodeRow, ...]
    rounds: tuple[RoundFacts, ...]
    undecided: int


def build(study: Study, taxonomy: Taxonomy, options: Options) -> DataSet:
    """Everything of the closed rounds under the published versions of one taxonomy."""
    versions = list(taxonomy.versions.filter(number__isnull=False).select_related("taxonomy").order_by("number"))
    rounds = list(closed_rounds(study).filter(version__taxonomy=taxonomy).order_by("number"))
    books = [codebook(version) for version in versions]
    return DataSet(
        study=study.title,
        question=study.question,
        taxonomy=taxonomy.name,
        options=options,
        labels=tuple(_signed(label, options) for label in labels(study, versions)),
        codings=tuple(_by(rating, options) for rating in ratings(rounds)),
        codes=tuple(CodeRow(code, book.taxonomy, book.version) for book in books for code in book.codes),
        rounds=tuple(_rounds(study, taxonomy)),
        undecided=undecided(study, versions),
    )


def _signed(label: LabelledIssue, options: Options) -> LabelledIssue:
    return replace(label, decided_by=label.decider) if options.real_names else label


def _by(rating: Rating, options: Options) -> Rating:
    return replace(rating, rater=rating.name) if options.real_names else rating


def _rounds(study: Study, taxonomy: Taxonomy) -> list[RoundFacts]:
    closed = set(closed_rounds(study).values_list("pk", flat=True))
    rounds = study.rounds.filter(version__taxonomy=taxonomy).select_related("version").order_by("number")
    return [
        RoundFacts(round.number, round.kind, round.get_phase_display(), round.version.number or 0, round.pk in closed)
        for round in rounds
    ]
