"""A version as Markdown. What people typed is text: nothing in it becomes markup."""

import re
from collections.abc import Iterator

from taxonomy.exchange.printed import Book, Entry, Example

# Signs that mean something anywhere in a line, as CommonMark has them; & for entities, | for tables, ~ for GitHub's.
SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")
# What begins a list, a rule or an underlined heading, at the beginning of a line alone.
BULLET = re.compile(r"^(\s*)([-+=])", re.MULTILINE)
NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])", re.MULTILINE)


def escaped(text: str) -> str:
    """The text so that a reader of Markdown shows it as it was typed; line ends stay line ends."""
    text = SIGNS.sub(r"\\\1", text)
    text = BULLET.sub(r"\1\\\2", text)
    text = NUMBERED.sub(r"\1\\\2", text)
    lines = [line.strip() for line in text.splitlines()]
    return "  \n".join(line if line else "\u00a0" for line in lines)


def in_line(text: str) -> str:
    return escaped(" ".join(text.split()))


def markdown(book: Book) -> str:
    return "\n\n".join(part for part in parts(book) if part) + "\n"


def parts(book: Book) -> Iterator[str]:
    version = book.version
    yield f"# {in_line(book.title)}"
    yield escaped(version.taxonomy.purpose)
    yield escaped(version.note)
    yield in_line(book.citation) if book.citation else "A draft: it can still change."
    yield f"{book.rule} {book.counted}".strip()
    if book.changes:
        yield f"## Changes since version {book.since}"
        yield "\n".join(
            f"- {group.label}: {in_line(told.sentence)}" for group in book.changes for told in group.entries
        )
    for entry in book.entries:
        yield from section(entry, book.with_notes)


def section(entry: Entry, with_notes: bool) -> Iterator[str]:
    code = entry.node.code
    yield f"{'#' * (entry.node.depth + 2)} {entry.node.number} {in_line(code.name)}"
    yield escaped(code.definition) if code.definition else "*No definition.*"
    for heading, text in entry.rules:
        yield f"**{heading}.** {escaped(text)}"
    if entry.examples:
        yield "**Examples**\n\n" + "\n".join(f"- {shown(each)}" for each in entry.examples)
    if with_notes and code.notes:
        yield f"**Notes for raters.** {escaped(code.notes)}"
    yield in_line(" ".join(entry.choice))
    if entry.use:
        yield f"Codings: {entry.use.codings:,}. Issues: {entry.use.issues:,}."


def shown(example: Example) -> str:
    link = f"[{in_line(example.source)}](<{address(example.url)}>)" if example.url else ""
    return " ".join(part for part in (in_line(example.text), link) if part)


def address(url: str) -> str:
    """For a destination between angle brackets, which ends at > and is broken by a line end."""
    return url.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")
