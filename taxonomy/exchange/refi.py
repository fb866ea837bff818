"""REFI-QDA codebooks (.qdc), as NVivo, ATLAS.ti, MAXQDA and others read and write them.

Standard: REFI-QDA 1.5 (2019), section 5.2, www.qdasoftware.org. The format has a name, a description, a colour and
“codable” for a code. In files of our own everything else stands in the description below headings, and the taxonomy's
in that of one set of all codes; in files of others the whole description is the definition.
"""

import uuid
from typing import Any

from lxml import etree

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook, Entry, as_uuid, assemble, writable
from taxonomy.exchange.documents import DEFAULTS, HEAD
from taxonomy.exchange.markup import PALETTE, nearest_colour, parsed, tag
from taxonomy.exchange.sections import joined, parted
from taxonomy.queries import CodeRecord

ORIGIN = "Intercoder"
NAMESPACE = "urn:QDA-XML:codebook:1.0"
HEADINGS = {
    "use_when": "Use when", "avoid_when": "Not when", "examples": "Examples", "notes": "Notes for raters",
    "exclusive_group": "One of this group at most", "key": "Key",
}  # fmt: skip
IN_HEAD = {name: name.replace("_", " ").capitalize() for name in HEAD if name not in ("name", "purpose")}


def read_codebook(content: bytes) -> Codebook:
    root = parsed(content)
    book = root if tag(root) == "CodeBook" else next((child for child in root if tag(child) == "CodeBook"), None)
    if book is None:
        raise Invalid(f"The file begins with <{tag(root)}>, not with <CodeBook>. Export the codebook as .qdc.")
    ours = (book.get("origin") or "").startswith(ORIGIN)
    remarks: list[str] = []
    if etree.QName(root).namespace != NAMESPACE:
        remarks.append("The file is not in the namespace of REFI-QDA codebooks; it was read all the same.")
    codes = [code for part in children(book, "Codes") for code in part.iter() if tag(code) == "Code"]
    entries = [entry_of(code, ours) for code in codes]
    sets = [group for part in children(book, "Sets") for group in children(part, "Set")]
    head = head_in(sets.pop(0)) if ours and sets else {}
    return assemble(head, entries, remarks + remarks_on(codes, sets))


def children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if tag(child) == name]


def description(element: etree._Element) -> str:
    found = children(element, "Description")
    return "".join(map(str, found[0].itertext())).strip() if found else ""


def entry_of(code: etree._Element, ours: bool) -> Entry:
    above = code.getparent()
    said: dict[str, Any] = {"name": code.get("name", ""), "selectable": code.get("isCodable") or "true"}
    said["colour"] = nearest_colour(code.get("color", ""))
    parts = parted(description(code)) if ours else {"": description(code)}
    said["definition"] = parts[""]
    if ours:
        said |= {field: parts.get(heading, "") for field, heading in HEADINGS.items()}
    return Entry(
        place=f"Line {code.sourceline}",
        said=said,
        keys=(key_of(code),),
        parent=key_of(above) if above is not None and tag(above) == "Code" else "",
        uid=as_uuid(code.get("guid", "")),
    )


def key_of(code: etree._Element) -> str:
    """What a code is called inside its file: its GUID in one form, else its place there."""
    return str(as_uuid(code.get("guid", "")) or code.getroottree().getpath(code))


def head_in(group: etree._Element) -> dict[str, Any]:
    parts = parted(description(group))
    told = {name: parts[heading] for name, heading in IN_HEAD.items() if heading in parts}
    return {"name": group.get("name"), "purpose": parts[""], **told}


def remarks_on(codes: list[etree._Element], sets: list[etree._Element]) -> list[str]:
    """What was assumed, and what had no place here."""
    remarks = []
    if without := sum(code.get("isCodable") is None for code in codes):
        remarks.append(f"{without} codes do not say whether they may be applied (isCodable); they may.")
    given = {(code.get("color") or "").lower() for code in codes} - {""}
    if given - set(PALETTE):
        remarks.append("Colours became the nearest of the seven here.")
    remarks += [f"Left out: the set “{group.get('name', '')[:60]}”; there are no sets of codes here." for group in sets]
    if any("::" in code.get("name", "") for code in codes):
        remarks.append("Names hold “::”, which some programs write for a level. They were kept as they are.")
    return remarks


def write_codebook(book: Codebook) -> bytes:
    if not book.codes:
        raise Invalid("A REFI-QDA codebook has at least one code, and this taxonomy has none yet.")
    nsmap: dict[Any, str] = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap=nsmap, origin=ORIGIN)
    top = child_of(root, "Codes")
    made: dict[uuid.UUID | None, etree._Element] = {None: top}
    for code in book.codes:
        made[code.uid] = code_below(made[code.parent], code)
    write_head(root, book)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return content


def child_of(element: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(
        element, f"{{{NAMESPACE}}}{name}", {key: writable(text) for key, text in attributes.items()}
    )


def code_below(above: etree._Element, code: CodeRecord) -> etree._Element:
    element = child_of(
        above, "Code", guid=str(code.uid), name=code.name, isCodable="true" if code.selectable else "false"
    )
    if code.colour:
        element.set("color", PALETTE[code.colour - 1])
    describe(element, joined(code.definition, {heading: getattr(code, field) for field, heading in HEADINGS.items()}))
    return element


def describe(element: etree._Element, text: str) -> None:
    if text:
        child_of(element, "Description").text = writable(text)


def write_head(root: etree._Element, book: Codebook) -> None:
    group = child_of(child_of(root, "Sets"), "Set", guid=str(uuid.uuid5(book.codes[0].uid, book.name)), name=book.name)
    head = {name: getattr(book, name) for name in IN_HEAD}
    told = {IN_HEAD[name]: str(value) for name, value in head.items() if value != DEFAULTS[name]}
    describe(group, joined(book.purpose, told))
    for code in book.codes:
        child_of(group, "MemberCode", guid=str(code.uid))
