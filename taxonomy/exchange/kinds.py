"""The files that a codebook can be had as."""

from collections.abc import Callable

from studies.errors import NotThere
from taxonomy.exchange.latex import latex
from taxonomy.exchange.markdown import markdown
from taxonomy.exchange.plain import plain
from taxonomy.exchange.printed import Book

KINDS: dict[str, tuple[str, str, Callable[[Book], str]]] = {
    "md": ("Markdown", "text/markdown; charset=utf-8", markdown),
    "tex": ("LaTeX table", "application/x-tex; charset=utf-8", latex),
    "json": ("JSON", "application/json", plain),
}


def written(book: Book, kind: str) -> tuple[str, str]:
    """The content and its type. NotThere for another kind."""
    if kind not in KINDS:
        raise NotThere("A codebook can be had as md, tex or json.")
    _, content_type, write = KINDS[kind]
    return write(book), content_type
