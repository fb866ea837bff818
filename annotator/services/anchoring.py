"""Marks as they stand in the texts of today: where they were, else where the same words stand now, else detached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.models import Evidence
from annotator.services.marks import Mark, source_of
from annotator.services.plain_texts import Source, current_texts, earlier_texts, plain_texts
from corpus.anchors import Quote, found_again, quoted
from corpus.models import Issue, Part


@dataclass(frozen=True)
class PlainText:
    """What stands at a place of an issue now: the revision, and the plain text in which offsets count."""

    text: str
    plain: str


def shown_texts(issue: Issue, sources: Iterable[Source]) -> dict[Source, PlainText]:
    wanted = set(sources)
    texts = {key: markdown for key, markdown in current_texts(issue, wanted).items() if key[0] in wanted}
    plain = plain_texts({(source.part, text): markdown for (source, text), markdown in texts.items()})
    return {source: PlainText(text, plain[source.part, text]) for source, text in texts}


def marks_as_shown(issue: Issue, marks: Sequence[Mark]) -> list[Mark]:
    """The marks of a draft or a coding, moved to where their words stand in the texts of today. Those whose words are
    gone stay as they are, of a text that is not shown."""
    if not marks:
        return []
    now = shown_texts(issue, map(source_of, marks))
    changed = any(mark["text"] != now[source_of(mark)].text for mark in marks if source_of(mark) in now)
    before = earlier_texts(issue) if changed else {}
    return [as_shown(mark, now.get(source_of(mark)), before.get((source_of(mark), mark["text"]))) for mark in marks]


def as_shown(mark: Mark, now: PlainText | None, markdown: str | None) -> Mark:
    if now is None or stands(mark, now):
        return mark
    place = found_again(quote_of(mark, markdown), now.plain)
    return {**mark, "text": now.text, "start": place[0], "end": place[1]} if place else mark


def stands(mark: Mark, now: PlainText) -> bool:
    return bool(mark["text"] == now.text and now.plain[mark["start"] : mark["end"]] == mark["exact"])


def quote_of(mark: Mark, markdown: str | None) -> Quote:
    """The quote with what stood around it in the text that it was marked in, where that is known."""
    start, end, exact = mark["start"], mark["end"], mark["exact"]
    if markdown is not None:
        key = source_of(mark).part, mark["text"]
        plain = plain_texts({key: markdown})[key]
        if exact and plain[start:end] == exact:
            return quoted(plain, start, end)
    return Quote(start, end, exact, "", "")


def place_now(row: Evidence, now: PlainText | None) -> tuple[int, int] | None:
    """Where the passage stands now; None where its words are gone."""
    quote = Quote(row.start, row.end, row.exact, row.prefix, row.suffix)
    return found_again(quote, now.plain) if now else None


def source_of_row(row: Evidence) -> Source:
    return Source(Part(row.part), row.comment_id)
