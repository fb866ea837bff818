"""What the columns of a file mean, guessed from their names and first rows. A person has the last word."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from annotator.files import label_studio
from annotator.files.mapping import Form, Mapping, Pair, Part
from annotator.files.reading import split_cell
from annotator.files.sources import LABEL_STUDIO, Source
from annotator.states import ANSWERS, Outcome

# Part: names of columns in lower case that mean it, the surest first.
NAMES: dict[str, tuple[str, ...]] = {
    Part.ISSUE: (
        "issue url", "issue_url", "html_url", "url", "link", "issue link", "issue", "issue key", "key", "artefact",
        "artifact", "item", "permalink", "issue number", "issue_number", "number", "issue id", "issue_id", "post",
        "task", "id",
    ),
    Part.REPOSITORY: ("repository", "repo", "full_name", "repo_name", "project"),
    Part.RATER: (
        "rater", "annotator", "coder", "evaluator", "labeler", "labeller", "reviewer", "user", "username", "author",
        "completed_by", "who",
    ),
    Part.CODES: (
        "codes", "code", "labels", "label", "tags", "tag", "category", "categories", "annotation", "class", "choice",
        "sentiment", "answer",
    ),
    Part.MEMO: ("memo", "comment", "comments", "note", "notes", "remark", "remarks", "rationale"),
    Part.FINAL: (
        "final label", "final tag", "final code", "final", "final lable", "agreed", "agreed label", "consensus",
        "resolution", "resolved", "decision", "gold", "ground truth", "final codes", "final category",
    ),
    Part.CONFLICT: ("conflict", "conflicts", "disagreement", "disagree", "conflicting"),
    Part.REASON: ("reason", "final reason", "decision reason", "justification"),
    Part.TITLE: ("title", "issue title", "summary", "subject"),
    Part.TEXT: ("text", "body", "issue body", "description", "content"),
}  # fmt: skip
OUTCOMES: dict[str, str] = {
    "none of these": Outcome.NONE, "none": Outcome.NONE, "unclear": Outcome.UNCLEAR, "skipped": Outcome.SKIPPED,
    "not about our topic": Outcome.OFF_TOPIC, "off_topic": Outcome.OFF_TOPIC, "off topic": Outcome.OFF_TOPIC,
}  # fmt: skip
PAIRED = re.compile(r"(?P<word>[^\W\d_]+(?:[ _-][^\W\d_]+)*)[ _-]*(?P<number>\d+)", re.IGNORECASE)
RATER_WORDS = {"evaluator", "rater", "coder", "annotator", "reviewer", "labeler", "labeller", "author"}
CODE_WORDS = {"tag", "code", "label", "category", "codes", "labels", "tags", "answer", "class"}
RATER_COLUMN = re.compile(
    r"(?:rater|coder|annotator|evaluator|reviewer|labell?er|author)[ _-]*(?:\d+|[a-z])$"
    r"|.+[ _-](?:codes?|labels?|tags?)$|(?:codes?|labels?|tags?|category)[ _-]+(?:by[ _-]+)?\S+$",
    re.IGNORECASE,
)
SEPARABLE = (";", "|", "\n", ",")
NUMBER = re.compile(r"#?\d{1,10}")
# Columns that number the rows of an annotation tool, and no issues.
OF_ROWS = ("id", "task")


def guess(source: Source, *, repository: str = "") -> Mapping:
    """A mapping to begin with. It need not suffice: `Mapping.check` says what is missing. `repository` is where a
    number alone may belong: that is taken where the column is called as one of issues, not as one of rows."""
    parts = {part: found for part in NAMES if (found := column_for(part, source.names))}
    if source.kind == LABEL_STUDIO:
        parts = first_control(source.names) | parts
    pairs = pairs_in(source.names)
    taken = set(parts.values()) | {name for pair in pairs for name in (pair.rater, pair.codes)}
    raters = tuple(name for name in source.names if name not in taken and RATER_COLUMN.fullmatch(name))
    form = form_of(parts, pairs, raters)
    kept = (Part.ISSUE, Part.REPOSITORY, Part.FINAL, Part.CONFLICT, Part.REASON, Part.TITLE, Part.TEXT)
    if form != Form.LONG:
        parts = {part: name for part, name in parts.items() if part in kept}
    mapping = Mapping(
        form=form,
        parts=parts,
        raters=raters if form == Form.COLUMNS else (),
        pairs=pairs if form == Form.PAIRS else (),
        rater=stem(source.name) if form == Form.LONG and Part.RATER not in parts else "",
        items=stem(source.name),
        repository=repository if Part.REPOSITORY not in parts and holds_numbers(source, parts) else "",
        encoding=source.encoding,
        delimiter=source.delimiter,
    )
    return Mapping(**{**vars(mapping), **said_in(source, mapping)})


def first_control(names: list[str]) -> dict[str, str]:
    """The column that says most in Label Studio, whatever its control is called."""
    after = [*names[names.index(label_studio.ANNOTATOR) + 1 :], label_studio.TRUTH]
    return {Part.CODES: after[0]} if after[0] != label_studio.TRUTH else {}


def holds_numbers(source: Source, parts: dict[str, str]) -> bool:
    column = parts.get(Part.ISSUE, "")
    cells = [row.get(column, "").strip() for row in source.first]
    return bool(cells) and column.strip().lower() not in OF_ROWS and all(map(NUMBER.fullmatch, cells))


def column_for(part: str, names: Iterable[str]) -> str:
    known = {name.strip().lower(): name for name in reversed(list(names))}
    return next((known[candidate] for candidate in NAMES[part] if candidate in known), "")


def form_of(parts: dict[str, str], pairs: tuple[Pair, ...], raters: tuple[str, ...]) -> str:
    if len(pairs) > 1:
        return Form.PAIRS
    if Part.RATER in parts and Part.CODES in parts:
        return Form.LONG
    return Form.COLUMNS if raters else Form.LONG


def pairs_in(names: Iterable[str]) -> tuple[Pair, ...]:
    """Columns such as Evaluator1 and Tag1, by their number; a rater's column may stand without one of codes."""
    raters: dict[str, str] = {}
    codes: dict[str, str] = {}
    for name in names:
        if found := PAIRED.fullmatch(name.strip()):
            word = re.split(r"[ _-]", found["word"].lower())[-1]
            side = raters if word in RATER_WORDS else codes if word in CODE_WORDS else {}
            side.setdefault(found["number"], name)
    # Rater1 and Rater2 alone are columns that hold codes themselves.
    return tuple(Pair(name, codes.get(number, "")) for number, name in raters.items()) if codes else ()


def said_in(source: Source, mapping: Mapping) -> dict[str, object]:
    """Between what several codes stand, and which words are answers without a code, as far as the first rows show."""
    cells = [row.get(name, "").strip() for row in source.first for name in code_columns(mapping)]
    separator = next((mark for mark in SEPARABLE if sum(divides(cell, mark) for cell in cells) > len(cells) / 10), "")
    words = {part.casefold() for cell in cells for part in split_cell(cell, separator)}
    # Unclear and skipped are no final labels: in a file that has any they may be codes, and come as one later.
    decided = Part.FINAL in mapping.parts
    kept = {word: outcome for word, outcome in OUTCOMES.items() if outcome in ANSWERS or not decided}
    outcomes = {word: outcome for word, outcome in kept.items() if word in words}
    if source.kind == LABEL_STUDIO:
        outcomes[label_studio.SKIPPED] = Outcome.SKIPPED
    return {"separator": separator, "outcomes": outcomes}


def code_columns(mapping: Mapping) -> list[str]:
    own = [mapping.parts[Part.CODES]] if Part.CODES in mapping.parts and mapping.form == Form.LONG else []
    return [*own, *mapping.raters, *(pair.codes for pair in mapping.pairs if pair.codes)]


def divides(cell: str, mark: str) -> bool:
    """A comma may belong to a code's own name; so it counts between short parts only."""
    parts = [part.strip() for part in cell.split(mark)]
    if len(parts) < 2 or not all(parts) or cell.startswith(("[", "{")):
        return False
    return mark != "," or all(len(part.split()) <= 2 for part in parts)


def stem(name: str) -> str:
    """The file's name without its endings."""
    return PurePath(name).name.split(".")[0][:100] or "file"
