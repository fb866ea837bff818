"""The crosswalks of a study, a new one, one as a whole, and its files."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studies.errors import Invalid, NotThere, Refused
from studies.permissions import Access, Permission, open_study
from taxonomy.crosswalks import MARKS, Opened, crosswalks_of, get_crosswalk, later_version, open_for, open_for_all
from taxonomy.exchange.mapping_diagram import lines_of, png, svg
from taxonomy.exchange.mappings import as_csv, as_sssom, as_turtle
from taxonomy.forms import CrosswalkForm
from taxonomy.matrix import matrix
from taxonomy.services.crosswalks import (
    begin_crosswalk,
    can_discard,
    can_map,
    discard_crosswalk,
    finish_mapping,
    resume_mapping,
)

FILES: dict[str, tuple[str, Callable[[Opened], str | bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "sssom.tsv": ("text/tab-separated-values; charset=utf-8", as_sssom),
    "ttl": ("text/turtle; charset=utf-8", as_turtle),
    "svg": ("image/svg+xml", lambda found: svg(found, alone=True)),
    "png": ("image/png", png),
}
KINDS = [("csv", "CSV"), ("sssom.tsv", "SSSOM"), ("ttl", "SKOS (Turtle)"), ("svg", "Figure as SVG"), ("png", "as PNG")]


@require_safe
def crosswalks(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    context = {"crosswalks": crosswalks_of(access.study), "may_edit": access.may(Permission.EDIT_TAXONOMY)}
    return render(request, "taxonomy/crosswalks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def crosswalk_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    form = CrosswalkForm(request.POST or None, study=access.study, initial=request.GET.dict())
    if form.is_valid():
        try:
            made = begin_crosswalk(by=access.user, **form.cleaned_data)
        except Invalid as error:
            form.add_error(None, error)
        else:
            return redirect("crosswalk", slug, made.pk)
    return render(request, "taxonomy/crosswalk_new.html", {"form": form, "crumbs": crumbs(slug, "New crosswalk")})


@require_safe
def crosswalk(request: HttpRequest, slug: str, crosswalk_id: int) -> HttpResponse:
    access = open_study(request, slug)
    found = open_for(access.user, get_crosswalk(access.study, crosswalk_id))
    context = {"found": found, "crosswalk": found.crosswalk, "crumbs": crumbs(slug, str(found.crosswalk))}
    return render(request, "taxonomy/crosswalk.html", context | standing(access, found) | figures(request, found))


def standing(access: Access, found: Opened) -> dict[str, Any]:
    """What this person can do next, and what there is to see."""
    may_map = can_map(found.crosswalk, access.user)
    left_over = [case for case in found.cases if not case.given] if may_map else []
    return {
        "may_map": may_map,
        "left_over": left_over,
        "may_decide": access.may(Permission.RESOLVE) and found.is_complete,
        "may_discard": access.may(Permission.EDIT_TAXONOMY) and can_discard(found.crosswalk),
        "later": later_version(found.crosswalk) if access.may(Permission.EDIT_TAXONOMY) and found.is_complete else None,
        "hidden": found.is_blind and found.mapper is None,
        "kinds": [] if found.is_blind else KINDS,
    }


def figures(request: HttpRequest, found: Opened) -> dict[str, Any]:
    if not found.judged:
        return {}
    # The figure is built as a tree of elements, which escapes every name.
    drawn = mark_safe(svg(found)) if lines_of(found) else ""  # noqa: S308
    return {"diagram": drawn, "matrix": matrix(found, request.GET.get("open", "")), "marks": MARKS.items()}


@require_POST
def crosswalk_done(request: HttpRequest, slug: str, crosswalk_id: int) -> HttpResponse:
    """The mapper is through, or takes that back."""
    access = open_study(request, slug)
    act = resume_mapping if "resume" in request.POST else finish_mapping
    try:
        act(crosswalk=get_crosswalk(access.study, crosswalk_id), by=access.user)
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
    return redirect("crosswalk", slug, crosswalk_id)


@require_POST
def crosswalk_discard(request: HttpRequest, slug: str, crosswalk_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    try:
        discard_crosswalk(crosswalk=get_crosswalk(access.study, crosswalk_id), by=access.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("crosswalk", slug, crosswalk_id)
    return redirect("crosswalks", slug)


@require_safe
def crosswalk_file(request: HttpRequest, slug: str, crosswalk_id: int, kind: str) -> HttpResponse:
    access = open_study(request, slug)
    found = open_for_all(get_crosswalk(access.study, crosswalk_id))
    if kind not in FILES:
        raise NotThere(f"A crosswalk can be had as {', '.join(FILES)}.")
    content_type, written = FILES[kind]
    name = f"{slug}-{slugify(str(found.crosswalk)) or found.crosswalk.pk}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{quote(name)}"'}
    return HttpResponse(written(found), content_type=content_type, headers=disposition)


def crumbs(slug: str, *last: str) -> list[dict[str, str]]:
    above = [("Taxonomy", "taxonomy"), ("Crosswalks", "crosswalks")]
    trail = [{"label": label, "url": reverse(name, args=[slug])} for label, name in above]
    return trail + [{"label": label} for label in last]
