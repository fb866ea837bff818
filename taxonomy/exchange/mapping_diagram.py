"""A crosswalk as a figure: ours at the left, theirs at the right, a line for each relation. SVG, and PNG of it.

Presentation attributes only. Text and lines take the colour of the page that holds the figure; the file to download has
a white ground and dark lines, so that it prints as it looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from taxonomy.crosswalks import Opened
from taxonomy.models import Relation
from taxonomy.queries import Node

WIDTH, MARGIN, ROW = 920, 16, 24
LEFT_END, RIGHT_START = 340, 580
LETTERS = 42
INDENT = 12
# A longer right column leaves out what no line reaches.
MOST_RIGHT = 60
STROKES: dict[str, dict[str, str]] = {
    Relation.EXACT: {"stroke-width": "3.5"},
    Relation.CLOSE: {"stroke-width": "1.75"},
    Relation.BROADER: {"stroke-width": "1.75", "stroke-dasharray": "9 4"},
    Relation.NARROWER: {"stroke-width": "1.75", "stroke-dasharray": "4 3"},
    Relation.RELATED: {"stroke-width": "1.75", "stroke-dasharray": "1.5 5", "stroke-linecap": "round"},
}
WORDS = {
    Relation.EXACT: "exact",
    Relation.CLOSE: "close",
    Relation.BROADER: "theirs is broader",
    Relation.NARROWER: "theirs is narrower",
    Relation.RELATED: "related",
}


@dataclass(frozen=True)
class Line:
    left: Node
    right: Node
    relation: str


def lines_of(found: Opened) -> list[Line]:
    """What holds, in the order of the left tree."""
    return [
        Line(case.node, found.right_by_uid[link.right], link.relation)
        for case in found.cases
        for link in case.result or ()
        if link.right
    ]


def svg(found: Opened, *, alone: bool = False) -> str:
    """For a page, or with `alone` as a file of its own."""
    lines = lines_of(found)
    right, left_out = shown_right(found, {line.right.code.uid for line in lines})
    height = 2 * MARGIN + ROW * (max(len(found.left), len(right) + bool(left_out)) + 3)
    root = begin(found, height, alone)
    left_at = column(
        root, found.left, LEFT_END - 8, centred(len(found.left), height), "end", {line.left for line in lines}
    )
    right_at = column(
        root, right, RIGHT_START + 8, centred(len(right), height), "start", {line.right for line in lines}
    )
    for line in lines:
        draw_line(root, line, left_at[line.left.code.uid], right_at[line.right.code.uid])
    if left_out:
        text(
            root, RIGHT_START + 8, centred(len(right), height) + ROW * len(right), f"and {left_out} more without a line"
        )
    legend(root, height, sorted({line.relation for line in lines}, key=list(STROKES).index))
    return ElementTree.tostring(root, encoding="unicode")


def png(found: Opened) -> bytes:
    """The file's figure at three times its size."""
    import vl_convert  # noqa: PLC0415  # 150 MB that the web process needs only when somebody asks for a PNG

    picture: bytes = vl_convert.svg_to_png(svg(found, alone=True), scale=3)
    return picture


def shown_right(found: Opened, reached: set[object]) -> tuple[Sequence[Node], int]:
    if len(found.right) <= MOST_RIGHT:
        return found.right, 0
    shown = [node for node in found.right if node.code.uid in reached]
    return shown, len(found.right) - len(shown)


def centred(rows: int, height: int) -> int:
    """Where the first row of a column stands, so that the column is in the middle of what the legend leaves."""
    return (height - 2 * ROW - rows * ROW) // 2 + ROW


def begin(found: Opened, height: int, alone: bool) -> ElementTree.Element:
    box = {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "fill": "currentColor", "font-size": "14"}
    if alone:
        box |= {
            "xmlns": "http://www.w3.org/2000/svg", "width": str(WIDTH), "height": str(height), "color": "#111",
            "font-family": "Helvetica, Arial, sans-serif",
        }  # fmt: skip
    root = ElementTree.Element("svg", box)
    ElementTree.SubElement(root, "title").text = printable(
        f"How {found.crosswalk.left} relates to {found.crosswalk.right}"
    )
    if alone:
        ElementTree.SubElement(root, "rect", {"width": str(WIDTH), "height": str(height), "fill": "#fff"})
    text(root, LEFT_END - 8, MARGIN + 8, short(str(found.crosswalk.left)), anchor="end", weight="bold")
    text(root, RIGHT_START + 8, MARGIN + 8, short(str(found.crosswalk.right)), weight="bold")
    return root


def column(
    root: ElementTree.Element, nodes: Sequence[Node], x: int, top: int, anchor: str, reached: set[Node]
) -> dict[object, int]:
    """Draws the names; where no line goes they are faint. Returns the height of each by uid."""
    heights: dict[object, int] = {}
    for place, node in enumerate(nodes):
        heights[node.code.uid] = top + place * ROW
        indent = node.depth * INDENT * (-1 if anchor == "end" else 1)
        faint = node not in reached
        text(root, x + (indent if anchor == "start" else 0), heights[node.code.uid], label(node), anchor, faint=faint)
    return heights


def label(node: Node) -> str:
    return short(f"{node.number} {node.code.name}")


def short(words: str) -> str:
    return words if len(words) <= LETTERS else f"{words[: LETTERS - 1]}…"


def draw_line(root: ElementTree.Element, line: Line, left: int, right: int) -> None:
    group = ElementTree.SubElement(root, "g", {"class": f"colour-{line.left.colour}"})
    middle = (LEFT_END + RIGHT_START) // 2
    way = f"M{LEFT_END} {left - 4}C{middle} {left - 4} {middle} {right - 4} {RIGHT_START} {right - 4}"
    path = ElementTree.SubElement(
        group, "path", {"d": way, "fill": "none", "stroke": "currentColor", **STROKES[line.relation]}
    )
    said = f"{line.left.code.name}: {WORDS[Relation(line.relation)]}: {line.right.code.name}"
    ElementTree.SubElement(path, "title").text = printable(said)


def legend(root: ElementTree.Element, height: int, relations: Sequence[str]) -> None:
    for place, relation in enumerate(relations):
        x, y = MARGIN + place * 176, height - MARGIN
        ElementTree.SubElement(root, "path", {"d": f"M{x} {y - 4}h36", "stroke": "currentColor", **STROKES[relation]})
        text(root, x + 44, y, WORDS[Relation(relation)])


def text(
    root: ElementTree.Element,
    x: int,
    y: int,
    words: str,
    anchor: str = "start",
    *,
    weight: str = "",
    faint: bool = False,
) -> None:
    more = {"font-weight": weight} if weight else {}
    more |= {"opacity": "0.7"} if faint else {}
    element = ElementTree.SubElement(root, "text", {"x": str(x), "y": str(y), "text-anchor": anchor, **more})
    element.text = printable(words)


def printable(words: str) -> str:
    """XML has no place for control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
