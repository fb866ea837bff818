"""What is said of a code, in the shape in which it is kept. Invalid, by field, with the remedy."""

from collections.abc import Callable, Mapping
from typing import Any

from studies.errors import Invalid
from taxonomy.queries import COLOURS

LONGEST_NAME = 200
LONGEST_GROUP = 60
FREE_KEYS = "abcdghilopqrtvwxyz"  # the other letters are keys of the coding screen: docs/interface.md


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a code's fields, each as it is kept."""
    return {field: CLEAN.get(field, clean_text)(field, value) for field, value in values.items()}


def clean_name(name: str, what: str) -> str:
    """In one line, without spaces around it."""
    name = in_one_line("name", name)
    if not name:
        raise Invalid({"name": f"{what} needs a name."})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}."})
    return name


def clean_text(field: str, text: str) -> str:
    """Line ends as one character. Invalid for characters that the database cannot keep."""
    text = text.replace("\r\n", "\n").strip()
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid({field: "This text holds a character that is no text. Type it anew."})
    return text


def in_one_line(field: str, text: str) -> str:
    return clean_text(field, " ".join(text.split()))


def clean_group(field: str, group: str) -> str:
    group = in_one_line(field, group)
    if len(group) > LONGEST_GROUP:
        raise Invalid({field: f"A group's name has at most {LONGEST_GROUP} characters; this one has {len(group)}."})
    return group


def clean_colour(field: str, colour: int) -> int:
    if not 0 <= colour <= COLOURS:
        raise Invalid({field: f"A colour is 1 to {COLOURS}, or 0 for the one of its place."})
    return colour


def clean_key(field: str, key: str) -> str:
    key = in_one_line(field, key).lower()
    if len(key) > 1 or key not in FREE_KEYS:
        raise Invalid({field: f"“{key[:20]}” cannot be a code's key. Choose one of {' '.join(FREE_KEYS)}."})
    return key


CLEAN: dict[str, Callable[[str, Any], Any]] = {
    "name": lambda _, name: clean_name(name, "A code"),
    "exclusive_group": clean_group,
    "colour": clean_colour,
    "key": clean_key,
    "selectable": lambda _, selectable: selectable,
}
