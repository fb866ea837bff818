"""Codings of closed rounds: row by row, and as the matrix that agreement reads.

With a viewer, also those of a running round of which this member broke the blind.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, QuerySet

from analysis.datasets.codebooks import Codebook, CodeEntry, codebook, codes_by, in_order
from analysis.datasets.keys import issue_columns, take_key
from analysis.stats.ratings import RatingMatrix, Value
from annotator.models import AppliedCode, Round
from annotator.queries.blind import given_unblinded
from annotator.queries.codings import last_codings
from annotator.queries.proposals import Used, used_in
from annotator.queries.rounds import asked_in
from annotator.states import FROZEN, SCREENED, Kind, Outcome
from annotator.visibility import check_sees_all_codings, sees_all_codings
from studies.models import Membership, Study

CODING_FIELDS: tuple[str, ...] = ("pk", "outcome", "confidence", "memo", "flagged", "submitted_at", "revision")


SCREENING_LABELS = {outcome: outcome.label.capitalize() for outcome in SCREENED}


@dataclass(frozen=True)
class NotRated:
    """Assignments that gave no rating, each for its own reason."""

    unclear: int
    skipped: int
    absent: int
    off_topic: int = 0


@dataclass(frozen=True)
class RoundRatings:
    """The independent codings of a closed round. Units of the matrix are issue ids, raters are aliases.

    `given_under` is the round's own version. `waiting` are the issues left out because a coding waits to be given again
    or, `proposed` of them, for a proposed code to become one of this version. `again`: how many codings of re-coding
    rounds stand in for others. `unblinded` ratings were given by who had broken the blind; `blind` is the matrix
    without them, None where there are none.
    """

    number: int
    kind: str
    closed_at: datetime
    several_codes: bool
    issues: int
    codebook: Codebook
    matrix: RatingMatrix
    not_rated: NotRated
    given_under: int
    waiting: tuple[int, ...] = ()
    proposed: int = 0
    again: int = 0
    none_before: int = 0
    unblinded: int = 0
    blind: RatingMatrix | None = None


@dataclass(frozen=True)
class Rating:
    """One independent coding of a closed round. `codes` are of `version`; `given` and `given_under` are as given.
    `waits` says why it cannot be read under `version`; it has no codes then. `proposals` are what it was given with
    beside codes: while they are no codes of `version`, it waits. `quotes`
    are the passages that the rater marked, where they were asked for. `unblinded`: the rater had broken the blind
    before."""

    issue_id: int
    issue: str
    url: str
    round: int
    rater: str
    name: str
    outcome: str
    codes: tuple[CodeEntry, ...]
    confidence: str
    memo: str
    flagged: bool
    submitted_at: datetime
    revision: int
    taxonomy: str
    version: int
    given: tuple[CodeEntry, ...]
    given_under: int
    waits: str = ""
    proposals: tuple[Used, ...] = ()
    quotes: tuple[str, ...] = ()
    imported_from: str = ""
    unblinded: bool = False

    @property
    def value(self) -> Value | None:
        """The rating, or None where the outcome is none, or where it waits. In screening it is the answer; the
        criteria behind it are no part of it."""
        if self.outcome in SCREENED:
            return frozenset([SCREENING_LABELS[Outcome(self.outcome)]])
        rated = self.outcome in (Outcome.CODED, Outcome.NONE) and not self.waits
        return frozenset(code.label for code in self.codes) if rated else None


def closed_rounds(study: Study) -> QuerySet[Round]:
    """Rounds whose codings may be seen and count, the latest first: second codings by the same rater count nowhere."""
    rounds = Round.objects.filter(study=study, phase__in=FROZEN).exclude(kind=Kind.CONSISTENCY)
    return rounds.select_related("version__taxonomy", "study").order_by("-number")


def round_ratings(round: Round, viewer: Membership | None = None) -> RoundRatings:
    """Raises Refused while the round is not closed, but for a viewer who broke its blind."""
    check_sees_all_codings(round, viewer)
    given = list(ratings([round], viewer))
    return as_matrix(round, answers_in(round), given, frozenset(each.issue_id for each in given if each.waits))


def answers_in(round: Round) -> Codebook:
    """What the cells of its matrix hold: codes, in screening the two answers."""
    book = codebook(round.version)
    if not round.is_screening:
        return book
    return replace(book, codes=tuple(map(answer_entry, SCREENING_LABELS.values(), (5, 2))))


def answer_entry(label: str, colour: int) -> CodeEntry:
    return CodeEntry(label, label, label, (), colour, "", "", "", "")


def as_matrix(round: Round, book: Codebook, given: Sequence[Rating], waiting: frozenset[int]) -> RoundRatings:
    """Without the issues that wait."""
    there = [rating for rating in given if rating.issue_id not in waiting]
    asked = asked_in(round, besides=waiting)
    of = [rating.outcome for rating in there]
    not_rated = NotRated(
        of.count(Outcome.UNCLEAR), of.count(Outcome.SKIPPED), asked - len(there), of.count(Outcome.OFF_TOPIC)
    )
    return RoundRatings(
        number=round.number,
        kind=round.kind,
        closed_at=round.closed_at or round.drafted_at,
        several_codes=round.several_codes,
        issues=round.round_issues.count(),
        codebook=book,
        matrix=matrix(there),
        not_rated=not_rated,
        given_under=round.version.number or 0,
        waiting=tuple(sorted(waiting)),
        unblinded=sum(rating.unblinded and rating.value is not None for rating in there),
        blind=matrix(rating for rating in there if not rating.unblinded) if any(r.unblinded for r in there) else None,
        proposed=len({rating.issue_id for rating in given if rating.waits and rating.proposals}),
    )


def matrix(given: Iterable[Rating]) -> RatingMatrix:
    """Issues in the order given, raters by alias; an issue or a rater without any rating is not in it."""
    cells = {(rating.issue_id, rating.rater): rating.value for rating in given if rating.value is not None}
    units = tuple(dict.fromkeys(issue for issue, _ in cells))
    raters = tuple(sorted({rater for _, rater in cells}, key=natural))
    return RatingMatrix(units, raters, tuple(tuple(cells.get((u, r)) for r in raters) for u in units))


def mapped(matrix: RatingMatrix, change: Callable[[Value], Value]) -> RatingMatrix:
    """The same ratings with another set of codes in each cell."""
    cells = tuple(tuple(None if cell is None else change(cell) for cell in row) for row in matrix.cells)
    return RatingMatrix(matrix.units, matrix.raters, cells)


def natural(alias: str) -> tuple[str, int]:
    """rater-2 before rater-10."""
    word, _, number = alias.rpartition("-")
    return (word, int(number)) if number.isdigit() else (alias, 0)


def ratings(rounds: Collection[Round], viewer: Membership | None = None) -> Iterator[Rating]:
    """Every rater's independent coding of these rounds, as far as they may be seen, by round, issue and rater."""
    visible = {"assignment__round_issue__round__in": [each for each in rounds if sees_all_codings(each, viewer)]}
    rows = (
        last_codings()
        .filter(**visible)
        .order_by("assignment__round_issue__round__number", "assignment__round_issue__position", "assignment__member")
        .values(
            *CODING_FIELDS,
            round_id=F("assignment__round_issue__round"), round=F("assignment__round_issue__round__number"),
            unblinded=given_unblinded(), rater=F("assignment__member__alias"), name=F("assignment__member__user__name"),
            **issue_columns("assignment__round_issue__issue"),
        )
    )  # fmt: skip
    books = {round.pk: codebook(round.version) for round in rounds}
    files = {round.pk: round.sample["file"] for round in rounds if round.is_imported}
    applied = AppliedCode.objects.filter(**{f"coding__{key}": value for key, value in visible.items()})
    codes = codes_by(applied.values_list("coding", "code__uid"))
    proposed = used_in(visible)
    for row in rows:
        file, book = files.get(row["round_id"], ""), books[row.pop("round_id")]
        pk = row.pop("pk")
        used, proposals = in_order(book, codes[pk]), proposed.get(pk, ())
        yield Rating(
            issue=take_key(row), codes=() if proposals else used, taxonomy=book.taxonomy, version=book.version,
            given=used, given_under=book.version, proposals=proposals, waits=why_proposals_wait(proposals),
            imported_from=file, **row,
        )  # fmt: skip


def why_proposals_wait(proposals: Iterable[Used]) -> str:
    """Empty when there are none: a version holds no code that was proposed under it."""
    return " ".join(f"“{each.name}” was proposed and is not a code of this version." for each in proposals)
