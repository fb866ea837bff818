"""From the corpus to the sample, as a figure for the paper: SVG, PNG and a sentence, all from the same numbers.

The SVG has presentation attributes only (no style, no script), a white ground and black lines: it prints as it looks.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import east_asian_width
from xml.etree import ElementTree

WIDTH, MARGIN = 680, 16
BOX, SIDE, GAP = 400, 190, 30
LINE, PADDING, SIZE = 18, 12, 13
SIDE_X = WIDTH - MARGIN - SIDE
# Helvetica at 13 px is 6.6 px a letter on average, and bold 7.2.
LETTERS_IN_BOX = 52


@dataclass(frozen=True)
class Step:
    """A frame of the chain: what it takes, how many issues that are, and how many of the step before it leaves out;
    where it chooses by screening, how many of them were screened as what."""

    frame_id: int
    name: str
    criteria: str
    issues: int
    left_out: int
    counted_at: datetime
    is_frozen: bool
    why: Sequence[tuple[str, int]] = ()

    @property
    def reasons(self) -> list[str]:
        """What those left out were screened as, such as “screened out 12”; none where it is not chosen by that."""
        return [f"{name} {number:,}" for name, number in self.why]


@dataclass(frozen=True)
class Drawn:
    name: str
    issues: int
    drawn_at: datetime


@dataclass(frozen=True)
class Funnel:
    """A chain of frames, from the corpus at the time its first step was counted to the samples drawn from its last."""

    collected: int
    repositories: int
    collected_at: datetime
    steps: Sequence[Step]
    drawn: Sequence[Drawn] = ()

    @property
    def name(self) -> str:
        return self.steps[-1].name

    @property
    def full(self) -> int:
        """What a full bar stands for."""
        return max(self.collected, 1)


@dataclass(frozen=True)
class Box:
    title: str
    lines: Sequence[str]
    beside: Sequence[str] = ()

    @property
    def wrapped(self) -> list[str]:
        return [part for line in self.lines for part in wrap(line, LETTERS_IN_BOX)]

    @property
    def titles(self) -> list[str]:
        return wrap(self.title, LETTERS_IN_BOX - 6)

    @property
    def height(self) -> int:
        return (len(self.titles) + len(self.wrapped)) * LINE + 2 * PADDING


def sentence(funnel: Funnel) -> str:
    """The funnel in words, as a paper could print it."""
    parts = [f"Collected {origin(funnel)} ({day(funnel.collected_at)})"]
    parts += [step_in_words(step) for step in funnel.steps]
    parts += [f"drawn for {drawn.name}: {drawn.issues:,} ({day(drawn.drawn_at)})" for drawn in funnel.drawn]
    return "; ".join(parts) + "."


def step_in_words(step: Step) -> str:
    why = f" ({', '.join(step.reasons)})" if step.why else ""
    return f"{step.name} ({step.criteria}): {step.issues:,}, {step.left_out:,} left out{why}"


def svg(funnel: Funnel) -> str:
    boxes = boxes_of(funnel)
    height = 2 * MARGIN + sum(box.height for box in boxes) + GAP * (len(boxes) - 1)
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg", "width": str(WIDTH), "height": str(height),
            "viewBox": f"0 0 {WIDTH} {height}", "role": "img",
            "font-family": "Helvetica, Arial, sans-serif", "font-size": str(SIZE), "fill": "#111",
        },
    )  # fmt: skip
    ElementTree.SubElement(root, "title").text = printable(f"From the corpus to {funnel.name}")
    ElementTree.SubElement(root, "desc").text = printable(sentence(funnel))
    ElementTree.SubElement(root, "rect", {"width": str(WIDTH), "height": str(height), "fill": "#fff"})
    top = MARGIN
    for number, box in enumerate(boxes):
        draw_box(root, box, top)
        if number:
            draw_arrow(root, top - GAP, top, beside=box.beside)
        top += box.height + GAP
    return ElementTree.tostring(root, encoding="unicode")


def png(funnel: Funnel) -> bytes:
    """The same figure at 288 points an inch: 680 px wide on a page of 96 become 2,040."""
    import vl_convert  # noqa: PLC0415  # 150 MB that the web process needs only when somebody asks for a PNG

    picture: bytes = vl_convert.svg_to_png(svg(funnel), scale=3)
    return picture


def boxes_of(funnel: Funnel) -> list[Box]:
    boxes = [Box("Collected", [origin(funnel), f"as of {day(funnel.collected_at)}"])]
    for step in funnel.steps:
        boxes.append(
            Box(
                step.name,
                [step.criteria, issues(step.issues)],
                beside=["Left out", issues(step.left_out), *step.reasons],
            )
        )
    if funnel.drawn:
        boxes.append(Box("Drawn", [f"{drawn.name}: {issues(drawn.issues)}" for drawn in funnel.drawn]))
    return boxes


def draw_box(root: ElementTree.Element, box: Box, top: int) -> None:
    draw_rect(root, MARGIN, top, BOX, box.height)
    y = top + PADDING + SIZE
    for line in box.titles:
        draw_text(root, MARGIN + PADDING, y, line, **{"font-weight": "bold"})
        y += LINE
    for line in box.wrapped:
        draw_text(root, MARGIN + PADDING, y, line)
        y += LINE


def draw_arrow(root: ElementTree.Element, top: int, bottom: int, *, beside: Sequence[str]) -> None:
    """Down to the next box; where something is left out, its box hangs on the arrow."""
    x, middle = MARGIN + BOX // 2, (top + bottom) // 2
    draw_path(root, f"M{x} {top}V{bottom}M{x - 4} {bottom - 6}L{x} {bottom}L{x + 4} {bottom - 6}")
    if not beside:
        return
    draw_path(root, f"M{x} {middle}H{SIDE_X}M{SIDE_X - 6} {middle - 4}L{SIDE_X} {middle}L{SIDE_X - 6} {middle + 4}")
    height = len(beside) * LINE + 2 * PADDING - 8
    draw_rect(root, SIDE_X, middle - height // 2, SIDE, height)
    for number, line in enumerate(beside):
        draw_text(root, SIDE_X + PADDING, middle - height // 2 + PADDING - 4 + SIZE + number * LINE, line)


def draw_rect(root: ElementTree.Element, x: int, y: int, width: int, height: int) -> None:
    box = {"x": x, "y": y, "width": width, "height": height, "fill": "#fff", "stroke": "#111"}
    ElementTree.SubElement(root, "rect", {name: str(value) for name, value in box.items()})


def draw_path(root: ElementTree.Element, d: str) -> None:
    ElementTree.SubElement(root, "path", {"d": d, "fill": "none", "stroke": "#111"})


def draw_text(root: ElementTree.Element, x: int, y: int, text: str, **more: str) -> None:
    ElementTree.SubElement(root, "text", {"x": str(x), "y": str(y), **more}).text = text


def wrap(text: str, letters: int) -> list[str]:
    """Lines of at most so many letters, half as many where letters are twice as wide."""
    wide = any(east_asian_width(letter) in "WF" for letter in text)
    return textwrap.wrap(printable(text), letters // 2 if wide else letters) or [""]


def printable(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def origin(funnel: Funnel) -> str:
    return f"{issues(funnel.collected)} from {counted(funnel.repositories, 'repository', 'repositories')}"


def issues(number: int) -> str:
    return counted(number, "issue", "issues")


def counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def day(moment: datetime) -> str:
    return f"{moment:%-d %b %Y}"
