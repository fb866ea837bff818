"""The list of issues in the shape that its page needs: facets, chips, columns, rows with what was found in them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from corpus import queries
from corpus.board import BEST, CODED, COMMENTS, LONGEST, NEWEST, OLDEST, Found
from corpus.filters import NO, YES, IssueFilter
from corpus.models import Issue
from corpus.words import excerpt, parse, pattern
from studies.models import Study

SORTS = {
    BEST: "Best match", NEWEST: "Newest first", OLDEST: "Oldest first", COMMENTS: "Most comments",
    LONGEST: "Longest to close", CODED: "Labelled first",
}  # fmt: skip
COLUMNS = {
    "state": "State", "opened": "Opened", "closed": "Closed", "comments": "Comments", "time": "Time to close",
    "reason": "Reason", "author": "Author", "association": "Association", "milestone": "Milestone",
    "screened": "Screened", "coded": "Coded", "coded_as": "Label",
}  # fmt: skip
USUAL = ("state", "opened", "comments", "time")
TITLES = {
    "repository": "Repository",
    "state": "State on GitHub",
    "reason": "Reason",
    "label": "Label on GitHub",
    "year": "Opened in",
    "association": "Author is",
    "bot": "Written by",
    "comments": "Comments",
    "code": "Code",
    "images": "Images",
    "screened": "Screened in this study",
    "coded": "Coded in this study",
    "coded_as": "Label in this study",
    "changed": "Text since it was coded",
}
# The orders that the head of a column asks for: on the first click, and where it stands so already.
ORDERS = {
    "opened": (NEWEST, OLDEST), "comments": (COMMENTS, COMMENTS), "time": (LONGEST, LONGEST), "coded": (CODED, CODED),
}  # fmt: skip
WORDS = {
    ("bot", YES): "a bot", ("bot", NO): "a person", ("comments", YES): "with comments",
    ("comments", NO): "without comments", ("code", YES): "with code", ("code", NO): "without code",
    ("duplicate", YES): "likely duplicates", ("duplicate", NO): "without likely duplicates",
    ("images", YES): "with images", ("images", NO): "without images", ("reason", ""): "no reason",
    ("label", ""): "no label", ("coded", ""): "in no closed round", ("coded", "labelled"): "labelled",
    ("coded", "coded"): "coded, not labelled yet", ("coded", "drawn"): "drawn, not coded", ("coded_as", ""): "no label",
    ("screened", "in"): "screened in", ("screened", "out"): "screened out",
    ("screened", "undecided"): "undecided in screening", ("screened", ""): "not screened",
    ("changed", YES): "changed", ("changed", NO): "as it was",
    ("association", ""): "not told", ("association", "NONE"): "nobody of the project",
}  # fmt: skip
SHOWN, MOST = 6, 60

Bits = list[tuple[str, bool]]
Told = Mapping[int, dict[str, list[str]]]


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """The choices shown at once, those shown on demand, and how many are not shown at all."""

    name: str
    title: str
    first: list[Choice]
    more: list[Choice]
    left_out: int


@dataclass(frozen=True)
class Row:
    issue: Issue
    title: Bits
    found: Bits
    told: dict[str, list[str]] = field(default_factory=dict)

    @property
    def days(self) -> float | None:
        closed = self.issue.closed_at
        return (closed - self.issue.created_at).total_seconds() / 86_400 if closed else None


@dataclass(frozen=True)
class Listing:
    """What an address asks for: which issues, in which order, with which columns."""

    asked: IssueFilter
    sort: str
    columns: tuple[str, ...]

    @classmethod
    def from_query(cls, query: QueryDict) -> "Listing":
        sort, chosen = query.get("sort", ""), query.getlist("column")
        columns = tuple(name for name in COLUMNS if name in chosen)
        asked = IssueFilter.from_params(dict(query.lists()))
        return cls(asked, sort if sort in SORTS else "", columns or USUAL)

    def address(self, asked: IssueFilter | None = None, **more: int) -> str:
        """The query of an address that shows this list, or the list of another filter, from some place on."""
        params: dict[str, object] = dict((asked or self.asked).to_params())
        if self.sort:
            params["sort"] = self.sort
        if self.columns != USUAL:
            params["column"] = self.columns
        return urlencode(params | more, doseq=True)

    def heads(self, now: str) -> dict[str, tuple[str, str, bool]]:
        """The chosen columns: title, the query that orders by them ("" for none), whether the list stands so now."""
        return {name: (COLUMNS[name], self.ordered(name, now), now in ORDERS.get(name, ())) for name in self.columns}

    def ordered(self, column: str, now: str) -> str:
        first, again = ORDERS.get(column, ("", ""))
        return replace(self, sort=again if now == first else first).address() if first else ""

    def chips(self) -> Iterator[tuple[str, str]]:
        """What is asked for in words, and the query without it."""
        for name, values in self.asked.to_params().items():
            for value in values if name != "q" else ():
                yield words(name, value), self.address(self.without(name, value))

    def without(self, name: str, value: str) -> IssueFilter:
        params = self.asked.to_params()
        return IssueFilter.from_params(params | {name: [one for one in params[name] if one != value]})


def words(name: str, value: str) -> str:
    """As a chip: what stands under a title of its own in the facets says there what it is about."""
    if name == "changed":
        return f"text {WORDS[name, value]} since it was coded"
    if name == "coded_as":
        return f"labelled {value} here" if value else "no label here"
    days = {"created_from": f"opened on {value} or later", "created_to": f"opened on {value} or before"}
    plain = value.lower().replace("_", " ") if name in ("reason", "association") else value
    return days.get(name) or WORDS.get((name, value)) or (f"opened in {value}" if name == "year" else plain)


def facets_of(found: Found, asked: IssueFilter) -> list[Facet]:
    """Those in which there is something to choose."""
    made = [facet(name, found.counts[name], set(getattr(asked, name))) for name in TITLES]
    return [one for one in made if len(one.first) > 1 or any(choice.chosen for choice in one.first)]


def facet(name: str, counts: Mapping[str, int], chosen: set[str]) -> Facet:
    """The chosen first of all, then years by time and all else by how many issues."""
    known = dict(counts) | {value: 0 for value in chosen - counts.keys() if value.lower() not in map(str.lower, counts)}
    lower = {value.lower() for value in chosen}
    choices = [
        Choice(value, choice_words(name, value), count, value.lower() in lower) for value, count in known.items()
    ]
    choices.sort(key=lambda one: one.words)
    choices.sort(key=lambda one: int(one.value) if name == "year" else one.count, reverse=True)
    choices.sort(key=lambda one: not one.chosen)
    return Facet(name, TITLES[name], choices[:SHOWN], choices[SHOWN:MOST], max(len(choices) - MOST, 0))


def choice_words(name: str, value: str) -> str:
    if name in ("changed", "coded_as"):
        return WORDS.get((name, value), value)
    return value if name == "year" else words(name, value)


def rows_of(study: Study, ids: Sequence[int], text: str, told: Told) -> list[Row]:
    """The issues of these ids in this order; with the words that were searched for marked, where they are found."""
    marks = pattern(parse(text))
    issues = (
        queries.issues_of(study)
        .filter(pk__in=ids)
        .select_related("facts", "likely_duplicate", *(["body"] if marks else []))
    )
    by_id = {issue.pk: issue for issue in issues}
    rows = [by_id[pk] for pk in ids if pk in by_id]
    if marks is None:
        return [Row(issue, [(issue.title, False)], [], told.get(issue.pk, {})) for issue in rows]
    found = excerpts(rows, marks)
    titles = {issue.pk: excerpt(issue.title, marks, around=1000) or [(issue.title, False)] for issue in rows}
    return [Row(issue, titles[issue.pk], found[issue.pk], told.get(issue.pk, {})) for issue in rows]


def excerpts(rows: Sequence[Issue], marks: re.Pattern[str]) -> dict[int, Bits]:
    """Where the words stand in each issue's body, else in a comment."""
    found = {issue.pk: excerpt(issue.body.markdown, marks) for issue in rows}
    missing = [issue.pk for issue in rows if not found[issue.pk] and issue.facts.comments]
    for issue_id, markdown in queries.comment_texts_of(missing):
        found[issue_id] = found[issue_id] or excerpt(markdown, marks)
    return found
