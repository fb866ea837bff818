"""The formats of a taxonomy's file: which there are, which one a file is in, and the way to the module of each.

A new format is a module with a function that reads bytes into a `Codebook` or writes one as bytes, and its entry here.
"""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.text import slugify

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook, check_size

Recogniser = Callable[[str], bool]


@dataclass(frozen=True)
class Format:
    """One format. `reads` and `writes` name functions of `module`; `lost` says what the format cannot hold."""

    key: str
    label: str
    module: str
    suffixes: tuple[str, ...]
    media_type: str
    recognises: Recogniser
    reads: str = ""
    writes: str = ""
    purpose: str = ""
    lost: str = ""

    def function(self, name: str) -> Callable[[Any], Any]:
        """Loads the module now and not before: rdflib and lxml cost memory that a web process without exchange
        need not spend."""
        function: Callable[[Any], Any] = getattr(importlib.import_module(f"taxonomy.exchange.{self.module}"), name)
        return function


def begins(*patterns: str) -> Recogniser:
    """Whether the first piece of a file, without white space before it, matches one of the patterns."""
    known = re.compile("|".join(patterns))
    return lambda start: known.match(start) is not None


def holds(*patterns: str) -> Recogniser:
    known = re.compile("|".join(patterns), re.MULTILINE)
    return lambda start: known.search(start) is not None


# In the order in which they are asked: the particular before the general.
FORMATS = {
    found.key: found
    for found in (
        Format(
            "yaml", "YAML", "documents", (".yaml", ".yml"), "application/yaml",
            holds(r"^[\"']?(codes|name|title|key|format|purpose)[\"']?\s*:"), "read_yaml", "write_yaml",
            "To read, to change by hand, to keep under version control.",
        ),
        Format(
            "json", "JSON", "documents", (".json",), "application/json",
            begins(r"[\[{]"), "read_json", "write_json",
            "For programs. The same content as YAML.",
        ),
    )
}  # fmt: skip
START = 20_000


def read(content: bytes, name: str = "") -> Codebook:
    """What a file says, in whichever format it is. Invalid with every place that cannot be used."""
    check_size(content)
    found = recognise(content, name)
    book: Codebook = found.function(found.reads)(content)
    return book


def recognise(content: bytes, name: str) -> Format:
    """By its name where that is right for the content, else by the content alone."""
    start = start_of(content)
    readable = [known for known in FORMATS.values() if known.reads]
    named = [known for known in readable if PurePath(name.lower()).suffix in known.suffixes]
    for known in (*[one for one in named if one.recognises(start)], *readable, *named):
        if known in named or known.recognises(start):
            return known
    labels = ", ".join(known.label for known in readable)
    raise Invalid(f"What kind of file this is cannot be told. Use one of {labels}.")


def start_of(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content[:START].decode(encoding, errors="replace").lstrip()


def write(book: Codebook, key: str) -> bytes:
    """The file. Invalid when this format cannot hold these codes."""
    found = FORMATS[key]
    content: bytes = found.function(found.writes)(book)
    return content


def file_name(book: Codebook, key: str) -> str:
    """Such as reuse-version-2.yaml."""
    version = f"version-{book.version}" if book.version else "draft"
    return f"{slugify(book.name)[:60] or 'taxonomy'}-{version}{FORMATS[key].suffixes[0]}"


def writable() -> list[Format]:
    return [known for known in FORMATS.values() if known.writes]
