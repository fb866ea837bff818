"""What changed between two wordings, word by word."""

import re
from difflib import SequenceMatcher

PIECES = re.compile(r"\w+|\s+|[^\w\s]")
# Comparing takes time by the square of the length: longer wordings are shown as a whole, before and after.
MOST_PIECES = 2000

SAME, GONE, NEW = "same", "gone", "new"


def word_diff(before: str, after: str) -> list[tuple[str, str]]:
    """Bits that are the same, gone or new: without the new ones they are `before`, without the gone ones `after`."""
    left, right = PIECES.findall(before), PIECES.findall(after)
    if max(len(left), len(right)) > MOST_PIECES:
        found = [(GONE, before), (NEW, after)]
    else:
        found = []
        for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            old, new = "".join(left[a:b]), "".join(right[c:d])
            found += [(SAME, old)] if kind == "equal" else [(GONE, old), (NEW, new)]
    return [(kind, text) for kind, text in found if text]
