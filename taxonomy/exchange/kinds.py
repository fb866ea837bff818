"""The files that a codebook can be had as."""

from collections.abc import Callable
from dataclasses import replace

from studies.errors import NotThere
from taxonomy.exchange.codebook import codebook_of
from taxonomy.exchange.formats import write
from taxonomy.exchange.latex import latex
from taxonomy.exchange.markdown import markdown
from taxonomy.exchange.printed import Book


def document(book: Book) -> str:
    """As docs/taxonomy-files.md describes it; without the notes for raters where the book has none."""
    told = codebook_of(book.version)
    codes = told.codes if book.with_notes else [replace(code, notes="") for code in told.codes]
    return write(replace(told, codes=codes), "json").decode()


KINDS: dict[str, tuple[str, str, Callable[[Book], str]]] = {
    "md": ("Markdown", "text/markdown; charset=utf-8", markdown),
    "tex": ("LaTeX table", "application/x-tex; charset=utf-8", latex),
    "json": ("JSON", "application/json", document),
}


def written(book: Book, kind: str) -> tuple[str, str]:
    """The content and its type. NotThere for another kind."""
    if kind not in KINDS:
        raise NotThere("A codebook can be had as md, tex or json.")
    _, content_type, write_book = KINDS[kind]
    return write_book(book), content_type
