"""Agreement on where passages are marked, and on what they are marked as. Formulas: docs/method.md.

A passage is [start, end) of one text with a code; a rater's passages of one code do not overlap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np

from analysis.stats.batches import Draws, Patterns
from analysis.stats.forms import krippendorff
from analysis.stats.scales import Scale


@dataclass(frozen=True)
class Passage:
    start: int
    end: int
    code: str

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Unitized:
    """Disagreements as the source counts them. `value` is None exactly when `undefined_because` holds a sentence."""

    value: float | None
    observed: float | None
    expected: float | None
    n_passages: int
    n_raters: int
    undefined_because: str | None


Marked = Mapping[str, Sequence[Passage]]


def unitizing_alpha(marked: Marked, length: int, *, code: str | None = None) -> Unitized:
    """Krippendorff's uα of one text of `length` characters; over all codes, or of one."""
    raters = {rater: _checked(passages, length) for rater, passages in marked.items()}
    codes = sorted({passage.code for passages in raters.values() for passage in passages})
    chosen = codes if code is None else [code]
    observed = expected = 0.0
    for each in chosen:
        rows = [_sections(passages, each, length) for passages in raters.values()]
        observed += _observed(rows, length)
        expected += _expected(rows, length)
    n = sum(passage.code in chosen for passages in raters.values() for passage in passages)
    reason = _why_not(len(raters), n) or ("" if expected else "No disagreement is expected by chance: uα is 0/0.")
    if reason:
        return Unitized(None, None, None, n, len(raters), reason)
    return Unitized(1 - observed / expected, observed, expected, n, len(raters), None)


def _why_not(raters: int, passages: int) -> str | None:
    if raters < 2:
        return "Agreement needs two raters; passages of only one are there."
    return None if passages else "Nobody has marked a passage."


def _checked(passages: Iterable[Passage], length: int) -> list[Passage]:
    found = sorted(passages, key=lambda passage: (passage.code, passage.start))
    for passage in found:
        if not 0 <= passage.start < passage.end <= length:
            raise ValueError(f"The passage {passage.start}–{passage.end} is not within a text of {length} characters.")
    for left, right in pairwise(found):
        if left.code == right.code and right.start < left.end:
            raise ValueError(f"Two passages of {left.code} overlap at {right.start}. Join them first.")
    return found


Section = tuple[int, int, bool]


def _sections(passages: Sequence[Passage], code: str, length: int) -> list[Section]:
    """The whole text as start, length and whether it is a passage; what lies between passages are gaps."""
    sections, at = [], 0
    for passage in passages:
        if passage.code == code:
            sections += [(at, passage.start - at, False), (passage.start, passage.length, True)]
            at = passage.end
    return [section for section in [*sections, (at, length - at, False)] if section[1]]


def _observed(rows: Sequence[list[Section]], length: int) -> float:
    total = sum(_apart(g, h) for left, right in permutations(rows, 2) for g in left for h in right)
    return total / (len(rows) * (len(rows) - 1) * length**2) if len(rows) > 1 else 0.0


def _apart(left: Section, right: Section) -> int:
    """Squared differences of both ends of passages that meet; the squared length of one that lies within a gap."""
    (start, size, is_passage), (other, other_size, other_is) = left, right
    end, other_end = start + size, other + other_size
    if is_passage and other_is:
        return (start - other) ** 2 + (end - other_end) ** 2 if start < other_end and other < end else 0
    if is_passage and other <= start and end <= other_end:
        return size**2
    if other_is and start <= other and other_end <= end:
        return other_size**2
    return 0


def _expected(rows: Sequence[list[Section]], length: int) -> float:
    passages = [size for row in rows for _, size, is_passage in row if is_passage]
    gaps = [size for row in rows for _, size, is_passage in row if not is_passage]
    total = 0.0
    for size in passages:
        total += (len(passages) - 1) / 3 * (2 * size**3 - 3 * size**2 + size)
        total += size**2 * sum(gap - size + 1 for gap in gaps if gap >= size)
    places = len(rows) * length
    below = places * (places - 1) - sum(size * (size - 1) for size in passages)
    return 2 / length * total / below if below else 0.0


def coding_alpha(marked: Marked, length: int) -> Unitized:
    """α of the codes, character by character, where two raters or more have marked something (nominal).

    Where a rater has given a character several codes, the set of them is the value.
    """
    for passages in marked.values():
        _checked(passages, length)
    edges = sorted({edge for passages in marked.values() for p in passages for edge in (p.start, p.end)})
    rows = [
        [frozenset(p.code for p in passages if p.start <= start < p.end) for passages in marked.values()]
        for start in edges[:-1]
    ]
    values = tuple(sorted({value for row in rows for value in row if value}, key=sorted))
    place = {value: at for at, value in enumerate(values)}
    n = sum(map(len, marked.values()))
    both = [at for at, row in enumerate(rows) if sum(map(bool, row)) > 1]
    if not both:
        reason = _why_not(len(marked), n) or "No character has been marked by two raters."
        return Unitized(None, None, None, n, len(marked), reason)
    codes = np.array([[place.get(value, -1) for value in rows[at]] for at in both])
    sizes = np.array([edges[at + 1] - edges[at] for at in both])
    form = krippendorff(Patterns(codes, sizes, Scale(values, None)))
    observed, expected = (float(each[0]) for each in form.exact(Draws(sizes[None].astype(float))))
    if not expected:
        return Unitized(None, None, None, n, len(marked), "All that two raters marked has the same code: 0/0.")
    return Unitized(1 - observed / expected, observed, expected, n, len(marked), None)


def overlap_f1(left: Iterable[Passage], right: Iterable[Passage]) -> float | None:
    """Twice the characters that both marked over all that each marked, whatever the code; None where nobody marked."""
    ours, theirs = (_characters(passages) for passages in (left, right))
    marked = len(ours) + len(theirs)
    return 2 * len(ours & theirs) / marked if marked else None


def _characters(passages: Iterable[Passage]) -> set[int]:
    return {at for passage in passages for at in range(passage.start, passage.end)}
