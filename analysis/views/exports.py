"""The labelled data set: asked for, made by a job, downloaded."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from analysis.forms import ExportForm
from analysis.queries import exports_of
from analysis.services.exports import KIND, folder, get_export, request_export
from jobs.models import OPEN_STATES, State
from jobs.queries import jobs_of
from jobs.tasks import send
from studies.errors import Invalid
from studies.models import Study
from studies.permissions import Permission, open_study


@require_safe
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    study = open_study(request, slug, Permission.EXPORT).study
    return _page(request, study, ExportForm(study))


@require_POST
def export_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.EXPORT)
    form = ExportForm(access.study, request.POST)
    if not form.is_valid():
        return _page(request, access.study, form)
    try:
        send(request_export(study=access.study, by=access.user, **form.cleaned_data))
    except Invalid as error:
        form.add_error(None, error)
        return _page(request, access.study, form)
    return redirect("exports", slug)


@require_safe
def export_file(request: HttpRequest, slug: str, export_id: int) -> FileResponse:
    study = open_study(request, slug, Permission.EXPORT).study
    export = get_export(study, export_id)
    return FileResponse((folder() / export.file).open("rb"), as_attachment=True, filename=export.file)


def _page(request: HttpRequest, study: Study, form: ExportForm) -> HttpResponse:
    jobs = jobs_of(study, KIND)
    context = {
        "study": study,
        "form": form,
        "exports": exports_of(study),
        "waiting": list(jobs.filter(state__in=OPEN_STATES)),
        "failed": list(jobs.filter(state=State.FAILED)[:3]),
    }
    part = "#list" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"analysis/exports.html{part}", context)
