"""XML from strangers: no document type, no entities, nothing fetched. And the seven colours, as formats with RGB
have them."""

import re

from lxml import etree

from studies.errors import Invalid

# The light theme's --category-1 to -7 in static/css/tokens.css.
PALETTE = ("#25768e", "#d56f62", "#737311", "#7c78ec", "#279e97", "#b93e6a", "#ae57ba")
RGB = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")


def parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Invalid(
            f"Line {line}, column {column}: this is not XML ({error.msg}). Correct it and try again."
        ) from error
    except ValueError as error:
        raise Invalid(f"This is not XML ({error}). Correct it and try again.") from error
    if doctype_of(root):
        raise Invalid("The file declares a document type (<!DOCTYPE …>). Take that line out and try again.")
    return root


def doctype_of(root: etree._Element) -> str:
    doctype: str = root.getroottree().docinfo.doctype  # type: ignore[attr-defined]  # lxml-stubs do not know it
    return doctype


def tag(element: etree._Element) -> str:
    """The local name: programs differ in the namespaces that they write."""
    return etree.QName(element).localname


def nearest_colour(rgb: str) -> int:
    """The number of our colour that is nearest, 0 when the text is no colour of the form #RGB or #RRGGBB."""
    if not RGB.fullmatch(rgb.strip()):
        return 0
    wanted = channels(rgb.strip())
    distances = [sum((a - b) ** 2 for a, b in zip(channels(ours), wanted, strict=True)) for ours in PALETTE]
    return distances.index(min(distances)) + 1


def channels(rgb: str) -> list[int]:
    digits = rgb[1:] if len(rgb) == 7 else "".join(digit * 2 for digit in rgb[1:])
    return [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
