"""A version to read and print, as files, and its public link."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from studies.errors import Conflict, NotThere
from studies.permissions import Access, Permission, open_study
from taxonomy.exchange.kinds import KINDS, written
from taxonomy.exchange.printed import Book, book_of
from taxonomy.models import Version
from taxonomy.queries import find_draft, find_link, get_draft, get_taxonomy, get_version, versions_of
from taxonomy.services.links import end_link, open_link


def open_version(
    request: HttpRequest, slug: str, taxonomy_id: int, number: int, permission: Permission = Permission.VIEW_STUDY
) -> tuple[Access, Version]:
    access = open_study(request, slug, permission)
    return access, get_version(get_taxonomy(access.study, taxonomy_id), number)


@require_safe
def taxonomy_version(request: HttpRequest, slug: str, taxonomy_id: int, number: int) -> HttpResponse:
    access, version = open_version(request, slug, taxonomy_id, number)
    may_edit = access.may(Permission.EDIT_TAXONOMY)
    link = find_link(version) if may_edit else None
    address = reverse("public_codebook", args=[link.key]) if link else ""
    shown = {
        "draft": find_draft(version.taxonomy),
        "kinds": [(kind, label) for kind, (label, _, _) in KINDS.items()],
        "link": link,
        "public_address": request.build_absolute_uri(address) if address else "",
    }
    return show(request, book_of(version), may_edit, **shown)


@require_safe
def draft_codebook(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    """What the draft would look like published."""
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    draft = get_draft(get_taxonomy(access.study, taxonomy_id))
    return show(request, book_of(draft, with_counts=False), may_edit=True, draft=draft)


def show(request: HttpRequest, book: Book, may_edit: bool, **more: Any) -> HttpResponse:
    taxonomy = book.version.taxonomy
    shown = {"book": book, "version": book.version, "taxonomy": taxonomy, "may_edit": may_edit}
    return render(request, "taxonomy/version.html", shown | {"versions": versions_of(taxonomy)} | more)


@require_safe
def codebook_file(request: HttpRequest, slug: str, taxonomy_id: int, number: int, kind: str) -> HttpResponse:
    _, version = open_version(request, slug, taxonomy_id, number)
    return as_file(book_of(version, inside=False), kind)


def as_file(book: Book, kind: str) -> HttpResponse:
    content, content_type = written(book, kind)
    name = f"{slugify(book.version.taxonomy.name) or 'codebook'}-{book.version.number}.{kind}"
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{quote(name)}"'
    return response


@require_POST
def link_open(request: HttpRequest, slug: str, taxonomy_id: int, number: int) -> HttpResponse:
    access, version = open_version(request, slug, taxonomy_id, number, Permission.EDIT_TAXONOMY)
    try:
        open_link(version=version, with_counts="with_counts" in request.POST, by=access.user)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Whoever has the link can read this version now.")
    return redirect("taxonomy_version", slug, taxonomy_id, number)


@require_POST
def link_end(request: HttpRequest, slug: str, taxonomy_id: int, number: int) -> HttpResponse:
    access, version = open_version(request, slug, taxonomy_id, number, Permission.EDIT_TAXONOMY)
    try:
        end_link(version=version, by=access.user)
    except NotThere as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The public link is switched off; its address leads nowhere now.")
    return redirect("taxonomy_version", slug, taxonomy_id, number)
