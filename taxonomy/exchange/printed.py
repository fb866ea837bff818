"""A version as it is read and printed: page, Markdown and LaTeX are made of the same entries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from taxonomy.history import changes_between, changes_of_draft, predecessor
from taxonomy.models import Levels, Version
from taxonomy.queries import Node, tree
from taxonomy.telling import Group, grouped
from taxonomy.usage import Usage, Use, addresses_of, usage_of

# At the end of a line: the key of an issue, or an address.
REFERENCE = re.compile(
    r"(?:^|\s)(?P<open>[(\[])?(?:(?P<key>[\w.-]+/[\w.-]+#\d{1,9})|(?P<url>https?://\S+?))(?(open)[)\]])\.?$"
)
CHOSEN = {
    Levels.ANY: "Codes of every level may be chosen",
    Levels.LEAVES: "Only codes with nothing below them may be chosen",
    Levels.TOP: "Only top categories may be chosen",
}


@dataclass(frozen=True)
class Example:
    """`source` is what the link is called, `url` where it leads; both empty where a line names no issue."""

    text: str
    source: str = ""
    url: str = ""


@dataclass(frozen=True)
class Entry:
    """A code with all that is said of it. `choice` tells what keeps it from being chosen freely, if anything."""

    node: Node
    examples: tuple[Example, ...]
    choice: tuple[str, ...]
    use: Use | None

    @property
    def name(self) -> str:
        return self.node.code.name

    @property
    def anchor(self) -> str:
        return f"code-{self.node.number}"

    @property
    def rules(self) -> list[tuple[str, str]]:
        """The texts that are there, each with its heading."""
        code = self.node.code
        texts = [("Use when", code.use_when), ("Not when", code.avoid_when)]
        return [(heading, text) for heading, text in texts if text]


@dataclass(frozen=True)
class Book:
    """`rule` says what may be chosen in the whole version; `usage` is None where nothing is counted; `since` is the
    number of the version before, None for the first."""

    version: Version
    entries: tuple[Entry, ...]
    usage: Usage | None
    with_notes: bool
    since: int | None
    changes: tuple[Group, ...]

    @property
    def title(self) -> str:
        return str(self.version)

    @property
    def rule(self) -> str:
        several = "several codes an issue" if self.version.several_codes else "one code an issue"
        return f"{CHOSEN[Levels(self.version.levels)]}, {several}."

    @property
    def counted(self) -> str:
        """What the counts are of, as a sentence; empty where nothing is counted."""
        if self.usage is None:
            return ""
        rounds = "round " if len(self.usage.rounds) == 1 else "rounds "
        return (
            f"Counts are of closed {rounds}{', '.join(map(str, self.usage.rounds))}: {self.usage.codings:,} codings, "
            f"{self.usage.issues:,} labelled issues. A code is counted where it was given itself, not one below it."
        )

    @property
    def citation(self) -> str:
        """One line by which a paper can name this text; empty for a draft, which can still change."""
        if self.version.published_at is None:
            return ""
        date = f"{self.version.published_at:%-d %b %Y}"
        return f"{self.title}. Codebook, published {date}. SHA-256 {self.version.content_hash}."


def book_of(version: Version, *, inside: bool = True, with_counts: bool = True, with_notes: bool = True) -> Book:
    """`inside`: links lead to the study's own pages, which only members open; else to where issues came from."""
    nodes = tree(version)
    usage = usage_of(version) if with_counts else None
    groups = groups_in(nodes)
    entries = tuple(
        Entry(
            node,
            tuple(map(example, node.code.examples.splitlines())),
            tuple(choice(version, node, groups)),
            usage.of(node.code.uid) if usage else None,
        )
        for node in nodes
    )
    return Book(version, linked(version, entries, inside), usage, with_notes, *changes(version))


def changes(version: Version) -> tuple[int | None, tuple[Group, ...]]:
    """The number of the version before, and what was done to it to make this one."""
    before = predecessor(version)
    if before is None:
        return None, ()
    found = changes_of_draft(version) if version.is_draft else changes_between(before, version)
    return before.number, tuple(grouped(found.changes, found.names))


def example(line: str) -> Example:
    found = REFERENCE.search(line.strip())
    if found is None:
        return Example(line.strip())
    return Example(line.strip()[: found.start()].rstrip(" –—-:"), found["key"] or found["url"], found["url"] or "")


def linked(version: Version, entries: tuple[Entry, ...], inside: bool) -> tuple[Entry, ...]:
    """The same entries with an address for each key of an issue; GitHub's where the study does not have the issue."""
    keys = {each.source for entry in entries for each in entry.examples if each.source and not each.url}
    known = addresses_of(version.taxonomy.study, keys)

    def address(key: str) -> str:
        if found := known.get(key.lower()):
            return found.page if inside else found.source
        return "https://github.com/{}/issues/{}".format(*key.split("#"))

    def with_address(each: Example) -> Example:
        return replace(each, url=each.url or (address(each.source) if each.source else ""))

    return tuple(replace(entry, examples=tuple(map(with_address, entry.examples))) for entry in entries)


def groups_in(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        if node.code.exclusive_group:
            groups.setdefault(node.code.exclusive_group, []).append(node)
    return groups


def choice(version: Version, node: Node, groups: dict[str, list[Node]]) -> Iterable[str]:
    if not node.code.selectable:
        yield "Not chosen itself: it holds others together."
    elif version.levels == Levels.LEAVES and node.has_children:
        yield "Not chosen itself: one of the codes below it is."
    elif version.levels == Levels.TOP and node.depth:
        yield "Not chosen itself: its top category is."
    if group := node.code.exclusive_group:
        others = ", ".join(f"{other.number} {other.code}" for other in groups[group] if other != node)
        yield f"Of the group “{group}” one at most is chosen{f'; the others are {others}' if others else ''}."
