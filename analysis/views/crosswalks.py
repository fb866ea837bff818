"""What a crosswalk says, weighted by the labels of the study, and how far those who mapped agree."""

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from analysis.datasets import labels_as_of
from analysis.exports.crosswalk_table import as_csv, as_latex
from analysis.reports.crosswalk import CrosswalkReport, crosswalk_report, sentence
from analysis.services.crosswalks import agreement_of_mappers
from studies.errors import NotThere
from studies.permissions import open_study
from taxonomy.crosswalks import get_crosswalk, open_for_all

TABLES: dict[str, tuple[str, Callable[[CrosswalkReport], str]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "tex": ("application/x-latex; charset=utf-8", as_latex),
}


def report_of(request: HttpRequest, slug: str, crosswalk_id: int) -> CrosswalkReport:
    """Refused while two map independently."""
    access = open_study(request, slug)
    found = open_for_all(get_crosswalk(access.study, crosswalk_id))
    return crosswalk_report(found, labels_as_of(access.study, found.crosswalk.left))


@require_safe
def crosswalk(request: HttpRequest, slug: str, crosswalk_id: int) -> HttpResponse:
    report = report_of(request, slug, crosswalk_id)
    found = report.found
    agreement = agreement_of_mappers(found) if found.is_complete else None
    context = {
        "report": report, "crosswalk": found.crosswalk, "sentence": sentence(report), "agreement": agreement,
        "tables": [("csv", "Table as CSV"), ("tex", "Table as LaTeX")],
    }  # fmt: skip
    return render(request, "analysis/crosswalk.html", context)


@require_safe
def crosswalk_table(request: HttpRequest, slug: str, crosswalk_id: int, kind: str) -> HttpResponse:
    report = report_of(request, slug, crosswalk_id)
    if kind not in TABLES:
        raise NotThere("The table can be had as csv or tex.")
    content_type, written = TABLES[kind]
    crosswalk = report.found.crosswalk
    name = f"{slug}-{slugify(str(crosswalk)) or crosswalk.pk}-table.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{quote(name)}"'}
    return HttpResponse(written(report), content_type=content_type, headers=disposition)
