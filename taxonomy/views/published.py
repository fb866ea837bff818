"""A taxonomy that others published, from the shelf or from a file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from studies.errors import Invalid
from studies.permissions import Access, Permission, open_study
from taxonomy.exchange.codebook import Codebook
from taxonomy.exchange.formats import read
from taxonomy.exchange.shelf import shelf, take
from taxonomy.forms import PublishedForm
from taxonomy.models import Version
from taxonomy.services.published import add_published
from taxonomy.services.structure import MAX_BYTES


@require_http_methods(["GET", "HEAD", "POST"])
def published_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    from_shelf = "key" in request.POST
    form = PublishedForm(None if from_shelf else request.POST or None, request.FILES or None)
    if from_shelf or form.is_valid():
        try:
            version = add(access, take(request.POST["key"])) if from_shelf else add_file(access, form)
        except Invalid as error:
            refuse(request, form, error)
        else:
            messages.success(request, f"“{version.taxonomy}” is added. Compare ours with it by a crosswalk.")
            return redirect("taxonomy_version", slug, version.taxonomy_id, 1)
    return render(request, "taxonomy/published_new.html", {"form": form, "shelf": shelf(), "crumbs": crumbs(slug)})


def add_file(access: Access, form: PublishedForm) -> Version:
    file = form.cleaned_data["file"]
    book = read(file.read(MAX_BYTES + 1), file.name)
    return add(access, book, name=form.cleaned_data["name"], citation=form.cleaned_data["citation"])


def add(access: Access, book: Codebook, *, name: str = "", citation: str = "") -> Version:
    return add_published(
        study=access.study,
        name=name or book.name,
        purpose=book.purpose,
        citation=citation or book.citation,
        reservations=book.reservations,
        codes=book.codes,
        by=access.user,
    )


def refuse(request: HttpRequest, form: PublishedForm, error: Invalid) -> None:
    """Beside the field that it concerns; what comes from the shelf has no fields."""
    if form.is_bound:
        form.add_error(None, error)
    else:
        messages.error(request, " ".join(error.messages))


def crumbs(slug: str) -> list[dict[str, str]]:
    return [
        {"label": "Taxonomy", "url": reverse("taxonomy", args=[slug])},
        {"label": "Crosswalks", "url": reverse("crosswalks", args=[slug])},
        {"label": "Add a published taxonomy"},
    ]
