"""What an export holds: the rows of the study, with people under their aliases unless names are asked for."""

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TypeVar

from analysis.datasets import (
    LabelledIssue,
    Passage,
    Rating,
    closed_rounds,
    codebook,
    labels,
    labels_as_of,
    passages,
    ratings,
    ratings_upto,
)
from analysis.datasets.labels import undecided
from analysis.datasets.twice import Twice, coded_twice, consistency_rounds
from analysis.exports.columns import CodeRow
from annotator.models import BrokenBlind, Round
from annotator.queries.blind import breaks_in
from studies.models import Study
from taxonomy.history import versions_upto
from taxonomy.models import Taxonomy, Version

By = TypeVar("By", Rating, Passage)


@dataclass(frozen=True)
class Options:
    """`as_of`: the version under which codes are given; else each row's own."""

    real_names: bool = False
    as_of: Version | None = None


@dataclass(frozen=True)
class RoundFacts:
    """A round of the study; `included` is false for one that is not closed, and then nothing else of it is told.
    `file` is what its codings were imported from, `broken` who broke its blind, by alias or name, when, why."""

    number: int
    kind: str
    phase: str
    version: int
    included: bool
    file: str = ""
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataSet:
    study: str
    question: str
    taxonomy: str
    options: Options
    labels: tuple[LabelledIssue, ...]
    codings: tuple[Rating, ...]
    evidence: tuple[Passage, ...]
    codes: tuple[CodeRow, ...]
    rounds: tuple[RoundFacts, ...]
    undecided: int
    twice: tuple[Twice, ...] = ()


def build(study: Study, taxonomy: Taxonomy, options: Options) -> DataSet:
    """Everything of the closed rounds under the published versions of one taxonomy; as of a version, under those up to
    it."""
    versions = list(taxonomy.versions.filter(number__isnull=False).select_related("taxonomy").order_by("number"))
    rounds = list(closed_rounds(study).filter(version__taxonomy=taxonomy).order_by("number"))
    counted = versions_upto(options.as_of) if options.as_of else versions
    found, given = rows(study, rounds, versions, options.as_of)
    marked = list(passages([round for round in rounds if round.version in counted]))
    books = [codebook(version) for version in versions]
    return DataSet(
        study=study.title,
        question=study.question,
        taxonomy=taxonomy.name,
        options=options,
        labels=tuple(_signed(label, options) for label in found),
        codings=tuple(_by(rating, options) for rating in with_quotes(given, marked)),
        evidence=tuple(_by(passage, options) for passage in marked),
        codes=tuple(CodeRow(code, book.taxonomy, book.version) for book in books for code in book.codes),
        rounds=tuple(_rounds(study, counted, options)),
        undecided=undecided(study, counted),
        twice=tuple(_second(each, options) for each in second_codings(study, counted)),
    )


def second_codings(study: Study, versions: list[Version]) -> list[Twice]:
    """By the same rater, of closed consistency rounds under these versions."""
    rounds = [round for round in consistency_rounds(study) if round.version in versions]
    return [each for round in rounds for each in coded_twice(round).twice]


def _second(row: Twice, options: Options) -> Twice:
    return replace(row, first=_by(row.first, options), second=_by(row.second, options))


def rows(
    study: Study, rounds: list[Round], versions: list[Version], as_of: Version | None
) -> tuple[list[LabelledIssue], list[Rating]]:
    if as_of is not None:
        return labels_as_of(study, as_of), ratings_upto(study, as_of)
    return labels(study, versions), list(ratings(rounds))


def with_quotes(given: list[Rating], marked: list[Passage]) -> list[Rating]:
    quotes: dict[tuple[int, int, str], list[str]] = {}
    for each in marked:
        quotes.setdefault((each.round, each.issue_id, each.rater), []).append(each.exact)
    return [replace(each, quotes=tuple(quotes.get((each.round, each.issue_id, each.rater), ()))) for each in given]


def _signed(label: LabelledIssue, options: Options) -> LabelledIssue:
    return replace(label, decided_by=label.decider) if options.real_names else label


def _by(row: By, options: Options) -> By:
    return replace(row, rater=row.name) if options.real_names else row


def _rounds(study: Study, versions: list[Version], options: Options) -> list[RoundFacts]:
    closed = {round.pk for round in (*closed_rounds(study), *consistency_rounds(study))}
    broken = breaks_in(study)
    rounds = study.rounds.filter(version__in=versions).select_related("version").order_by("number")
    return [
        RoundFacts(
            round.number,
            round.kind,
            round.get_phase_display(),
            round.version.number or 0,
            round.pk in closed,
            round.sample["file"] if round.is_imported else "",
            tuple(_told(each, options) for each in broken.get(round.number, [])),
        )
        for round in rounds
    ]


def _told(broken: BrokenBlind, options: Options) -> str:
    who = broken.member.user.name if options.real_names else broken.member.alias
    return (
        f"{who} broke the blind on {broken.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, when {broken.codings} of "
        f"{broken.given} codings were in: {' '.join(broken.reason.split())}"
    )
