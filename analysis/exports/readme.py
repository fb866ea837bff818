"""The README of an export: what the files hold, how things were counted, what is left out."""

from collections.abc import Sequence

from analysis.datasets import LabelledIssue, Rating
from analysis.exports.columns import CODEBOOK, CODINGS, EVIDENCE, INTRA_RATER, LABELS, Column, Row
from analysis.exports.dataset import DataSet, RoundFacts


def readme(data: DataSet) -> str:
    parts = [
        f"# {data.study}: labelled issues",
        data.question,
        f"Codes are those of the taxonomy “{data.taxonomy}”. Times are UTC.",
        "## Files",
        f"- `labels.csv`, `labels.jsonl`: {len(data.labels)} issues with their final label, one row an issue.\n"
        f"- `codings.csv`, `codings.jsonl`: {len(data.codings)} independent codings, "
        "one row an issue and rater and round.\n"
        f"- `evidence.csv`, `evidence.jsonl`: {len(data.evidence)} passages that raters marked, one row a passage.\n"
        f"{_twice(data)}"
        f"- `codebook.csv`: {len(data.codes)} codes, one row a code and version.",
        _columns("labels", LABELS),
        _columns("codings", CODINGS),
        _columns("evidence", EVIDENCE),
        _columns("intra_rater", INTRA_RATER) if data.twice else "",
        _columns("codebook", CODEBOOK),
        FORMAT,
        PLACES,
        COUNTING,
        _as_of(data),
        _people(data),
        _left_out(data),
        _broken(data),
        AGAIN,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _twice(data: DataSet) -> str:
    """Second codings stand in no other file, and in no other figure."""
    if not data.twice:
        return ""
    return (
        f"- `intra_rater.csv`, `intra_rater.jsonl`: {len(data.twice)} issues that a rater coded a second time without "
        "knowing, one row an issue and rater. The second codings are in no other file.\n"
    )


def _columns(name: str, columns: Sequence[Column[Row]]) -> str:
    rows = "\n".join(f"| `{column.name}` | {column.meaning} |" for column in columns)
    return f"## Columns of {name}\n\n| column | meaning |\n|---|---|\n{rows}"


FORMAT = """## Format

UTF-8. CSV has a header, commas, double quotes where needed, and newlines inside quoted cells. Several codes of one row
stand in one cell, separated by ` | `; in JSON Lines they are a list. An empty cell is `null` in JSON Lines where the
value is unknown. yes and no are `true` and `false` there.

A spreadsheet would run a CSV cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula. Such
cells have an apostrophe before them in the CSV files. The JSON Lines files hold every text as it was typed."""

PLACES = """## Where quotes stand

`start` and `end` count Unicode code points, so that in Python `text[start:end] == quote`. They count in the plain text
that the rater read and marked: the text of the rendered Markdown without its marks, for a title the title itself.
`raw_start` and `raw_end` count in the Markdown as GitHub gave it, and are known where the same words stand there as
often as in the plain text; where markup stands between the words they are empty. A passage without codes was marked
for the issue as a whole. The text may have changed on GitHub since: `text_sha256` names the one that was marked."""

COUNTING = """## How things are counted

- An issue is labelled when somebody decided on it; if that happened more than once, the latest decision is its label.
- `coded` and `none` are ratings. `none` (none of the codes fits) is not the same as `unclear` (the rater could not
  tell), as `skipped`, as `off_topic` (the issue is not about the topic of the study), or as a missing row (the rater
  did not answer). A label can be `off_topic` too: such issues are in no count of categories.
- A rater's independent coding is the last revision that they submitted while the round ran. No decision changes it.
- An issue with several codes counts once in each of their categories and once as an issue; so shares of issues may add
  up to more than 100 %.
- Resolution time is from `created_at` to `closed_at`, in days of 24 hours. Open issues have none."""

AGAIN = """## How to compute the figures again

- Agreement of a round: take the rows of `codings` of that round whose `outcome` is `coded` or `none`; the value of
  a row is the set of its `code_uids`, the empty set for `none`. Krippendorff's α (nominal: same set or not) is over all
  issues with two or more rows; Cohen's κ is for each pair of raters over the issues that both rated.
- Issues by category: count the rows of `labels` by `categories`.
- Resolution time by category: group `resolution_days` of `labels` by `categories`, without the empty cells."""


def _as_of(data: DataSet) -> str:
    if data.options.as_of is None:
        return (
            "## Versions\n\nCodes are given under the version that was used: `codes` and `codes_as_given` are the "
            f"same, but where a rater used a code that they proposed: {_count(data.codings)} such codings have no "
            "`codes`, `waits` says so, and `proposals` holds the names. Of agreement leave out the whole issue."
        )
    number = data.options.as_of.number
    return (
        f"## As of version {number}\n\n"
        f"`codes`, `code_uids`, `categories` and `version` are those of version {number}: what was given under earlier "
        "versions is carried forward through their changes. Codes that were renamed or moved keep their uid; "
        "of codes that were merged the one they were merged into is given. `codes_as_given`, `code_uids_as_given` and "
        "`version_as_given` say what was really given.\n\n"
        f"{_count(data.labels)} labels and {_count(data.codings)} codings wait to be coded again, because a code of "
        "theirs was split, retired, or reworded with another meaning: `waits` says why, and they have no `codes`. "
        "Leave them out of figures; of agreement leave out the whole issue. None of these stays so, also where "
        f"codes were added since. Rounds under versions after {number} are not in these files."
    )


def _count(rows: Sequence[LabelledIssue] | Sequence[Rating]) -> int:
    return sum(bool(row.waits) for row in rows)


def _people(data: DataSet) -> str:
    names = "their names" if data.options.real_names else "aliases that stay the same for the whole study"
    caution = "" if data.options.real_names else " Memos and reasons are given as typed and may name people."
    return f"## People\n\nRaters and deciders are given by {names}.{caution}"


def _left_out(data: DataSet) -> str:
    kept_back = [facts for facts in data.rounds if not facts.included]
    lines = [
        f"- Rounds that are not closed: {_rounds(kept_back)}. Nothing of them is in these files.",
        f"- Issues that were coded in closed rounds but not yet decided: {data.undecided}. "
        "Their codings are in `codings`; they have no row in `labels`.",
        "- Drafts, and revisions before the last one.",
        "- The texts of the issues but for the passages marked; they belong to their authors, and `url` leads to them.",
    ]
    included = ", ".join(_round(facts) for facts in data.rounds if facts.included) or "none"
    return f"## Rounds and what is left out\n\nClosed rounds: {included}.\n\n" + "\n".join(lines)


def _broken(data: DataSet) -> str:
    """Empty where every round of the files kept its blind."""
    told = [f"- Round {facts.number}: {line}" for facts in data.rounds if facts.included for line in facts.broken]
    if not told:
        return ""
    marked = sum(rating.unblinded for rating in data.codings)
    return "\n".join(
        [
            "## Broken blinds\n",
            "Raters code without knowing what others said. While these rounds ran, a lead looked at their codings; the",
            "other raters did not.\n",
            *told,
            f"\nCodings that such a lead gave in the same round afterwards: {marked:,} of {len(data.codings):,}. They",
            "are marked in `after_blind_broken`, and they are in the agreement of the round.",
        ]
    )


def _round(facts: RoundFacts) -> str:
    file = f", codings imported from {facts.file}" if facts.file else ""
    return f"round {facts.number} ({facts.kind}, version {facts.version}{file})"


def _rounds(rounds: Sequence[RoundFacts]) -> str:
    return ", ".join(f"round {facts.number} ({facts.phase})" for facts in rounds) or "none"
