"""JSON lists of objects, read one object at a time. Several lists after one another are read as one, because
`gh api --paginate` writes a list for each page."""

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from corpus.files import entries
from corpus.files.entries import BadFile, Entry
from corpus.files.lines import as_object

PIECE = 2**18
DECODER = json.JSONDecoder()
BETWEEN = " \t\r\n,[]\ufeff"


class Text:
    """The file's text, of which so much is in memory as the object at hand is long."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.decoder = file, codecs.getincrementaldecoder("utf-8")("strict")
        self.text, self.at, self.line, self.ended = "", 0, 1, False

    def more(self) -> None:
        """Forget what is behind us and read as much again as is in memory: rereading an object stays linear."""
        rest = self.text[self.at :]
        raw = self.file.read(max(PIECE, len(rest)))
        self.ended = not raw
        try:
            self.text, self.at = rest + self.decoder.decode(raw, self.ended), 0
        except UnicodeDecodeError:
            raise BadFile(f"The list is not UTF-8 after line {self.line}. Save it as UTF-8.") from None

    def go_to(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def begin_object(self) -> bool:
        """Go to the next object. False at the end of the file."""
        while True:
            end = self.at
            while end < len(self.text) and self.text[end] in BETWEEN:
                end += 1
            self.go_to(end)
            if end < len(self.text):
                return True
            if self.ended:
                return False
            self.more()

    def object(self) -> tuple[Any, int]:
        """The object that begins here, and its length."""
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if self.ended or len(self.text) - self.at > entries.LONGEST_RECORD:
                    raise BadFile(f"The list cannot be read from line {self.line} on: {error.msg}.") from None
            except (ValueError, RecursionError):
                raise BadFile(f"The list nests too deep, or has a number too long, at line {self.line}.") from None
            else:
                size = end - self.at
                self.go_to(end)
                return value, size
            self.more()


def read_array(file: BinaryIO, checkpoint: Mapping[str, int]) -> Iterator[Entry]:
    """The members of the list. A checkpoint has the number of members that are behind us: they are read over again."""
    text, number = Text(file), 0
    while text.begin_object():
        line = text.line
        value, size = text.object()
        number += 1
        if number > checkpoint.get("member", 0):
            payload, wrong = as_object(value)
            place = f"member {number} (line {line})"
            yield Entry(line, size, {"member": number}, payload, wrong, place)


def first_member(file: BinaryIO) -> Mapping[str, Any]:
    """The first object of the list. BadFile when the list has none."""
    entry = next(read_array(file, {}), None)
    if entry is None or entry.payload is None:
        raise BadFile("This JSON list does not begin with an object. A list of issues is [{…}, {…}].")
    return entry.payload
