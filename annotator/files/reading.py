"""Rows under a mapping, gathered to issues: what each rater said of it, and what was decided in the end."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from annotator.files.mapping import Form, Mapping, Part
from annotator.files.sources import Cells, Row
from annotator.states import ANSWERS, Outcome

LONGEST_CODE = 200
LONGEST_RATER = 120
YES = {"1", "1.0", "true", "yes", "y", "x", "conflict", "disagreement", "ja", "oui"}
NO = {"0", "0.0", "false", "no", "n", "", "agreement", "nein", "non"}
# The key under which Label Studio keeps a list of choices in its tables.
CHOICES = "choices"


@dataclass(frozen=True)
class Problem:
    """Where something stood and what is wrong with it; `skipped` when it was left out."""

    place: str
    sentence: str
    skipped: bool = True


@dataclass
class Said:
    """One rater's answer. Empty outcome: the rater was asked and did not answer, or the file does not say what."""

    outcome: str = ""
    codes: list[str] = field(default_factory=list)
    memo: str = ""


@dataclass
class Issue:
    """What a file says of one issue. `final` is the agreed answer, `told` its cell as it stands; `conflict` is None
    where the file does not tell."""

    place: str
    reference: str
    repository: str = ""
    title: str = ""
    text: str = ""
    said: dict[str, Said] = field(default_factory=dict)
    final: Said | None = None
    told: str = ""
    conflict: bool | None = None


@dataclass
class Found:
    issues: list[Issue]
    problems: list[Problem]
    rows: int

    @property
    def raters(self) -> list[str]:
        return sorted({rater for issue in self.issues for rater in issue.said}, key=str.casefold)

    @property
    def codes(self) -> dict[str, int]:
        """Each code as it was written first, with how many codings and final labels hold it; case is not told apart."""
        names: dict[str, str] = {}
        counts: dict[str, int] = {}
        for issue in self.issues:
            for answer in (*issue.said.values(), *filter(None, [issue.final])):
                for code in answer.codes:
                    key = names.setdefault(code.casefold(), code)
                    counts[key] = counts.get(key, 0) + 1
        return counts

    @property
    def conflicts(self) -> int:
        return sum(bool(issue.conflict) for issue in self.issues)


def read(rows: Iterable[Row], mapping: Mapping) -> Found:
    """Everything in the rows that could be read; the rest is named in the problems."""
    reader = Reader(mapping)
    for place, cells, wrong in rows:
        reader.take(place, cells, wrong)
    return reader.found()


class Reader:
    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.issues: dict[tuple[str, str], Issue] = {}
        self.problems: list[Problem] = []
        self.rows = 0

    def found(self) -> Found:
        return Found(list(self.issues.values()), self.problems, self.rows)

    def take(self, place: str, cells: Cells | None, wrong: str) -> None:
        self.rows += 1
        if cells is None:
            self.problems.append(Problem(place, wrong))
            return
        reference = " ".join(self.cell(cells, Part.ISSUE).split())
        if not reference:
            self.problems.append(Problem(place, "The row names no issue, so it was left out."))
            return
        issue = self.issue(place, reference, cells)
        for rater, told, memo in self.answers(cells):
            self.add(issue, place, rater, told, memo)
        self.decide(issue, place, cells)

    def cell(self, cells: Cells, part: str) -> str:
        return cells.get(self.mapping.parts.get(part, ""), "").strip()

    def issue(self, place: str, reference: str, cells: Cells) -> Issue:
        repository = self.cell(cells, Part.REPOSITORY) or self.mapping.repository
        key = (repository.casefold(), reference.casefold())
        if key in self.issues and self.mapping.form != Form.LONG:
            self.problems.append(Problem(place, f"{reference} stands in an earlier row too; both were joined.", False))
        issue = self.issues.setdefault(key, Issue(place, reference, repository))
        issue.title = issue.title or " ".join(self.cell(cells, Part.TITLE).split())
        issue.text = issue.text or self.cell(cells, Part.TEXT)
        return issue

    def answers(self, cells: Cells) -> Iterator[tuple[str, str, str]]:
        """Rater, what the rater's cell says, and the memo, for everybody whom the row says to have been asked."""
        form, memo = self.mapping.form, self.cell(cells, Part.MEMO)
        if form == Form.LONG:
            yield self.cell(cells, Part.RATER) or self.mapping.rater, self.cell(cells, Part.CODES), memo
        elif form == Form.COLUMNS:
            yield from ((name, cells[name].strip(), "") for name in self.mapping.raters if cells[name].strip())
        else:
            for pair in self.mapping.pairs:
                rater, told = cells.get(pair.rater, "").strip(), cells.get(pair.codes, "").strip()
                if rater or told:
                    yield rater, told, ""

    def add(self, issue: Issue, place: str, rater: str, told: str, memo: str) -> None:
        rater = " ".join(rater.split())[:LONGEST_RATER]
        if not rater:
            # In long form a row may tell the final label alone.
            if told:
                self.problems.append(Problem(place, f"“{short(told)}” was said by nobody named; it was left out."))
            return
        answer, before = self.answer(place, told), issue.said.get(rater)
        if before is None:
            answer.memo = memo
            issue.said[rater] = answer
            return
        self.join(issue, place, rater, before, answer)
        before.memo = "\n".join(dict.fromkeys(filter(None, (before.memo, memo))))

    def join(self, issue: Issue, place: str, rater: str, before: Said, answer: Said) -> None:
        """Several rows of one rater on one issue hold several codes."""
        if answer.outcome and before.outcome and answer.outcome != before.outcome:
            kept = Outcome.CODED if Outcome.CODED in (before.outcome, answer.outcome) else before.outcome
            both = f"“{Outcome(before.outcome).label}” and “{Outcome(answer.outcome).label}”"
            sentence = f"{rater} says of {issue.reference} both {both}; “{Outcome(kept).label}” was kept."
            self.problems.append(Problem(place, sentence, False))
            before.outcome = kept
        before.outcome = before.outcome or answer.outcome
        known = {code.casefold() for code in before.codes}
        before.codes += [code for code in answer.codes if code.casefold() not in known]

    def decide(self, issue: Issue, place: str, cells: Cells) -> None:
        if told := self.cell(cells, Part.FINAL):
            self.take_final(issue, place, told, self.cell(cells, Part.REASON))
        if Part.CONFLICT in self.mapping.parts:
            flag = self.flag(place, self.cell(cells, Part.CONFLICT))
            issue.conflict = flag if issue.conflict is None else issue.conflict or bool(flag)

    def take_final(self, issue: Issue, place: str, told: str, reason: str) -> None:
        final = self.answer(place, told)
        final.memo = reason
        if not final.outcome:
            issue.told = issue.told or told
        elif final.outcome not in ANSWERS:
            issue.told, label = issue.told or told, Outcome(final.outcome).label
            sentence = f"“{short(told)}” means “{label}” here, which is no decision: {issue.reference} stays undecided."
            self.problems.append(Problem(place, sentence, False))
        elif issue.final is None:
            issue.final, issue.told = final, told
        elif (final.outcome, fold(final)) != (issue.final.outcome, fold(issue.final)):
            sentence = f"{issue.reference} has another final label above; “{short(told)}” was left out."
            self.problems.append(Problem(place, sentence))

    def flag(self, place: str, told: str) -> bool | None:
        word = told.casefold()
        if word in YES or word in NO:
            return word in YES
        self.problems.append(Problem(place, f"“{short(told)}” does not say whether this was a conflict.", False))
        return None

    def answer(self, place: str, told: str) -> Said:
        """A cell as an answer. A word for an outcome beside codes says nothing more."""
        said, codes = list[str](), list[str]()
        for part in split_cell(told, self.mapping.separator):
            word = part.casefold()
            if outcome := self.mapping.outcomes.get(word):
                said.append(outcome)
            elif word not in self.mapping.nothing and word not in {code.casefold() for code in codes}:
                codes.append(self.fitting(place, part))
        codes = [code for code in codes if code]
        if codes:
            return Said(Outcome.CODED, codes)
        return Said(said[0] if said else "")

    def fitting(self, place: str, code: str) -> str:
        if len(code) <= LONGEST_CODE:
            return code
        sentence = f"“{short(code)}” is longer than a code's name may be ({LONGEST_CODE} characters); it was left out."
        self.problems.append(Problem(place, sentence))
        return ""


def fold(answer: Said) -> frozenset[str]:
    return frozenset(code.casefold() for code in answer.codes)


def split_cell(told: str, separator: str) -> list[str]:
    """The codes of a cell, each in one line: a list where the cell is JSON, as doccano and Label Studio write it."""
    parts = listed(told)
    if parts is None:
        parts = told.split(separator) if separator else [told]
    return [code for part in parts if (code := " ".join(part.split()))]


def listed(told: str) -> list[str] | None:
    if not told.startswith(("[", "{")):
        return None
    try:
        value = json.loads(told)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value = value.get(CHOICES)
    return [text for each in value for text in [label_of(each)] if text] if isinstance(value, list) else None


def label_of(value: object) -> str:
    """A label alone; of a marked passage (from, to, label) its label."""
    if isinstance(value, list):
        return str(value[-1]) if value else ""
    if isinstance(value, dict):
        return str(value.get("label") or value.get("name") or "")
    return str(value)


def short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
