"""Codings from elsewhere: the file, what its columns mean and what is read so, the trial, the import. For leads."""

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from annotator.files import BadMapping, Issue, Mapping, Source, guess, read
from annotator.forms.importing import CodingsFileForm, MappingForm, RatersForm, known_encoding
from annotator.models import CodingImport
from annotator.queries.imported import coding_imports_of, get_coding_import, problems_of, remembered_mapping
from annotator.services.importing.asking import (
    can_confirm,
    confirm_import,
    discard_trial,
    keep_file,
    look_at,
    request_import,
)
from annotator.services.importing.undoing import undo_coding_import, why_not_undo
from corpus.queries import repositories_of
from corpus.services.uploads import of_token, token_of
from jobs.queries import pace
from jobs.tasks import send
from studies.errors import Conflict
from studies.models import Study
from studies.permissions import Access, Permission, open_study

PAGE_SIZE = 50
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


@require_http_methods(["GET", "HEAD", "POST"])
def coding_imports(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    form = CodingsFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            upload = keep_file(study=access.study, file=form.cleaned_data["file"], by=access.user)
            return redirect("coding_import_columns", slug, token_of(access.study, upload))
        except ValidationError as error:
            form.add_error(None if "file" not in error.message_dict else "file", error.messages[0])
    page = Paginator(coding_imports_of(access.study), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "crumbs": crumbs(slug, "Codings from elsewhere")}
    return render(request, "annotator/imports.html", context, status=422 if request.method == "POST" else 200)


def crumbs(slug: str, *labels: str) -> list[dict[str, str]]:
    here = reverse("coding_imports", args=[slug])
    above = [("Rounds", reverse("rounds", args=[slug])), ("Codings from elsewhere", here)]
    return [{"label": label, "url": url} for label, url in above[: len(labels)]] + [{"label": labels[-1]}]


@require_http_methods(["GET", "HEAD", "POST"])
def coding_import_columns(request: HttpRequest, slug: str, upload: str) -> HttpResponse:
    """The guess with what comes of it; posted, the same under what was chosen, and at last the trial."""
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    told = of_token(access.study, upload)
    source = look_at(told, encoding=known_encoding(request.POST.get("encoding", "")))
    mapping = first_mapping(access, source)
    form = MappingForm(source, mapping, access.study, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        mapping = form.chosen()
        if "look" not in request.POST:
            try:
                made = request_import(
                    study=access.study, upload=told, mapping=mapping, target=form.target(), by=access.user
                )
                return begin(access, made)
            except ValidationError as error:
                add_errors(form, error)
    context = {
        "form": form, "source": source, "name": told["name"], "issues": shown(source, mapping),
        "first": [list(cells.values()) for cells in source.first], "crumbs": crumbs(slug, "", told["name"]),
    }  # fmt: skip
    return render(request, "annotator/import_columns.html", context, status=422 if form.errors else 200)


def first_mapping(access: Access, source: Source) -> Mapping:
    kept = remembered_mapping(access.study, source.names)
    guessed = guess(source, repository=only_repository(access.study))
    if kept is None:
        return guessed
    return Mapping(**{**vars(kept), "encoding": source.encoding, "delimiter": source.delimiter, "items": guessed.items})


def only_repository(study: Study) -> str:
    """Where a number alone belongs, if the study has one repository."""
    found = list(repositories_of(study)[:2])
    return str(found[0]) if len(found) == 1 else ""


def shown(source: Source, mapping: Mapping) -> list[Issue]:
    """What the first rows say under this mapping; nothing while it does not suffice."""
    try:
        mapping.check(source.names)
    except BadMapping:
        return []
    return read((("", cells, "") for cells in source.first), mapping).issues


def add_errors(form: MappingForm, error: ValidationError) -> None:
    for field, sentences in error.message_dict.items():
        form.add_error(field if field in form.fields else None, sentences)


def begin(access: Access, run: CodingImport) -> HttpResponse:
    send(run.job)
    return redirect("coding_import", access.study.slug, run.pk)


@require_safe
def coding_import(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    """The page asks itself again every second while the job is open; once it has ended the whole page is new."""
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    run = get_coding_import(access.study, run_id)
    if request.headers.get("HX-Request"):
        if not run.job.is_open:
            return HttpResponseClientRefresh()
        return render(request, "annotator/import_run.html#live", live(access, run))
    return run_page(request, access, run)


def live(access: Access, run: CodingImport) -> dict[str, Any]:
    here = reverse("coding_import", args=[access.study.slug, run.pk])
    return {"run": run, "job": run.job, "pace": pace(run.job), "poll_url": here, "may_stop": True}


def run_page(
    request: HttpRequest, access: Access, run: CodingImport, *, form: RatersForm | None = None, conflict: str = ""
) -> HttpResponse:
    confirms = can_confirm(run)
    context = live(access, run) | {
        "report": run.report,
        "unknown": sorted(run.report.get("codes_unknown", {}).items(), key=lambda row: (-row[1], row[0].casefold())),
        "page": Paginator(problems_of(run), PAGE_SIZE).get_page(request.GET.get("page")),
        "form": form or (raters_form(access, run) if confirms else None),
        "may_confirm": confirms,
        "why_not_undo": "" if run.dry else why_not_undo(run),
        "conflict": conflict,
        "crumbs": crumbs(access.study.slug, "", run.name),
    }
    return render(request, "annotator/import_run.html", context, status=409 if conflict else 200)


def raters_form(access: Access, run: CodingImport, data: Any = None) -> RatersForm:
    members = access.study.memberships.select_related("user").order_by("alias")
    return RatersForm(run.report.get("raters", []), list(members), data)


@require_POST
def coding_import_confirm(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    def confirm(access: Access, run: CodingImport) -> HttpResponse:
        form = raters_form(access, run, request.POST)
        if not form.is_valid():
            return run_page(request, access, run, form=form, conflict="Say who each rater is.")
        return begin(access, confirm_import(trial=run, raters=form.raters(), by=access.user))

    return act(request, slug, run_id, confirm)


@require_POST
def coding_import_discard(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    def discard(access: Access, run: CodingImport) -> HttpResponse:
        discard_trial(trial=run, by=access.user)
        return redirect("coding_imports", slug)

    return act(request, slug, run_id, discard)


@require_POST
def coding_import_undo(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    def undo(access: Access, run: CodingImport) -> HttpResponse:
        undo_coding_import(run=run, by=access.user)
        messages.success(request, "The import was undone. The taxonomy of its codes stays.")
        return redirect("coding_import", slug, run_id)

    return act(request, slug, run_id, undo)


def act(
    request: HttpRequest, slug: str, run_id: int, do: Callable[[Access, CodingImport], HttpResponse]
) -> HttpResponse:
    """What a lead does with an import; where that may not be, its page says why."""
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    run = get_coding_import(access.study, run_id)
    try:
        return do(access, run)
    except (Conflict, ValidationError) as error:
        sentence = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return run_page(request, access, run, conflict=sentence)


@require_safe
def coding_import_problems(request: HttpRequest, slug: str, run_id: int) -> StreamingHttpResponse:
    """What was left out and why, as CSV."""
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    run = get_coding_import(access.study, run_id)
    response = StreamingHttpResponse(problem_lines(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codings-{run.pk}-problems.csv"'
    return response


class Echo:
    """What csv.writer writes to, handed back line by line."""

    def write(self, line: str) -> str:
        return line


def problem_lines(run: CodingImport) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(["place", "taken", "problem"])
    for problem in problems_of(run).iterator():
        yield writer.writerow(harmless((problem.place, "no" if problem.skipped else "yes", problem.sentence)))


def harmless(cells: Iterable[str]) -> list[str]:
    """Cells that no spreadsheet takes for a formula."""
    return [f"'{cell}" if cell.startswith(FORMULA_BEGINS) else cell for cell in cells]
