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

from studies.errors import Invalid, NotThere
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
    known = re.compile("|".join(patterns), re.MULTILINE | re.IGNORECASE)
    return lambda start: known.search(start) is not None


# In the order in which they are asked: the particular before the general.
FORMATS = {
    found.key: found
    for found in (
        Format(
            "xlsx", "Excel workbook", "workbooks", (".xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            begins("PK\x03\x04"), "read_workbook", "write_workbook",
            "To work on a codebook in a spreadsheet and bring it back: a row a code, the rest on a second sheet.",
        ),
        Format(
            "qdc", "REFI-QDA codebook", "refi", (".qdc",), "application/xml",
            holds(r"<(\w+:)?CodeBook\b"), "read_codebook", "write_codebook",
            "For NVivo, ATLAS.ti, MAXQDA and other programs of qualitative analysis.",
            "Rules, examples, notes, keys and exclusive groups stand as paragraphs in a code's description, and the "
            "taxonomy's own settings in that of a set.",
        ),
        Format(
            "label-studio", "Label Studio's configuration", "labels", (".xml",), "application/xml",
            holds(r"<(View|Choices|Choice|Taxonomy|\w*Labels)\b"), "read_label_studio",
        ),
        Format(
            "doccano", "doccano's labels", "labels", (".json",), "application/json",
            begins(r"\[\s*\{[^{}]*\"(text|suffixKey|backgroundColor)\"\s*:"), "read_doccano",
        ),
        Format(
            "ttl", "SKOS, Turtle", "skos", (".ttl", ".turtle", ".n3"), "text/turtle; charset=utf-8",
            holds(r"^\s*(@prefix|@base|prefix|base)\s.*<.*>"), "read_turtle", "write_turtle",
            "For thesauri and linked data: each code a concept with its own identifier.",
        ),
        Format(
            "jsonld", "SKOS, JSON-LD", "skos", (".jsonld", ".json"), "application/ld+json",
            holds(r'"@(context|graph|id|type)"'), "read_json_ld", "write_json_ld",
            "The same as Turtle, for programs that read JSON.",
        ),
        Format(
            "yaml", "YAML", "documents", (".yaml", ".yml"), "application/yaml",
            holds(r"^[\"']?(codes|name|title|key|format|purpose)[\"']?\s*:", r"\A- "), "read_yaml", "write_yaml",
            "To read, to change by hand, to keep under version control.",
        ),
        Format(
            "json", "JSON", "documents", (".json",), "application/json",
            begins(r"[\[{]"), "read_json", "write_json",
            "For programs. The same content as YAML.",
        ),
        Format(
            "csv", "CSV", "tables", (".csv", ".tsv", ".tab", ".txt"), "text/csv; charset=utf-8",
            holds(r"\A[^\n]*\b(name|path|code|category|label|title)\b"), "read_table", "write_table",
            "For any spreadsheet and for statistics programs: a row a code.",
            "Only the codes stand in it: not the taxonomy's name, purpose, kind, citation and settings.",
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
    found = [known for known in (*named, *readable) if known.recognises(start)] or named[::-1]
    if found:
        return found[0]
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


def get_writable(key: str) -> Format:
    """NotThere for a format that is none, or that is only read."""
    found = FORMATS.get(key)
    if found is None or not found.writes:
        raise NotThere(f"There is no such format. Use one of {', '.join(known.key for known in writable())}.")
    return found


def writable() -> list[Format]:
    return [known for known in FORMATS.values() if known.writes]
