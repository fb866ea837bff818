"""What resolution time means in a study: shown to its lead, and changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from analysis.forms import DefinitionForm
from analysis.queries import definition_of, definitions_set
from analysis.services.definition import set_definition
from studies.errors import Invalid
from studies.permissions import Permission, open_study


@require_http_methods(["GET", "HEAD", "POST"])
def resolution_time(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_STUDY)
    asked = request.method == "POST"
    form = DefinitionForm(request.POST) if asked else DefinitionForm.showing(definition_of(access.study))
    if asked and form.is_valid():
        try:
            set_definition(study=access.study, definition=form.definition(), by=access.user)
            return redirect(reverse("findings", args=[slug]) + "#times")
        except Invalid as error:
            form.add_error(None, error)
    crumbs = [{"label": "Findings", "url": reverse("findings", args=[slug])}, {"label": "Resolution time"}]
    context = {"form": form, "set": definitions_set(access.study), "crumbs": crumbs}
    return render(request, "analysis/definition.html", context)
