"""Imports: the list with its two forms, one import with its progress and report. For leads."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from corpus import queries
from corpus.forms import ColumnsForm, FileImportForm, GitHubImportForm, known_encoding
from corpus.github import Wanted
from corpus.models import ImportRun
from corpus.services.collecting import request_github_import
from corpus.services.columns import remember_columns, remembered_columns
from corpus.services.imports import (
    can_confirm,
    confirm_trial,
    discard_trial,
    request_trial,
)
from corpus.services.undo import undo_import, why_not_undo
from corpus.services.uploads import is_table, kept_by, look_at, of_token, receive, remove, token_of
from jobs.queries import pace
from jobs.tasks import send
from studies.errors import Conflict, Invalid
from studies.permissions import Access, Permission, open_study

PAGE_SIZE = 50
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def imports(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    return imports_page(request, access)


def imports_page(request: HttpRequest, access: Access, status: int = 200, **forms_in_use: forms.Form) -> HttpResponse:
    page = Paginator(queries.imports_of(access.study), PAGE_SIZE).get_page(request.GET.get("page"))
    kept = queries.tokens_of(access.study).count()
    context = {
        "page": page, "file_form": FileImportForm(), "github_form": GitHubImportForm(kept=kept), "kept": kept,
    } | forms_in_use  # fmt: skip
    return render(request, "corpus/imports.html", context, status=status)


@require_POST
def import_file(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    form = FileImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return try_first(access, receive(**form.cleaned_data))
        except Invalid as error:
            form.add_error(None, error)
    return imports_page(request, access, status=422, file_form=form)


def try_first(access: Access, upload: dict[str, Any]) -> HttpResponse:
    """Nothing is imported before the lead has seen what would come of it; of a table, what its columns mean."""
    try:
        if is_table(upload):
            look_at(upload)
            return redirect("import_columns", access.study.slug, token_of(access.study, upload))
        return begin(access, request_trial(study=access.study, by=access.user, upload=upload))
    except Invalid:
        remove(*kept_by(upload))
        raise


def import_columns(request: HttpRequest, slug: str, upload: str) -> HttpResponse:
    """What the columns of a table mean, with its first rows; posted, the dry run begins."""
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    told = of_token(access.study, upload)
    table = look_at(told, encoding=known_encoding(request.POST.get("encoding", "")))
    columns = remembered_columns(access.study, table.names) or table.guess
    chosen = request.method == "POST" and "look" not in request.POST
    form = ColumnsForm(table, columns, request.POST if chosen else None)
    if chosen and form.is_valid():
        try:
            asked = request_trial(study=access.study, upload=told, columns=form.columns(), by=access.user)
        except Invalid as error:
            form.add_error(None, error.messages[0])
        else:
            remember_columns(study=access.study, names=table.names, columns=form.columns(), by=access.user)
            return begin(access, asked)
    context = {"form": form, "table": table, "name": told["name"]}
    return render(request, "corpus/import_columns.html", context, status=422 if chosen else 200)


@require_POST
def import_confirm(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    return act(request, slug, run_id, lambda access, run: begin(access, confirm_trial(trial=run, by=access.user)))


@require_POST
def import_discard(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    def discard(access: Access, run: ImportRun) -> HttpResponse:
        discard_trial(trial=run, by=access.user)
        return redirect("imports", slug)

    return act(request, slug, run_id, discard)


@require_POST
def import_undo(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    def undo(access: Access, run: ImportRun) -> HttpResponse:
        undo_import(run=run, by=access.user)
        return redirect("import_run", slug, run_id)

    return act(request, slug, run_id, undo)


def act(request: HttpRequest, slug: str, run_id: int, do: Callable[[Access, ImportRun], HttpResponse]) -> HttpResponse:
    """What a lead does with an import; where that may not be, its page says why."""
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    run = queries.get_import(access.study, run_id)
    try:
        return do(access, run)
    except Conflict as conflict:
        return run_page(request, access, run, status=409, conflict=str(conflict))


@require_POST
def import_github(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    form = GitHubImportForm(request.POST, request.FILES, kept=queries.tokens_of(access.study).count())
    if form.is_valid():
        try:
            dry = "try" in request.POST
            return begin(access, request_github_import(study=access.study, dry=dry, by=access.user, **form.asked()))
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
    return run_page(request, access, run)


def run_page(
    request: HttpRequest, access: Access, run: ImportRun, *, status: int = 200, conflict: str = ""
) -> HttpResponse:
    problems = Paginator(queries.problems_of(run), PAGE_SIZE).get_page(request.GET.get("page"))
    context = live(access, run) | report(run) | {"page": problems, "conflict": conflict}
    return render(request, "corpus/import_run.html", context, status=status)


def report(run: ImportRun) -> dict[str, Any]:
    job = run.job
    return {
        "repositories": queries.by_repository(run),
        "not_read": run.not_read,
        "choice": Wanted.of_json(run.options["wanted"]).in_words if "wanted" in run.options else "",
        "may_confirm": can_confirm(run),
        "why_not_undo": why_not_undo(run),
        "took": job.ended_at - job.started_at if job.ended_at and job.started_at else None,
    }


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
