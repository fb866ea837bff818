"""A taxonomy between files and rows: what every format is read into and written from.

A format's module makes an `Entry` of each code, as its file tells it; `assemble` cleans them, finds the parents, and
refuses the file whole, naming every place that cannot be used.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studies.errors import Invalid
from taxonomy.models import Levels, Purpose, Version
from taxonomy.queries import TEXTS, TRAITS, CodeRecord, records
from taxonomy.services.cleaning import LONGEST_NAME, clean_text, cleaned
from taxonomy.services.imports import in_reading_order, problems_of, shortened
from taxonomy.services.structure import MAX_BYTES, MAX_CODES

FIELDS = (*TEXTS, *TRAITS)
HEAD_TEXTS = ("purpose", "citation", "reservations", "version", "published", "note")
YES, NO = {"true", "yes", "1", "x"}, {"false", "no", "0", ""}


@dataclass(frozen=True)
class Codebook:
    """A taxonomy without its rows: its head, and its codes with parents before children.

    `version`, `published` (a date) and `note` tell which version was written; reading one keeps nothing of them.
    `fields` are those of which the file says anything: the others of an existing code stay as they are.
    `remarks` are sentences on what was assumed or left out.
    """

    name: str
    codes: list[CodeRecord]
    purpose: str = ""
    kind: str = Purpose.CODING
    citation: str = ""
    reservations: str = ""
    levels: str = Levels.ANY
    several_codes: bool = True
    version: str = ""
    published: str = ""
    note: str = ""
    fields: frozenset[str] = field(default=frozenset(FIELDS), compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Entry:
    """A code as a file tells it, at a place that a person finds.

    `keys` are what the file may call it, the surest first, and `parent` what it calls the code above. `uid` is its
    own where the file gives one. `wrong` says why it cannot be used, if that is known already.
    """

    place: str
    said: Mapping[str, Any]
    keys: tuple[str, ...] = ()
    parent: str = ""
    uid: uuid.UUID | None = None
    wrong: str = ""

    @property
    def where(self) -> str:
        name = str(self.said.get("name") or "")[:60]
        return f"{self.place} “{name}”" if name else self.place


def codebook_of(version: Version) -> Codebook:
    """What the version says, ready to be written."""
    taxonomy = version.taxonomy
    return Codebook(
        name=taxonomy.name,
        codes=records(version),
        purpose=taxonomy.purpose,
        kind=taxonomy.kind,
        citation=taxonomy.citation,
        reservations=taxonomy.reservations,
        levels=version.levels,
        several_codes=version.several_codes,
        version="" if version.number is None else str(version.number),
        published=version.published_at.date().isoformat() if version.published_at else "",
        note=version.note,
    )


def assemble(head: Mapping[str, Any], entries: Sequence[Entry], remarks: Iterable[str] = ()) -> Codebook:
    """The codebook of these entries. Invalid with every place that cannot be used, and what to do there."""
    check_number(len(entries))
    problems: list[str] = []
    said_of_all = head_of(head, problems)
    codes = [code_of(entry, problems) for entry in entries]
    refuse(problems)
    placed = with_parents(entries, [code for code in codes if code], problems)
    refuse(problems)
    check_total(placed)
    refuse(problems_of(placed, [entry.place for entry in entries]))
    told = {name for entry in entries for name in entry.said}
    return Codebook(
        codes=in_reading_order(placed), fields=frozenset(told & set(FIELDS)), remarks=tuple(remarks), **said_of_all
    )


def check_number(found: int) -> None:
    if not found:
        raise Invalid("The file has no codes.")
    if found > MAX_CODES:
        raise Invalid(f"The file has {found} codes; a taxonomy has at most {MAX_CODES}.")


def check_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise Invalid("The file is larger than 2 MB. A codebook of 2,000 codes fits in that; split it.")


def check_total(codes: Iterable[CodeRecord]) -> None:
    """A packed file can hold far more than its size says."""
    if sum(len(getattr(code, name)) for code in codes for name in TEXTS) > MAX_BYTES:
        raise Invalid("The texts of the codes have together more than 2 million characters. Split the file.")


def refuse(problems: list[str]) -> None:
    if problems:
        raise Invalid(shortened(problems))


def head_of(head: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    """What is said of the whole, cleaned; what is not said is left to the defaults."""
    said: dict[str, Any] = {"name": ""} | {name: value for name, value in head.items() if value is not None}
    try:
        for name in ("name", *HEAD_TEXTS):
            if name in said:
                said[name] = clean_text(name, as_text(name, said[name]))
        said["name"] = " ".join(said["name"].split())
        check_head(said)
    except Invalid as error:
        problems += error.messages
    return said


def check_head(said: dict[str, Any]) -> None:
    if len(said["name"]) > LONGEST_NAME:
        raise Invalid(f"The taxonomy's name has {len(said['name'])} characters; it has at most {LONGEST_NAME}.")
    for name, choices in (("kind", Purpose), ("levels", Levels)):
        if name in said and said[name] not in choices.values:
            raise Invalid(f"“{name}” is {str(said[name])[:40]}. Use one of {', '.join(choices.values)}.")
    if "several_codes" in said:
        said["several_codes"] = as_yes_or_no("several_codes", said["several_codes"])


def code_of(entry: Entry, problems: list[str]) -> CodeRecord | None:
    """The code without its parent; None, and lines in `problems`, when it cannot be used."""
    try:
        if entry.wrong:
            raise Invalid(entry.wrong)
        said = cleaned({name: SHAPES.get(name, as_text)(name, value) for name, value in entry.said.items()})
        if "name" not in said:
            raise Invalid("A code needs a name.")
        return CodeRecord(uid=entry.uid or uuid.uuid4(), parent=None, **said)
    except Invalid as error:
        problems += [f"{entry.where}: {message}" for message in error.messages]
        return None


def as_text(name: str, value: Any) -> str:
    """One text; of a list of texts, one a line."""
    if isinstance(value, list) and name == "examples" and all(isinstance(line, str) for line in value):
        value = "\n".join(value)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"“{name}” must be a text.")
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    if control := next((sign for sign in text if not is_writable(sign)), None):
        raise Invalid(f"“{name}” holds the control character U+{ord(control):04X}. Take it out.")
    return text


def is_writable(sign: str) -> bool:
    """Whether XML, and so every format, can hold this character."""
    return sign in "\t\n" or " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign >= "\U00010000"


def writable(text: str) -> str:
    """The text as XML can hold it: texts of before control characters were refused may have some."""
    return "".join(sign if is_writable(sign) else "\ufffd" for sign in text)


def as_yes_or_no(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in YES | NO:
        return value.strip().lower() in YES
    raise Invalid(f"“{name}” must be true or false.")


def as_number(name: str, value: Any) -> int:
    if type(value) is int:
        return value
    if isinstance(value, str) and (value.strip().isdecimal() or not value.strip()):
        return int(value.strip()[:9] or 0)
    raise Invalid(f"“{name}” must be a number.")


SHAPES = {"selectable": as_yes_or_no, "colour": as_number}


def as_uuid(given: str) -> uuid.UUID | None:
    """The uid that a text is, with or without braces, in either case."""
    try:
        return uuid.UUID(given.strip())
    except ValueError:
        return None


def with_parents(entries: Sequence[Entry], codes: Sequence[CodeRecord], problems: list[str]) -> list[CodeRecord]:
    """The codes with the uids of their parents, found by key or by name."""
    keys = index((key, code) for entry, code in zip(entries, codes, strict=True) for key in entry.keys)
    names = index((code.name, code) for code in codes)
    placed = []
    for entry, code in zip(entries, codes, strict=True):
        if entry.keys and len(keys[same(entry.keys[0])]) > 1:
            problems.append(f"{entry.where}: “{entry.keys[0]}” stands for two codes. Give each its own.")
        called = same(entry.parent)
        found = keys.get(called) or names.get(called, [])
        if called and len(found) != 1:
            what = f"{len(found)} codes have that name" if found else "no code has that uid or name"
            problems.append(
                f"{entry.where}: its parent is “{entry.parent.strip()}”, but {what}. Name one code of this file."
            )
        placed.append(replace(code, parent=found[0]) if called and found else code)
    return placed


def index(named: Iterable[tuple[str, CodeRecord]]) -> dict[str, list[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = {}
    for name, code in named:
        found.setdefault(same(name), []).append(code.uid)
    return found


def same(name: str) -> str:
    """What two ways of writing a name have in common."""
    return " ".join(name.split()).casefold()


def numbers_of(codes: Iterable[CodeRecord]) -> dict[uuid.UUID, str]:
    """What a reader quotes, such as 2.1."""
    below: Counter[uuid.UUID | None] = Counter()
    numbers: dict[uuid.UUID, str] = {}
    for code in codes:
        below[code.parent] += 1
        above = f"{numbers[code.parent]}." if code.parent else ""
        numbers[code.uid] = f"{above}{below[code.parent]}"
    return numbers
