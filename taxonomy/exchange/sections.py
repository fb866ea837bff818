"""Several texts in one: what a format with a single description writes there, and finds again.

Each text but the first stands below a line “▸ Use when” and the like. A line of a text that begins with the sign gets
it doubled, so that no text is ever taken for a heading.
"""

from collections.abc import Mapping

SIGN = "▸"


def joined(first: str, sections: Mapping[str, str]) -> str:
    """The first text, and the others that say anything, below their headings."""
    parts = [escaped(first)] if first else []
    for heading, text in sections.items():
        if text:
            parts.append(f"{SIGN} {heading}\n{escaped(text)}")
    return "\n".join(parts)


def escaped(text: str) -> str:
    return "\n".join(SIGN + line if line.startswith(SIGN) else line for line in text.split("\n"))


def parted(text: str) -> dict[str, str]:
    """The texts by their headings, the first under ""."""
    found: dict[str, list[str]] = {"": []}
    heading = ""
    for line in text.split("\n"):
        if line.startswith(f"{SIGN} "):
            heading = line.removeprefix(f"{SIGN} ")
            found[heading] = []
        else:
            found[heading].append(line.removeprefix(SIGN))
    return {heading: "\n".join(lines) for heading, lines in found.items()}
