"""Durations without a study: pasted or uploaded, compared, shown, and not kept."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from analysis.forms import CompareForm
from analysis.services.pasted import Compared, compare_pasted
from analysis.stats.names import ROWS
from analysis.stats.readings import BadTable, Layout, decoded
from analysis.stats.statistic import as_row


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    asked = request.method == "POST"
    form = CompareForm(request.POST, request.FILES) if asked else CompareForm()
    context: dict[str, Any] = {"form": form}
    if asked and form.is_valid():
        context |= _outcome(form.cleaned_data)
    return render(request, "analysis/compare.html", context)


def _outcome(said: dict[str, Any]) -> dict[str, Any]:
    try:
        return _shown(_compared(said))
    except BadTable as error:
        return {"problems": error.problems}


def _compared(said: dict[str, Any]) -> Compared:
    text = decoded(said["file"].read()) if said["file"] else said["table"]
    layout = Layout(said["value"], said["group"], said["event"], said["block"])
    return compare_pasted(text=text, layout=layout, tests=said["tests"], how=said["adjust"], limits=said["limits"])


def _shown(found: Compared) -> dict[str, Any]:
    rows = [as_row(row) for row in found.rows]
    return {
        "found": found,
        "rows": [(ROWS[row.test], row) for row in found.rows],
        "methods": dict.fromkeys((ROWS[row["test"]], row["method"]) for row in rows),
        "json": json.dumps(rows, ensure_ascii=False, indent=2),
    }
