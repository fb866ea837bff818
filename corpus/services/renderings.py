"""Renderings: made on first need and kept, by content and renderer."""

from collections.abc import Iterable

from corpus.markdown import RENDERER, render
from corpus.models import Rendering, Text


def renderings_of(texts: Iterable[Text]) -> dict[str, Rendering]:
    """Renderings by the text's SHA-256, for many texts in at most two queries.

    Rendering happens outside any transaction of ours; two people who need the same text at once both render it,
    and one of the rows is kept.
    """
    wanted = {text.pk: text for text in texts}
    found = {row.text_id: row for row in Rendering.objects.filter(text__in=wanted, renderer=RENDERER)}
    made = {key: make(wanted[key]) for key in wanted.keys() - found.keys()}
    if made:
        Rendering.objects.bulk_create(made.values(), ignore_conflicts=True, batch_size=500)
    return found | made


def make(text: Text) -> Rendering:
    rendered = render(text.markdown)
    return Rendering(text=text, renderer=RENDERER, html=rendered.html, plain=rendered.plain)
