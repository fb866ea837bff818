"""The texts of an issue that can be marked, now and earlier, and the plain texts in which offsets of marks count.
Rendered on first need."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from corpus.anchors import plain_title
from corpus.models import Issue, Part, Text
from corpus.queries import comments_of
from corpus.services.renderings import renderings_of
from corpus.services.revisions import sha256


class Source(NamedTuple):
    """A place of an issue that holds text: its title, its body, or one of its comments."""

    part: Part
    comment: int | None = None


Texts = dict[tuple[Source, str], str]


def current_texts(issue: Issue, sources: Collection[Source]) -> Texts:
    """Of these places, the Markdown that stands there now, by place and SHA-256."""
    found = {(Source(Part.TITLE), sha256(issue.title)): issue.title}
    if Source(Part.BODY) in sources:
        found[Source(Part.BODY), issue.body_id] = issue.body.markdown
    wanted = {source.comment for source in sources if source.comment}
    rows = issue.comments.filter(pk__in=wanted).values_list("pk", "text", "text__markdown") if wanted else ()
    return found | {(Source(Part.COMMENT, pk), text): markdown for pk, text, markdown in rows}


def earlier_texts(issue: Issue) -> Texts:
    """What earlier imports brought, by place and SHA-256."""
    rows = issue.revisions.values_list("part", "comment", "text", "text__markdown")
    return {(Source(Part(part), comment), text): markdown for part, comment, text, markdown in rows}


def texts_to_mark(issue: Issue) -> list[dict[str, Any]]:
    """Title, body and comments as they stand now: place, SHA-256 and plain text."""
    comments = [Source(Part.COMMENT, pk) for pk in comments_of(issue).values_list("pk", flat=True)]
    sources = [Source(Part.TITLE), Source(Part.BODY), *comments]
    texts = {source: (text, markdown) for (source, text), markdown in current_texts(issue, sources).items()}
    plain = plain_texts({(source.part, text): markdown for source, (text, markdown) in texts.items()})
    return [
        {**source._asdict(), "text": texts[source][0], "plain": plain[source.part, texts[source][0]]}
        for source in sources
    ]


def plain_texts(texts: Mapping[tuple[Part, str], str]) -> dict[tuple[Part, str], str]:
    """The plain text of each Markdown, by part and SHA-256."""
    rendered = [Text(sha256=text, markdown=markdown) for (part, text), markdown in texts.items() if part != Part.TITLE]
    found = renderings_of(rendered)
    return {
        (part, text): plain_title(markdown) if part == Part.TITLE else found[text].plain
        for (part, text), markdown in texts.items()
    }
