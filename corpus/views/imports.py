"""Imports: the list with its two forms, one import with its progress and report. For leads."""

import csv
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from corpus import queries
from corpus.forms import FileImportForm, GitHubImportForm
from corpus.models import ImportRun
from corpus.services.imports import request_file_import, request_github_import
from jobs.queries import pace
from jobs.tasks import send
from studies.errors import Invalid
from studies.permissions import Access, Permission, open_study

PAGE_SIZE = 50
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def imports(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    return imports_page(request, access)


def imports_page(request: HttpRequest, access: Access, status: int = 200, **forms_in_use: forms.Form) -> HttpResponse:
    page = Paginator(queries.imports_of(access.study), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "file_form": FileImportForm(), "github_form": GitHubImportForm()} | forms_in_use
    return render(request, "corpus/imports.html", context, status=status)


@require_POST
def import_file(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    form = FileImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return begin(access, request_file_import(study=access.study, by=access.user, **form.cleaned_data))
        except Invalid as error:
            form.add_error(None, error)
    return imports_page(request, access, status=422, file_form=form)


@require_POST
def import_github(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    form = GitHubImportForm(request.POST)
    if form.is_valid():
        try:
            return begin(access, request_github_import(study=access.study, by=access.user, **form.cleaned_data))
        except Invalid as error:
            form.add_error(None, error)
    return imports_page(request, access, status=422, github_form=form)


def begin(access: Access, asked: ImportRun) -> HttpResponse:
    send(asked.job)
    return redirect("import_run", access.study.slug, asked.pk)


def import_run(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """The page asks itself again every second while the job is open; once it has ended the whole page is new."""
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    run = queries.get_import(access.study, run_id)
    if request.headers.get("HX-Request"):
        if not run.job.is_open:
            return HttpResponseClientRefresh()
        return render(request, "corpus/import_run.html#live", live(access, run))
    problems = Paginator(queries.problems_of(run), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "corpus/import_run.html", live(access, run) | {"page": problems})


def live(access: Access, run: ImportRun) -> dict[str, Any]:
    here = reverse("import_run", args=[access.study.slug, run.pk])
    return {"run": run, "job": run.job, "pace": pace(run.job), "poll_url": here, "may_stop": True}


def import_problems(request: HttpRequest, slug: str, run_id: int) -> StreamingHttpResponse:
    """The report as CSV."""
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    run = queries.get_import(access.study, run_id)
    response = StreamingHttpResponse(problem_lines(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-problems.csv"'
    return response


class Echo:
    """What csv.writer writes to, handed back line by line."""

    def write(self, line: str) -> str:
        return line


def problem_lines(run: ImportRun) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(["place", "taken", "problem"])
    for problem in queries.problems_of(run).iterator():
        yield writer.writerow([harmless(problem.place), "no" if problem.skipped else "yes", harmless(problem.sentence)])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_BEGINS) else cell
