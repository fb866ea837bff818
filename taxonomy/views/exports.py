"""A version, or the draft, as a file: which formats there are, and the files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from studies.errors import Invalid
from studies.permissions import Access, Permission, open_study
from taxonomy.exchange.codebook import codebook_of
from taxonomy.exchange.formats import file_name, get_writable, writable, write
from taxonomy.models import Version
from taxonomy.queries import get_draft, get_taxonomy, get_version


def open_version(request: HttpRequest, slug: str, taxonomy_id: int, number: int) -> Version:
    access = open_study(request, slug)
    return get_version(get_taxonomy(access.study, taxonomy_id), number)


def open_draft(request: HttpRequest, slug: str, taxonomy_id: int) -> Version:
    access: Access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    return get_draft(get_taxonomy(access.study, taxonomy_id))


@require_safe
def version_export(request: HttpRequest, slug: str, taxonomy_id: int, number: int) -> HttpResponse:
    return formats_page(request, open_version(request, slug, taxonomy_id, number))


@require_safe
def draft_export(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    return formats_page(request, open_draft(request, slug, taxonomy_id))


@require_safe
def version_file(request: HttpRequest, slug: str, taxonomy_id: int, number: int, form: str) -> HttpResponse:
    return file_of(request, open_version(request, slug, taxonomy_id, number), form)


@require_safe
def draft_file(request: HttpRequest, slug: str, taxonomy_id: int, form: str) -> HttpResponse:
    return file_of(request, open_draft(request, slug, taxonomy_id), form)


def formats_page(request: HttpRequest, version: Version) -> HttpResponse:
    shown = {"version": version, "taxonomy": version.taxonomy, "formats": writable()}
    return render(request, "taxonomy/export.html", shown)


def file_of(request: HttpRequest, version: Version, form: str) -> HttpResponse:
    """The file, or back to the formats with the reason why this one cannot hold these codes."""
    found, book = get_writable(form), codebook_of(version)
    try:
        content = write(book, form)
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
        here = [version.taxonomy.study.slug, version.taxonomy_id]
        return (
            redirect("taxonomy_draft_export", *here)
            if version.is_draft
            else redirect("taxonomy_export", *here, version.number)
        )
    response = HttpResponse(content, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file_name(book, form)}"'
    return response
