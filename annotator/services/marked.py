"""An issue with what everybody marked in it. For pages of closed rounds, on which all codings may be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from annotator.models import Evidence
from annotator.queries.codings import evidence_of
from annotator.queries.disagreements import Case
from annotator.services.anchoring import place_now, shown_texts, source_of_row
from annotator.services.plain_texts import Source
from annotator.services.reading import ReadComment, Reading, reading_of
from corpus.marking import Span, marked
from corpus.models import Part
from studies.models import Membership

COLOURS = 7


@dataclass(frozen=True)
class Quoted:
    """A passage, the codes it is for, and where its words stand now: None where they are gone."""

    row: Evidence
    place: tuple[int, int] | None

    @property
    def supports(self) -> str:
        tied = [str(each.name) for each in (*self.row.codes.all(), *self.row.proposals.all())]
        return ", ".join(tied) or "the issue as a whole"


@dataclass(frozen=True)
class Marked:
    """The issue, and the quotes of each rater in the order of the case."""

    reading: Reading
    quotes: list[list[Quoted]]

    @property
    def has_quotes(self) -> bool:
        return any(self.quotes)


def marked_issue(case: Case) -> Marked:
    """The issue as it stands now, every rater's passages in the rater's colour with the initial behind them."""
    issue = case.round_issue.issue
    rows = evidence_of(case.codings)
    now = shown_texts(issue, {source_of_row(row) for each in rows.values() for row in each})
    quotes = [
        [Quoted(row, place_now(row, now.get(source_of_row(row)))) for row in rows[coding.pk]] if coding else []
        for _, coding in case.raters
    ]
    spans: dict[Source, list[Span]] = {}
    for number, ((member, _), given) in enumerate(zip(case.raters, quotes, strict=True), start=1):
        for quoted in given:
            if quoted.place:
                spans.setdefault(source_of_row(quoted.row), []).append(span_of(quoted, member, number))
    return Marked(with_spans(reading_of(issue), spans), quotes)


def span_of(quoted: Quoted, member: Membership, number: int) -> Span:
    """Without the space at its end: behind the last cell of a row no note can stand."""
    assert quoted.place is not None  # noqa: S101 (asked by the caller)
    colour, name = number if number <= COLOURS else 0, str(member.user)
    note = format_html(
        '<span class="initial colour-{}" id="quote-{}" title="{}: {}">{}<span class="visually-hidden">{}</span></span>',
        colour, quoted.row.pk, name, quoted.supports, name[:1].upper(), f" {name} marked this for {quoted.supports}. ",
    )  # fmt: skip
    return Span(quoted.place[0], quoted.place[0] + len(quoted.row.exact.rstrip()), colour, note)


def with_spans(reading: Reading, spans: Mapping[Source, Sequence[Span]]) -> Reading:
    def drawn(html: str, source: Source) -> SafeString:
        return mark_safe(marked(html, spans.get(source, ())))  # noqa: S308 (sanitised or escaped, and notes are safe)

    def read(each: ReadComment) -> ReadComment:
        html = drawn(each.shown.html, Source(Part.COMMENT, each.comment.pk))
        return replace(each, shown=replace(each.shown, html=html))

    return replace(
        reading,
        title=drawn(escape(reading.issue.title), Source(Part.TITLE)),
        shown=replace(reading.shown, html=drawn(reading.shown.html, Source(Part.BODY))),
        comments=[read(each) for each in reading.comments],
    )
