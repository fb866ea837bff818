"""The registry: which kinds of file there are, and how a file's kind is found.

A kind is a layout (how records follow each other) and, for JSON, a shape (what the objects are). To add a shape,
write a module like `corpus.files.gitlab` and name it in SHAPES.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from corpus.files import archive, arrays, gh, github, gitlab, tables, workbooks
from corpus.files.columns import Columns, Table
from corpus.files.entries import BadFile
from corpus.files.lines import first_object
from corpus.files.shapes import Shape
from corpus.files.unpacking import inner_name, unpacked

LINES, ARRAY, TABLE, WORKBOOK = "lines", "array", "table", "workbook"
# The first that recognises a file's first object reads it; GitHub's own shape takes whatever no other claims.
SHAPES: tuple[Shape, ...] = (archive.SHAPE, gitlab.SHAPE, gh.SHAPE, github.SHAPE)
BY_NAME = {shape.name: shape for shape in SHAPES}
PACKED = (".gz", ".zst", ".zip")
LAYOUTS = {
    ".jsonl": LINES, ".ndjson": LINES, ".json": LINES, ".csv": TABLE, ".tsv": TABLE, ".txt": TABLE, ".xlsx": WORKBOOK,
}  # fmt: skip
CANNOT = (
    "This kind of file cannot be read. Choose JSON (.jsonl, .json) or a table (.csv, .tsv, .xlsx), "
    "plain or packed (.gz, .zst, .zip)."
)
SAMPLE = 2**16


@dataclass(frozen=True)
class Kind:
    """What is to be known to read a file; kept with the import as JSON."""

    layout: str
    shape: str = ""
    columns: Columns | None = None

    def as_json(self) -> dict[str, Any]:
        return {"layout": self.layout, "shape": self.shape, "columns": self.columns and self.columns.as_json()}

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Kind":
        return cls(told["layout"], told["shape"], Columns(**told["columns"]) if told["columns"] else None)

    def holds(self, part: str) -> bool:
        """Whether the comments, or the events, of the issues stand in the same file."""
        shape = BY_NAME.get(self.shape)
        return shape is not None and (shape.read_comments if part == "comments" else shape.read_events) is not None


def layout_of(name: str) -> str:
    """By the name's ending, that of the packing apart. BadFile for one that is not known."""
    path = Path(name.lower())
    ending = Path(path.stem).suffix or ".jsonl" if path.suffix in PACKED else path.suffix
    if ending not in LAYOUTS:
        raise BadFile(CANNOT)
    return LAYOUTS[ending]


def find_kind(file: IO[bytes], name: str) -> Kind:
    """Look at the file's beginning. BadFile when nothing in it could be read. The file is left at its beginning.

    What the columns of a table mean is not asked here: `look_at` guesses it.
    """
    layout = layout_of(inner_name(file, name))
    try:
        if layout == WORKBOOK:
            return Kind(WORKBOOK)
        with unpacked(file) as content:
            start = content.read(SAMPLE)
        check_text(start, layout)
        if layout == TABLE:
            return Kind(TABLE)
        if start.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"["):
            return Kind(ARRAY, shape_of(first_in_list(file)))
        return Kind(LINES, shape_of(first_object(start)))
    finally:
        file.seek(0)


def check_text(start: bytes, layout: str) -> None:
    if not start.strip(b" \t\r\n\xef\xbb\xbf\x00"):
        raise BadFile("This file is empty.")
    if layout != TABLE and start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile("This file is UTF-16. Save it as UTF-8 and choose it again.")
    if start.startswith(b"PK"):
        raise BadFile("This is a workbook. Name it with the ending .xlsx and choose it again.")


def first_in_list(file: IO[bytes]) -> Mapping[str, Any]:
    with unpacked(file) as content:
        return arrays.first_member(content)


def shape_of(payload: Mapping[str, Any]) -> str:
    return next(shape.name for shape in SHAPES if shape.recognises(payload))


def look_at(path: Path, kind: Kind, *, encoding: str = "") -> Table:
    """The table's columns, first rows and what they are taken for."""
    if kind.layout == WORKBOOK:
        return workbooks.look_into(path)
    with path.open("rb") as file, unpacked(file) as content:
        return tables.look(content, encoding=encoding)
