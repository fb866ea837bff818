"""Codes from a file: read, shown, and kept once a person has looked; as a new taxonomy or into a draft."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from studies.errors import Conflict, Invalid
from studies.permissions import Access, Permission, open_study
from taxonomy.exchange.codebook import Codebook, numbers_of
from taxonomy.exchange.formats import read
from taxonomy.exchange.keeping import as_token, of_token
from taxonomy.forms import FileForm, IntoDraftForm, NewFromFileForm
from taxonomy.models import Version
from taxonomy.queries import CodeRecord, content_hash, get_draft, get_taxonomy, records, settings_of
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.merging import Merge, merge, merge_into_draft

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def taxonomy_import(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    if "kept" in request.POST:
        return keep_new(request, access)
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            content, name = form.content()
            book = read(content, name)
            initial = {
                "kept": as_token(book),
                "name": book.name or PurePath(name).stem[:200],
                "purpose": book.purpose,
            }
            return preview_new(request, book, NewFromFileForm(initial=initial))
        except Invalid as error:
            form.add_error(None, error)
    return render(request, "taxonomy/import.html", {"form": form}, status=422 if form.errors else 200)


def keep_new(request: HttpRequest, access: Access) -> HttpResponse:
    form = NewFromFileForm(request.POST)
    try:
        book = of_token(request.POST["kept"])
        if form.is_valid():
            draft = import_taxonomy(study=access.study, by=access.user, **as_arguments(book, form.cleaned_data))
            messages.success(request, f"{len(book.codes)} codes are in the draft.")
            return redirect("taxonomy_draft", access.study.slug, draft.taxonomy_id)
    except Invalid as error:
        if not form.is_valid():
            return back_to_the_file(request, error)
        form.add_error(None, error)
    return preview_new(request, book, form, status=422)


def as_arguments(book: Codebook, typed: dict[str, Any]) -> dict[str, Any]:
    said = {name: getattr(book, name) for name in ("codes", "kind", "citation", "reservations", "levels")}
    return said | {"several_codes": book.several_codes, "name": typed["name"], "purpose": typed["purpose"]}


def back_to_the_file(request: HttpRequest, error: Invalid) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect(request.path)


def preview_new(request: HttpRequest, book: Codebook, form: NewFromFileForm, status: int = 200) -> HttpResponse:
    shown = {"book": book, "form": form, "rows": rows_of(book.codes)}
    return render(request, "taxonomy/import_preview.html", shown, status=status)


def rows_of(codes: list[CodeRecord], words: dict[Any, str] | None = None) -> list[dict[str, Any]]:
    """A row for each code, with its number and what would come of it."""
    numbers = numbers_of(codes)
    return [{"code": code, "number": numbers[code.uid], "word": (words or {}).get(code.uid, "")} for code in codes]


@page
def draft_import(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    draft = get_draft(get_taxonomy(access.study, taxonomy_id))
    if "kept" in request.POST:
        return keep_in_draft(request, access, draft)
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            book = read(*form.content())
            return preview_in_draft(request, draft, book)
        except Invalid as error:
            form.add_error(None, error)
    shown = {"form": form, "taxonomy": draft.taxonomy}
    return render(request, "taxonomy/import.html", shown, status=422 if form.errors else 200)


def keep_in_draft(request: HttpRequest, access: Access, draft: Version) -> HttpResponse:
    form = IntoDraftForm(request.POST)
    try:
        book = of_token(request.POST["kept"])
        seen, remove = request.POST.get("seen", ""), bool(form.data.get("remove"))
        outcome = merge_into_draft(
            version=draft, codes=book.codes, fields=book.fields, remove=remove, seen=seen, by=access.user
        )
    except Conflict as error:
        messages.error(request, str(error))
        return preview_in_draft(request, draft, book, status=409)
    except Invalid as error:
        return back_to_the_file(request, error)
    messages.success(request, f"The file is in the draft: {sentence_of(outcome)}.")
    return redirect("taxonomy_draft", access.study.slug, draft.taxonomy_id)


def preview_in_draft(request: HttpRequest, draft: Version, book: Codebook, status: int = 200) -> HttpResponse:
    """What would come of it; nothing is written."""
    before = records(draft)
    outcome = merge(before, book.codes, book.fields)
    form = IntoDraftForm(initial={"kept": as_token(book), "seen": content_hash(before, settings_of(draft))})
    shown = {
        "book": book, "form": form, "taxonomy": draft.taxonomy, "outcome": outcome,
        "sentence": sentence_of(outcome), "rows": rows_of(outcome.after, words_of(outcome)),
    }  # fmt: skip
    return render(request, "taxonomy/import_preview.html", shown, status=status)


def sentence_of(outcome: Merge) -> str:
    """Such as: 2 new, 1 changed, 0 moved."""
    counted = f"{len(outcome.new)} new, {len(outcome.changed)} changed, {len(outcome.moved)} moved"
    removed = f", {len(outcome.unmentioned)} removed" if outcome.removes else ""
    return f"{counted}{removed}{', in another order' if outcome.reorders else ''}"


def words_of(outcome: Merge) -> dict[Any, str]:
    """What happens to each code, by uid."""
    words = {code.uid: "not in the file: stays" for code in outcome.unmentioned}
    words |= {code.uid: "moved" for code in outcome.moved}
    for code, fields in outcome.changed:
        told = ", ".join(field.replace("_", " ") for field in fields)
        words[code.uid] = f"{'moved; ' if words.get(code.uid) == 'moved' else ''}changed: {told}"
    return words | {code.uid: "new" for code in outcome.new}
