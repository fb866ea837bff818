"""What the invented raters mark in an issue: a sentence of its text each, some of them the same."""

import re
from collections.abc import Sequence

from annotator.models import Assignment
from annotator.services.marks import Mark
from annotator.services.plain_texts import texts_to_mark
from corpus.models import Part

SENTENCE = re.compile(r"[^.!?\n]{20,}[.!?]?")
# Raters choose among so many sentences, so that some meet on one.
CHOICE = 2


def marks_of(assignment: Assignment, codes: Sequence[int]) -> list[Mark]:
    """One sentence for the first of the codes; none where there is no code or no sentence."""
    body = next(each for each in texts_to_mark(assignment.round_issue.issue) if each["part"] == Part.BODY)
    sentences = list(SENTENCE.finditer(body["plain"]))[:CHOICE]
    if not codes or not sentences:
        return []
    found = sentences[int(assignment.member.alias.rpartition("-")[2]) % len(sentences)]
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    place = {"part": Part.BODY.value, "comment": None, "text": body["text"], "start": start, "end": found.end()}
    return [{**place, "exact": body["plain"][start : found.end()], "codes": list(codes[:1]), "proposals": []}]
