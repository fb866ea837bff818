"""A published version for anyone who has its link: the codebook, and nothing else of the study."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studies.errors import NotThere
from taxonomy.exchange.kinds import KINDS, written
from taxonomy.exchange.printed import Book, book_of
from taxonomy.queries import get_public_link


def public_book(key: str) -> Book:
    """Without what is written for raters alone; with counts where the lead said so."""
    link = get_public_link(key)
    return book_of(link.version, inside=False, with_counts=link.with_counts, with_notes=False)


def unlisted(response: HttpResponse) -> HttpResponse:
    """Search engines that come across the link leave it out."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@login_not_required
@never_cache
@require_safe
def public_codebook(request: HttpRequest, key: str) -> HttpResponse:
    try:
        book = public_book(key)
    except NotThere as error:
        return unlisted(render(request, "taxonomy/public_gone.html", {"reason": str(error)}, status=404))
    kinds = [(kind, label) for kind, (label, _, _) in KINDS.items()]
    shown = {"book": book, "version": book.version, "taxonomy": book.version.taxonomy, "key": key, "kinds": kinds}
    return unlisted(render(request, "taxonomy/public.html", shown))


@login_not_required
@never_cache
@require_safe
def public_codebook_file(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    content, content_type = written(public_book(key), kind)
    return unlisted(HttpResponse(content, content_type=content_type))
