"""What the columns of a file of codings mean: guessed, corrected by a person, remembered."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Told
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from annotator.states import Outcome


class BadMapping(Exception):
    """The columns do not say enough to read codings; by field, with the remedy."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


class Form(StrEnum):
    """How the file tells who said what."""

    LONG = "long"
    COLUMNS = "columns"
    PAIRS = "pairs"


FORMS: dict[str, str] = {
    Form.LONG: "a row for each issue and rater",
    Form.COLUMNS: "a row for each issue, with a column for each rater",
    Form.PAIRS: "a row for each issue, with pairs of columns that name a rater and the codes",
}


class Part(StrEnum):
    """What a column can tell beside what raters said."""

    ISSUE = "issue"
    REPOSITORY = "repository"
    RATER = "rater"
    CODES = "codes"
    MEMO = "memo"
    FINAL = "final"
    CONFLICT = "conflict"
    REASON = "reason"
    TITLE = "title"
    TEXT = "text"


PARTS: dict[str, str] = {
    Part.ISSUE: "Issue: address, owner/name#12, number or key",
    Part.REPOSITORY: "Repository, where the issue's column has a number",
    Part.RATER: "Rater",
    Part.CODES: "Codes",
    Part.MEMO: "Memo of the rater",
    Part.FINAL: "Final label",
    Part.CONFLICT: "Marked as a conflict",
    Part.REASON: "Reason of the final label",
    Part.TITLE: "Title, for what is not in the study yet",
    Part.TEXT: "Text, for what is not in the study yet",
}
# What a word in place of a code can say.
WORDED = (Outcome.NONE, Outcome.UNCLEAR, Outcome.OFF_TOPIC, Outcome.SKIPPED)
# Between several codes in a cell, by what a person chooses.
SEPARATORS: dict[str, str] = {
    "": "one code a cell", ";": "semicolons ;", ",": "commas ,", "|": "bars |", "/": "slashes /", "+": "plus signs +",
    "\n": "lines",
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A column that names a rater, and the one that holds what that rater said; empty where the file has none."""

    rater: str
    codes: str


@dataclass(frozen=True)
class Mapping:
    """How one file is read. `parts` has the name of the column for each part that the file tells.

    `raters` are the columns that hold a rater's codes each (by form), `rater` is who coded all of a file that names
    nobody. `nothing` are cells that say nothing, `outcomes` those that are an answer without a code; all in lower
    case. `repository` is where a number alone belongs, `items` the name under which keys are kept that lead nowhere.
    """

    form: str
    parts: Told[str, str]
    raters: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    rater: str = ""
    separator: str = ""
    nothing: tuple[str, ...] = ("-",)
    outcomes: Told[str, str] = field(default_factory=dict)
    repository: str = ""
    items: str = ""
    encoding: str = ""
    delimiter: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, told: Told[str, Any]) -> "Mapping":
        """BadMapping when this does not tell a mapping."""
        unknown = sorted(set(told) - set(cls.__dataclass_fields__))
        if unknown:
            raise BadMapping("form", f"A mapping has no {', '.join(unknown)}; it has {known_fields()}.")
        try:
            pairs = tuple(Pair(**pair) for pair in told.get("pairs", ()))
            lists = {name: tuple(map(str, told[name])) for name in ("raters", "nothing") if name in told}
            return cls(**{"form": "", "parts": {}, **told, **lists, "pairs": pairs})
        except (TypeError, AttributeError):
            raise BadMapping("form", f"This does not tell a mapping. It has {known_fields()}.") from None

    def check(self, names: Sequence[str]) -> None:
        """BadMapping, naming what is missing, when codings could not be made of these columns."""
        if self.form not in FORMS:
            raise BadMapping("form", f"Say how the file is made up: {', '.join(FORMS)}.")
        if gone := sorted(set(self.columns()) - set(names)):
            raise BadMapping("form", f"The file has no column {', '.join(gone)}.")
        if Part.ISSUE not in self.parts:
            raise BadMapping("issue", "Say which column names the issue.")
        if wrong := sorted(set(self.outcomes.values()) - set(WORDED)):
            raise BadMapping("outcomes", f"Words mean {', '.join(WORDED)}; {', '.join(wrong)} is none of them.")
        CHECKS[self.form](self)

    def columns(self) -> Iterable[str]:
        yield from self.parts.values()
        yield from self.raters
        for pair in self.pairs:
            yield from filter(None, (pair.rater, pair.codes))


def known_fields() -> str:
    return ", ".join(Mapping.__dataclass_fields__)


def check_long(mapping: Mapping) -> None:
    if Part.CODES not in mapping.parts:
        raise BadMapping("codes", "Say which column holds the codes.")
    if Part.RATER not in mapping.parts and not mapping.rater:
        raise BadMapping("rater", "Say which column names the rater, or who coded all of it.")


def check_columns(mapping: Mapping) -> None:
    if not mapping.raters:
        raise BadMapping("raters", "Tick the columns that hold what a rater said.")


def check_pairs(mapping: Mapping) -> None:
    if not any(pair.rater for pair in mapping.pairs):
        raise BadMapping("pairs", "Name at least one pair: the column that names a rater, and the one with the codes.")
    if any(pair.codes and not pair.rater for pair in mapping.pairs):
        raise BadMapping("pairs", "A pair has codes but no column that names the rater. Choose it, or empty the pair.")


CHECKS: dict[str, Callable[[Mapping], None]] = {
    Form.LONG: check_long,
    Form.COLUMNS: check_columns,
    Form.PAIRS: check_pairs,
}
