"""Marked passages: their shape in drafts and submits, checked against the texts of the issue, and written as evidence.

A mark says where its words stand (`part`, `comment`, `text`: the SHA-256 of the revision that the rater saw, `start`
and `end` in code points of its plain text), the words themselves, and which codes and proposals they support.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from annotator.models import Assignment, Coding, Evidence, Proposal
from annotator.services.plain_texts import Source, current_texts, earlier_texts, plain_texts
from corpus.anchors import place_in_markdown, quoted
from corpus.markdown import RENDERER
from corpus.models import Part
from corpus.services.revisions import sha256, store_texts
from studies.errors import Invalid
from taxonomy.models import Code

Mark = dict[str, Any]

LONGEST = 20_000
MOST = 300


def marks_in(given: Any) -> list[Mark]:
    """Those that have the shape of a mark, with what belongs to it and nothing else."""
    return [mark for each in given if (mark := as_mark(each))] if isinstance(given, list) else []


def as_mark(given: Any) -> Mark | None:
    if not isinstance(given, Mapping):
        return None
    part, comment, text, exact = (given.get(name) for name in ("part", "comment", "text", "exact"))
    start, end = given.get("start"), given.get("end")
    if part not in Part.values or not is_text(text) or not is_text(exact) or not (is_number(start) and is_number(end)):
        return None
    if (part == Part.COMMENT) != is_number(comment):
        return None
    place = {"part": part, "comment": comment if part == Part.COMMENT else None, "text": text}
    ties = {name: ids(given.get(name)) for name in ("codes", "proposals")}
    return {**place, "start": start, "end": end, "exact": exact, **ties}


def is_text(given: Any) -> bool:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    return isinstance(given, str) and not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in given)


def is_number(given: Any) -> bool:
    """A whole number that fits into the columns."""
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 2**31


def ids(given: Any) -> list[int]:
    return sorted({each for each in given if is_number(each)}) if isinstance(given, list | tuple) else []


def source_of(mark: Mark) -> Source:
    return Source(Part(mark["part"]), mark["comment"])


def tied_to(marks: Sequence[Mark], codes: Collection[int], proposals: Collection[int]) -> list[Mark]:
    """The marks, tied to those of their codes and proposals alone that are chosen."""
    chosen = {"codes": set(codes), "proposals": set(proposals)}
    return [
        {**mark, **{name: [each for each in mark[name] if each in chosen[name]] for name in chosen}} for mark in marks
    ]


def merged(marks: Sequence[Mark]) -> list[Mark]:
    """The same passage of the same text once, with the codes of all."""
    found: dict[Any, Mark] = {}
    for mark in marks:
        key = source_of(mark), mark["text"], mark["start"], mark["end"]
        same = found.setdefault(key, mark)
        found[key] = {**same, **{name: sorted({*same[name], *mark[name]}) for name in ("codes", "proposals")}}
    return list(found.values())


def check_marks(
    assignment: Assignment, given: Sequence[Mark], codes: Sequence[Code], proposals: Sequence[Proposal]
) -> list[tuple[Evidence, Mark]]:
    """The rows to be written, with the marks that they are of. Raises Invalid when one is no passage of a text of this
    issue, or supports a code that the answer does not have."""
    marks = merged(given)
    if not marks:
        return []
    if len(marks) > MOST:
        raise Invalid({"evidence": f"These are {len(marks)} quotes; one coding takes {MOST}. Remove some."})
    for mark in marks:
        check_ties(mark, {code.pk for code in codes}, {each.pk for each in proposals})
    texts = texts_marked(assignment, marks)
    plain = plain_texts(texts)
    return [(anchored(mark, plain[source_of(mark).part, mark["text"]], texts), mark) for mark in marks]


def check_ties(mark: Mark, codes: Collection[int], proposals: Collection[int]) -> None:
    if not (set(mark["codes"]) <= set(codes) and set(mark["proposals"]) <= set(proposals)):
        raise Invalid(
            {"evidence": f"{shortened(mark)} supports a code that is not chosen. Choose the code, or untie the quote."}
        )
    if not mark["exact"].strip():
        raise Invalid({"evidence": "A quote holds no words. Remove it, or mark some."})
    if len(mark["exact"]) > LONGEST:
        raise Invalid({"evidence": f"{shortened(mark)} has more than {LONGEST:,} characters. Mark a shorter passage."})


def texts_marked(assignment: Assignment, marks: Sequence[Mark]) -> dict[tuple[Part, str], str]:
    """The Markdown of every revision that is marked, by part and SHA-256. Raises Invalid where the issue has no such
    revision, now or before."""
    issue = assignment.round_issue.issue
    sources = {source_of(mark) for mark in marks}
    known = current_texts(issue, sources)
    if any(known.get((source_of(mark), mark["text"])) is None for mark in marks):
        known |= earlier_texts(issue)
    found = {}
    for mark in marks:
        key = source_of(mark), mark["text"]
        if key not in known:
            raise Invalid({"evidence": f"{shortened(mark)} is of a text that this issue never had. Mark it again."})
        found[key[0].part, key[1]] = known[key]
    return found


def anchored(mark: Mark, plain: str, texts: Mapping[tuple[Part, str], str]) -> Evidence:
    """The row, with what stands around the quote. Raises Invalid when other words stand at these offsets."""
    part, start, end = Part(mark["part"]), mark["start"], mark["end"]
    if plain[start:end] != mark["exact"] or start >= end:
        raise Invalid(
            {
                "evidence": f"{shortened(mark)} does not stand at characters {start} to {end} of the {part.label}: "
                f"there stands “{plain[start : min(end, start + 60)]}”. Mark it again."
            }
        )
    quote = quoted(plain, start, end)
    raw_start, raw_end = place_in_markdown(quote, plain, texts[part, mark["text"]]) or (None, None)
    return Evidence(
        part=part, comment_id=mark["comment"], text_id=mark["text"], renderer="" if part == Part.TITLE else RENDERER,
        **vars(quote), raw_start=raw_start, raw_end=raw_end,
    )  # fmt: skip


def shortened(mark: Mark) -> str:
    words = " ".join(mark["exact"].split())
    return f"“{words if len(words) <= 60 else words[:59] + '…'}”"


def write_marks(coding: Coding, rows: Sequence[tuple[Evidence, Mark]]) -> None:
    if not rows:
        return
    if any(row.part == Part.TITLE for row, _ in rows):
        title = coding.assignment.round_issue.issue.title
        store_texts({sha256(title): title})
    for row, _ in rows:
        row.coding = coding
    Evidence.objects.bulk_create(row for row, _ in rows)
    codes, proposals = Evidence.codes.through, Evidence.proposals.through
    codes.objects.bulk_create(codes(evidence=row, code_id=code) for row, mark in rows for code in mark["codes"])
    proposals.objects.bulk_create(
        proposals(evidence=row, proposal_id=each) for row, mark in rows for each in mark["proposals"]
    )
