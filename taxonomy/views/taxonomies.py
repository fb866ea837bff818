"""The taxonomies of a study, a new one, and published versions to read and print."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from studies.errors import Invalid
from studies.permissions import Permission, open_study
from taxonomy.forms import TaxonomyForm
from taxonomy.queries import find_draft, get_taxonomy, get_version, overview, tree, versions_of
from taxonomy.services.editing import create_taxonomy


@require_safe
def taxonomies(request: HttpRequest, slug: str) -> HttpResponse:
    """With a single taxonomy its page is shown at once."""
    access = open_study(request, slug)
    found, may_edit = overview(access.study), access.may(Permission.EDIT_TAXONOMY)
    if len(found) == 1:
        only = found[0]
        if only.has_draft and may_edit:
            return redirect("taxonomy_draft", slug, only.taxonomy.pk)
        if only.latest:
            return redirect("taxonomy_version", slug, only.taxonomy.pk, only.latest)
    return render(request, "taxonomy/list.html", {"taxonomies": found, "may_edit": may_edit})


@require_http_methods(["GET", "HEAD", "POST"])
def taxonomy_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    form = TaxonomyForm(request.POST or None)
    if form.is_valid():
        try:
            draft = create_taxonomy(study=access.study, by=access.user, **form.cleaned_data)
        except Invalid as error:
            form.add_error(None, error)
        else:
            return redirect("taxonomy_draft", slug, draft.taxonomy_id)
    return render(request, "taxonomy/new.html", {"form": form})


@require_safe
def taxonomy_version(request: HttpRequest, slug: str, taxonomy_id: int, number: int) -> HttpResponse:
    access = open_study(request, slug)
    version = get_version(get_taxonomy(access.study, taxonomy_id), number)
    shown = {
        "version": version,
        "taxonomy": version.taxonomy,
        "versions": versions_of(version.taxonomy),
        "draft": find_draft(version.taxonomy),
        "nodes": tree(version),
        "may_edit": access.may(Permission.EDIT_TAXONOMY),
    }
    return render(request, "taxonomy/version.html", shown)
