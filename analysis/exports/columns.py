"""The columns of each file: how a value is taken from a row, and the sentence that explains it in the README.

Everything about a column stands in one line here, so that files and README cannot drift apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from analysis.datasets import CodeEntry, LabelledIssue, Passage, Rating
from analysis.datasets.twice import Twice

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`take` gives text, a number, a truth value, None, or a list of texts (one cell in CSV, a list in JSON)."""

    name: str
    take: Callable[[Row], Any]
    meaning: str


def record(columns: Sequence[Column[Row]], row: Row) -> dict[str, Any]:
    return {column.name: column.take(row) for column in columns}


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _days(label: LabelledIssue) -> float | None:
    return None if label.days is None or label.days < 0 else round(label.days, 6)


def _taxonomy(row: LabelledIssue | Rating) -> str:
    return row.taxonomy


def as_given(what: str) -> tuple[Column[Any], ...]:
    """The same columns for labels and codings."""
    return (
        Column("codes_as_given", lambda row: [code.label for code in row.given], f"The codes as the {what} gave them."),
        Column("code_uids_as_given", lambda row: [code.uid for code in row.given], "The same codes by uid."),
        Column("version_as_given", lambda row: row.given_under, "The published version that the round used."),
        Column("waits", lambda row: row.waits, "Why it cannot be read under `version` and has no codes; else empty."),
    )


LABELS: tuple[Column[LabelledIssue], ...] = (
    Column("issue", lambda label: label.issue, "The issue: owner/name#number."),
    Column("url", lambda label: label.url, "Its address."),
    Column("title", lambda label: label.title, "Its title at the last import."),
    Column("state", lambda label: label.state, "open or closed, at the last import."),
    Column("created_at", lambda label: moment(label.created_at), "When it was opened, UTC."),
    Column("closed_at", lambda label: moment(label.closed_at), "When it was (last) closed, UTC; empty while open."),
    Column(
        "resolution_days",
        _days,
        "Days from created_at to closed_at. Empty for an open issue, and where closed_at is before created_at.",
    ),
    Column(
        "outcome",
        lambda label: label.outcome,
        "coded; none (none of the codes fits); off_topic; in screening in or out.",
    ),
    Column("codes", lambda label: [code.label for code in label.codes], "The final codes; empty for none."),
    Column("code_uids", lambda label: [code.uid for code in label.codes], "The same codes by uid (codebook.csv)."),
    Column("categories", lambda label: sorted(label.tops), "The top categories of the codes, each once."),
    Column(
        "how",
        lambda label: label.how,
        "How the label was reached: unanimous, majority, negotiated, lead (decided by the lead), or imported.",
    ),
    Column("reason", lambda label: label.reason, "Why, in the words of who decided; may be empty."),
    Column("decided_at", lambda label: moment(label.decided_at), "When, UTC."),
    Column("decided_by", lambda label: label.decided_by, "Who."),
    Column("round", lambda label: label.round, "The number of the round in which it was decided."),
    Column("taxonomy", _taxonomy, "The taxonomy of the codes."),
    Column("version", lambda label: label.version, "The published version of it under which the codes are given."),
    *as_given("label"),
)

CODINGS: tuple[Column[Rating], ...] = (
    Column("issue", lambda rating: rating.issue, "The issue: owner/name#number."),
    Column("url", lambda rating: rating.url, "Its address."),
    Column("round", lambda rating: rating.round, "The number of the round."),
    Column("rater", lambda rating: rating.rater, "Who coded."),
    Column(
        "outcome",
        lambda rating: rating.outcome,
        "coded; none (none of the codes fits); unclear (the rater could not tell); skipped; "
        "off_topic (the issue is not about the topic). "
        "In screening in (belongs), out (does not) or unclear (unsure). Only coded, none, in and out are ratings.",
    ),
    Column("codes", lambda rating: [code.label for code in rating.codes], "The codes; empty unless coded."),
    Column("code_uids", lambda rating: [code.uid for code in rating.codes], "The same codes by uid (codebook.csv)."),
    Column(
        "proposals", lambda rating: [each.name for each in rating.proposals], "Codes that the rater proposed and used."
    ),
    Column("confidence", lambda rating: rating.confidence, "low, medium, high, or empty where none was given."),
    Column("memo", lambda rating: rating.memo, "The rater's own note, as typed."),
    Column(
        "after_blind_broken",
        lambda rating: rating.unblinded,
        "yes: the rater is a lead who had broken the blind of the round before, so the coding is not independent. "
        "It is in the agreement of the round; the README says who broke the blind, when and why.",
    ),
    Column("flagged", lambda rating: rating.flagged, "Whether the rater flagged the issue for discussion."),
    Column(
        "quotes", lambda rating: list(rating.quotes), "The passages that the rater marked; more of them in evidence."
    ),
    Column("submitted_at", lambda rating: moment(rating.submitted_at), "When, UTC."),
    Column(
        "revision",
        lambda rating: rating.revision,
        "How often the rater had submitted this issue; the last revision is the independent coding given here.",
    ),
    Column("taxonomy", _taxonomy, "The taxonomy of the codes."),
    Column("version", lambda rating: rating.version, "The published version of it under which the codes are given."),
    Column(
        "imported_from",
        lambda rating: rating.imported_from,
        "The file that the coding was imported from; else empty. Times of such codings are those of the import.",
    ),
    *as_given("coding"),
)

EVIDENCE: tuple[Column[Passage], ...] = (
    Column("issue", lambda passage: passage.issue, "The issue: owner/name#number."),
    Column("url", lambda passage: passage.url, "Its address."),
    Column("round", lambda passage: passage.round, "The number of the round."),
    Column("rater", lambda passage: passage.rater, "Who marked the passage."),
    Column("codes_as_given", lambda passage: [code.label for code in passage.given], "The codes that it supports."),
    Column("code_uids_as_given", lambda passage: [code.uid for code in passage.given], "The same codes by uid."),
    Column("proposals", lambda passage: list(passage.proposals), "The rater's own proposed codes that it supports."),
    Column("quote", lambda passage: passage.exact, "The words marked, exactly."),
    Column("before", lambda passage: passage.prefix, "Up to 32 characters before them."),
    Column("after", lambda passage: passage.suffix, "Up to 32 characters after them."),
    Column("part", lambda passage: passage.part, "Where they stand: title, body or comment."),
    Column("comment", lambda passage: passage.github_comment, "GitHub's id of the comment; empty for title and body."),
    Column("start", lambda passage: passage.start, "Where they begin in the plain text that the rater read, from 0."),
    Column("end", lambda passage: passage.end, "Where they end: the first character after them."),
    Column("raw_start", lambda passage: passage.raw_start, "Where they begin in the Markdown; empty where unknown."),
    Column("raw_end", lambda passage: passage.raw_end, "Where they end in the Markdown; empty where unknown."),
    Column("text_sha256", lambda passage: passage.sha256, "SHA-256 of the Markdown (of the title) that the rater saw."),
    Column("renderer", lambda passage: passage.renderer, "Which rendering has that plain text; empty for a title."),
    Column("taxonomy", lambda passage: passage.taxonomy, "The taxonomy of the codes."),
    Column("version_as_given", lambda passage: passage.given_under, "The published version that the round used."),
)


INTRA_RATER: tuple[Column[Twice], ...] = (
    Column("issue", lambda row: row.second.issue, "The issue: owner/name#number."),
    Column("rater", lambda row: row.second.rater, "Who coded it twice."),
    Column("first_round", lambda row: row.first.round, "The round of the first coding."),
    Column("second_round", lambda row: row.second.round, "The round of kind consistency that keeps the second."),
    Column("first_at", lambda row: moment(row.first.submitted_at), "When the first was submitted, UTC."),
    Column("second_at", lambda row: moment(row.second.submitted_at), "When the second was, UTC."),
    Column("first_outcome", lambda row: row.first.outcome, "As in codings."),
    Column("second_outcome", lambda row: row.second.outcome, "As in codings."),
    Column("first_codes", lambda row: [code.label for code in row.first.given], "The codes of the first."),
    Column("second_codes", lambda row: [code.label for code in row.second.given], "The codes of the second."),
    Column("same", lambda row: row.values and row.values[0] == row.values[1], "Empty unless both are ratings."),
)


@dataclass(frozen=True)
class CodeRow:
    code: CodeEntry
    taxonomy: str
    version: int


CODEBOOK: tuple[Column[CodeRow], ...] = (
    Column("taxonomy", lambda row: row.taxonomy, "The taxonomy."),
    Column("version", lambda row: row.version, "Its published version."),
    Column("uid", lambda row: row.code.uid, "The code's identity, the same in every version."),
    Column("code", lambda row: row.code.label, "The code as the other files name it."),
    Column("name", lambda row: row.code.name, "Its name in the tree."),
    Column("parent", lambda row: row.code.parents[-1] if row.code.parents else "", "The code it stands below."),
    Column("category", lambda row: row.code.top, "The top category it belongs to."),
    Column("definition", lambda row: row.code.definition, "What it means."),
    Column("use_when", lambda row: row.code.use_when, "When to use it."),
    Column("avoid_when", lambda row: row.code.avoid_when, "When not to."),
    Column("examples", lambda row: row.code.examples, "Examples."),
)
