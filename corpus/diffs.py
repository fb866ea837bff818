"""What changed between two texts, word by word."""

import re
from difflib import SequenceMatcher

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
LINES = re.compile(r"[^\n]*\n|[^\n]+")
# Comparing takes time by the square of the length: longer texts are compared line by line, then as a whole.
MOST_PIECES = 2000

SAME, GONE, NEW = "same", "gone", "new"
Bits = list[tuple[str, str]]


def word_diff(before: str, after: str) -> Bits:
    """Bits of text that are the same, gone or new: without the new ones they are `before`, without the gone `after`."""
    for pieces in (WORDS, LINES):
        left, right = pieces.findall(before), pieces.findall(after)
        start, end = common_ends(left, right)
        inner = left[start : len(left) - end], right[start : len(right) - end]
        if max(map(len, inner)) <= MOST_PIECES:
            break
    else:
        return bits([(SAME, left[:start]), (GONE, inner[0]), (NEW, inner[1]), (SAME, left[len(left) - end :])])
    return bits([(SAME, left[:start]), *changes(*inner), (SAME, left[len(left) - end :])])


def common_ends(left: list[str], right: list[str]) -> tuple[int, int]:
    """How many pieces both begin and end with."""
    most = min(len(left), len(right))
    start = next((at for at in range(most) if left[at] != right[at]), most)
    most -= start
    return start, next((at for at in range(most) if left[-1 - at] != right[-1 - at]), most)


def changes(left: list[str], right: list[str]) -> list[tuple[str, list[str]]]:
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        found += [(SAME, left[a:b])] if kind == "equal" else [(GONE, left[a:b]), (NEW, right[c:d])]
    return found


def bits(pieces: list[tuple[str, list[str]]]) -> Bits:
    return [(kind, "".join(texts)) for kind, texts in pieces if texts]
