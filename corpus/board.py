"""The list of issues, counted: who fits a filter, how many fit each choice, who comes next in which order.

A study's issues stand in memory as a few columns of numbers, about 60 bytes an issue, read again whenever the
stamp of the corpus has changed. So a hundred thousand issues are counted by every facet, under any filter, in some
milliseconds; the same in SQL took a scan of the table for each facet. `IssueFilter.apply` says the same in SQL, and
a test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import BooleanField, CharField, ExpressionWrapper, F, Value
from django.db.models.functions import Cast, Concat

from corpus import fulltext, told
from corpus.columns import Column, Labels, Mask, Numbers, column, labels, places, seconds, spread
from corpus.filters import FIELD_OF, HOLDS, IssueFilter
from corpus.models import CorpusVersion, Issue
from corpus.queries import by_number, issues_of
from corpus.words import parse
from studies.models import Membership, Study

FACETS = (
    "repository",
    "state",
    "reason",
    "label",
    "association",
    "year",
    "bot",
    "comments",
    "code",
    "images",
    "duplicate",
    *told.FACETS,
)
BEST, NEWEST, OLDEST, COMMENTS, LONGEST, CODED = "best", "newest", "oldest", "comments", "longest", "coded"
# Ranking reads every match; of more than so many the newest come first.
MOST_RANKED = 1000
KEPT = 4


@dataclass(frozen=True)
class Board:
    """The issues of a study by rising id; `facets` by the filter's names; times in seconds, -1 for none."""

    version: UUID | None
    ids: Numbers
    created: Numbers
    open_for: Numbers
    comments: Numbers
    facets: dict[str, Column | Labels]
    orders: dict[str, Numbers] = field(default_factory=dict)
    told: dict[Any, dict[str, Labels]] = field(default_factory=dict)

    def rows_of(self, ids: Numbers) -> Numbers:
        """Places of those ids that are of this study."""
        at = np.searchsorted(self.ids, ids)
        at[at == len(self.ids)] = 0
        return at[self.ids[at] == ids] if len(self.ids) else at[:0]

    def mask_of(self, ids: Numbers) -> Mask:
        mask = np.zeros(len(self.ids), bool)
        mask[self.rows_of(ids)] = True
        return mask

    def order(self, sort: str) -> Numbers:
        """For each issue its place in the list of all."""
        if sort not in self.orders:
            first = {OLDEST: self.created, COMMENTS: -self.comments, LONGEST: -self.open_for}.get(sort, -self.created)
            self.orders[sort] = places(np.lexsort((self.ids if sort == OLDEST else -self.ids, -self.created, first)))
        return self.orders[sort]


@dataclass(frozen=True)
class Found:
    """What fits a filter, in an order. `facets` are the board's, and those that other rooms tell this person."""

    board: Board
    facets: dict[str, Column | Labels]
    mask: Mask
    order: Numbers
    counts: dict[str, dict[str, int]]
    sort: str
    too_many_to_rank: bool

    @property
    def total(self) -> int:
        return int(np.count_nonzero(self.mask))

    def in_order(self) -> Numbers:
        rows = np.flatnonzero(self.mask)
        return np.asarray(rows[np.argsort(self.order[rows])])

    def page(self, size: int, *, after: int | None = None, before: int | None = None) -> "Slice":
        """The issues behind, or before, the place of an issue, whether it still fits or not; else the first."""
        rows = self.in_order()
        places_here = self.order[rows]
        start = 0
        if (place := self.place(after)) is not None:
            start = int(np.searchsorted(places_here, place, side="right"))
        elif (place := self.place(before)) is not None:
            start = max(int(np.searchsorted(places_here, place)) - size, 0)
        ids = [int(pk) for pk in self.board.ids[rows[start : start + size]]]
        return Slice(ids, start, len(rows))

    def told(self, issue_ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
        """What other rooms tell of these issues, by facet."""
        rows = self.board.rows_of(np.array(issue_ids, dtype=np.int64))
        facets = {name: facet for name in told.FACETS if isinstance(facet := self.facets[name], Labels)}
        return {int(self.board.ids[row]): {name: facet.of(row) for name, facet in facets.items()} for row in rows}

    def place(self, issue_id: int | None) -> int | None:
        rows = self.board.rows_of(np.array([issue_id or 0]))
        return int(self.order[rows[0]]) if len(rows) else None

    def neighbours(self, issue_id: int) -> tuple[int | None, int | None]:
        """The ids before and behind an issue in this list."""
        place, rows = self.place(issue_id), self.in_order()
        if place is None:
            return None, None
        places_here = self.order[rows]
        left, right = np.searchsorted(places_here, place), np.searchsorted(places_here, place, side="right")
        before = int(self.board.ids[rows[left - 1]]) if left else None
        return before, int(self.board.ids[rows[right]]) if right < len(rows) else None


@dataclass(frozen=True)
class Slice:
    ids: list[int]
    start: int
    total: int

    @property
    def first(self) -> int:
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.ids)

    @property
    def has_before(self) -> bool:
        return self.start > 0

    @property
    def has_after(self) -> bool:
        return self.last < self.total


BOARDS: dict[int, Board] = {}


def board_of(study: Study) -> Board:
    """The study's board as of now. The version is read first: rows that come meanwhile are read again next time."""
    version = CorpusVersion.objects.filter(study=study).values_list("stamp", flat=True).first()
    known = BOARDS.pop(study.pk, None)
    board = known if known and known.version == version else read(study, version)
    BOARDS[study.pk] = board
    while len(BOARDS) > KEPT:
        BOARDS.pop(next(iter(BOARDS)), None)
    return board


def read(study: Study, version: UUID | None) -> Board:
    names = ("pk", "opened", "closed", "full", "duplicate", "facts__comments", *COLUMNS.values())
    rows = list(
        Issue.objects.filter(facts__study=study)
        .annotate(
            opened=Cast("created_at", CharField()),
            closed=Cast("closed_at", CharField()),
            full=Concat(F("repository__owner"), Value("/"), F("repository__name")),
            duplicate=ExpressionWrapper(HOLDS["duplicate"], BooleanField()),
        )
        .order_by("pk")
        .values_list(*names)
    )
    by_name: dict[str, Sequence[Any]] = dict(
        zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True)
    )
    ids = np.array(by_name["pk"], dtype=np.int64)
    created, closed = seconds(by_name["opened"]), seconds(by_name["closed"])
    comments = np.array(by_name["facts__comments"], dtype=np.int64)
    facets: dict[str, Column | Labels] = {name: column(by_name[path]) for name, path in COLUMNS.items()}
    facets |= {"repository": column(by_name["full"]), "comments": column((comments > 0).tolist())}
    facets |= {"duplicate": column([bool(value) for value in by_name["duplicate"]])}
    facets |= {"year": column([opened[:4] for opened in by_name["opened"]]), "label": labels(study, ids)}
    return Board(version, ids, created, np.where(closed < 0, -1, closed - created), comments, facets)


COLUMNS = FIELD_OF | {"bot": "author_is_bot", "code": "facts__has_code", "images": "facts__has_images"}


def find(study: Study, asked: IssueFilter, sort: str = "", viewer: Membership | None = None) -> Found:
    """What fits, as far as the viewer may know, if one is named."""
    board = board_of(study)
    facets = board.facets | told_facets(board, study, viewer)
    masks = {name: facets[name].fitting(folded(board, name, asked)) for name in FACETS if getattr(asked, name)}
    other = days(board, asked)
    if asked.q:
        other &= holding(board, study, asked.q)
    mask = all_of(other, masks)
    counts = {
        name: facets[name].counts(all_of(other, {key: one for key, one in masks.items() if key != name}))
        for name in FACETS
    }
    order, sort, too_many = order_of(board, facets, mask, asked, sort)
    return Found(board, facets, mask, order, counts, sort, too_many)


def told_facets(board: Board, study: Study, viewer: Membership | None) -> dict[str, Labels]:
    """What other rooms tell, kept with the board until they say something else."""
    teller = told.teller()
    stamp = teller.stamp(study)
    if stamp not in board.told:
        board.told.clear()
        values = teller.values(study)
        board.told[stamp] = {name: spread(values[name], board.ids, told.OTHERWISE[name]) for name in told.FACETS}
    found = board.told[stamp]
    hidden = board.rows_of(np.array(list(teller.hidden_from(viewer)) if viewer else [], dtype=np.int64))
    return {name: facet.without(hidden) for name, facet in found.items()} if len(hidden) else found


def order_of(
    board: Board, facets: dict[str, Column | Labels], mask: Mask, asked: IssueFilter, sort: str
) -> tuple[Numbers, str, bool]:
    """Each issue's place, the name of the order, and whether too many fit to say which fit best."""
    terms = [term for term in parse(asked.q) if not term.negated]
    too_many = bool(terms) and int(np.count_nonzero(mask)) > MOST_RANKED
    sort = sort or (BEST if terms else NEWEST)
    if sort == BEST and terms and not too_many:
        return best_first(board, mask, asked.q), sort, too_many
    if sort == CODED:
        rank = np.full(len(board.ids), len(told.STANDINGS))
        for place, value in enumerate(told.STANDINGS):
            rank[facets["coded"].fitting([value])] = place
        return places(np.lexsort((board.order(NEWEST), rank))), sort, too_many
    sort = NEWEST if sort == BEST else sort
    return board.order(sort), sort, too_many


def all_of(first: Mask, masks: dict[str, Mask]) -> Mask:
    whole = first.copy()
    for mask in masks.values():
        whole &= mask
    return whole


def folded(board: Board, name: str, asked: IssueFilter) -> Sequence[str]:
    """The values asked for as the board has them: repositories are found in any case."""
    values: Sequence[str] = getattr(asked, name)
    if name != "repository":
        return values
    lower = {value.lower() for value in values}
    known = board.facets["repository"]
    return [value for value in known.values if value.lower() in lower] if isinstance(known, Column) else []


def days(board: Board, asked: IssueFilter) -> Mask:
    mask = np.ones(len(board.ids), bool)
    if asked.created_from:
        mask &= board.created >= np.datetime64(asked.created_from, "s").astype(np.int64)
    if asked.created_to:
        mask &= board.created < (np.datetime64(asked.created_to, "D") + 1).astype("datetime64[s]").astype(np.int64)
    return mask


def holding(board: Board, study: Study, text: str) -> Mask:
    """As `queries.search` has it."""
    terms = parse(text)
    if any(not term.negated for term in terms):
        mask = board.mask_of(numbers(fulltext.matching_ids(terms)))
        numbered = issues_of(study).filter(by_number(text)).values_list("pk", flat=True)
        return mask | board.mask_of(np.array(list(numbered), dtype=np.int64))
    mask = np.full(len(board.ids), bool(terms))
    for term in terms:
        mask &= ~board.mask_of(numbers(fulltext.matching_ids([replace(term, negated=False)])))
    return mask


def numbers(listed: str) -> Numbers:
    return np.fromstring(listed, dtype=np.int64, sep=",")


def best_first(board: Board, mask: Mask, text: str) -> Numbers:
    """The best matches, then whatever else there is, newest first."""
    ranked = fulltext.ranked(board.ids[mask].tolist(), parse(text))
    order = board.order(NEWEST) + len(ranked)
    order[board.rows_of(np.array(ranked, dtype=np.int64))] = np.arange(len(ranked))
    return order
