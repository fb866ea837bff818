"""What raters of other annotation programs chose from: Label Studio's labelling configuration and doccano's labels.

Label Studio's tags: labelstud.io/tags. Choices and Labels hold options (those of Choices may nest), Taxonomy a tree.
Where a configuration has several such tags each becomes a heading with its options below.
"""

import json
from typing import Any

from lxml import etree

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook, Entry, assemble
from taxonomy.exchange.markup import nearest_colour, parsed, tag
from taxonomy.models import Levels
from taxonomy.services.cleaning import FREE_KEYS

OPTIONS = {"Choice", "Label"}


def read_label_studio(content: bytes) -> Codebook:
    root = parsed(content)
    blocks = [element for element in root.iter() if is_block(element)]
    if not blocks:
        raise Invalid("The configuration has no <Choices>, <Taxonomy> or <Labels> with options in it.")
    remarks: list[str] = []
    entries = [entry for block in blocks for entry in entries_of(block, len(blocks) > 1, remarks)]
    leaves = any(block.get("leafsOnly") == "true" for block in blocks)
    several = len(blocks) > 1 or allows_several(blocks[0])
    head = {"several_codes": several, "levels": str(Levels.LEAVES if leaves else Levels.ANY)}
    return assemble(head, entries, sorted(set(remarks)))


def is_block(element: etree._Element) -> bool:
    return tag(element) not in OPTIONS and any(tag(child) in OPTIONS for child in element)


def allows_several(block: etree._Element) -> bool:
    """A Choices tag allows one option unless it says so; labels and taxonomies allow several."""
    return tag(block) != "Choices" or block.get("choice") == "multiple"


def entries_of(block: etree._Element, among_others: bool, remarks: list[str]) -> list[Entry]:
    group = block.get("name", "") if among_others and not allows_several(block) else ""
    options = [element for element in block.iter() if tag(element) in OPTIONS]
    entries = [entry_of(option, block, group, among_others, remarks) for option in options]
    if among_others:
        said = {"name": block.get("name") or tag(block), "selectable": False}
        entries.insert(0, Entry(f"Line {block.sourceline}", said, (path_of(block),)))
    return entries


def entry_of(option: etree._Element, block: etree._Element, group: str, heading: bool, remarks: list[str]) -> Entry:
    above = option.getparent()
    background = option.get("background", "")
    colour = nearest_colour(background)
    if background:
        remarks.append("Colours became the nearest of the seven here, or none where they are not of the form #RRGGBB.")
    alias = option.get("alias", "")
    said = {
        "name": option.get("value", ""),
        "definition": option.get("hint", ""),
        "notes": f"Alias in Label Studio: {alias}" if alias else "",
        "exclusive_group": group,
        "colour": colour,
        "key": free_key(option.get("hotkey", ""), remarks),
    }
    nested = above is not None and (above is not block or heading)
    return Entry(
        f"Line {option.sourceline}", said, (path_of(option),), path_of(above) if nested and above is not None else ""
    )


def path_of(element: etree._Element) -> str:
    return element.getroottree().getpath(element)


def free_key(key: str, remarks: list[str]) -> str:
    """The key where it is one of ours; others are keys of the coding screen, or none."""
    key = key.strip().lower()
    if len(key) == 1 and key in FREE_KEYS:
        return key
    if key:
        remarks.append(f"Keys that cannot be a code's here were left out; these can: {' '.join(FREE_KEYS)}.")
    return ""


def read_doccano(content: bytes) -> Codebook:
    try:
        labels = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is not JSON: {str(error)[:200]}. Export the labels anew.") from error
    if not isinstance(labels, list):
        raise Invalid("Labels of doccano are a list of objects with “text”.")
    remarks: list[str] = []
    entries = [label_of(f"Label {number}", label, remarks) for number, label in enumerate(labels, start=1)]
    return assemble({}, entries, sorted(set(remarks)))


def label_of(place: str, label: Any, remarks: list[str]) -> Entry:
    if not isinstance(label, dict):
        return Entry(place, {}, wrong="it must be an object with “text”.")
    prefix, key = (str(label.get(name) or "") for name in ("prefixKey", "suffixKey"))
    background = label.get("backgroundColor")
    if background:
        remarks.append("Colours became the nearest of the seven here.")
    said = {
        "name": label.get("text"),
        "colour": nearest_colour(str(background or "")),
        "key": free_key(f"{prefix} {key}" if prefix else key, remarks),
    }
    return Entry(place, said)
