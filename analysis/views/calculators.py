"""Agreement of ratings from anywhere: pasted or uploaded, computed, shown, not kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from analysis.forms import CalculatorForm
from analysis.reports.calculator import (
    HEADS,
    Calculated,
    as_csv,
    as_latex,
    as_table,
    calculate,
    notes,
    shown,
)
from analysis.stats.reading import Unreadable, decoded
from studies.permissions import person


@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest) -> HttpResponse:
    person(request)
    form = CalculatorForm(request.POST or None, request.FILES or None)
    found = figures(form) if request.method == "POST" and form.is_valid() else None
    context: dict[str, Any] = {"form": form, "found": found}
    if found:
        context |= {"heads": HEADS, "rows": [shown(each) for each in found.results], "notes": notes(found.results)}
        context["copies"] = [
            ("text", "text", as_table(found.results)),
            ("latex", "LaTeX", as_latex(found.results)),
            ("csv", "CSV", as_csv(found.results)),
        ]
    return render(request, "analysis/calculator.html", context)


def figures(form: CalculatorForm) -> Calculated | None:
    """None with an error beside the field where the table is."""
    file = form.cleaned_data["file"]
    try:
        text = decoded(file.read()) if file else form.cleaned_data["ratings"]
        return calculate(text, form.asked())
    except Unreadable as error:
        form.add_error("file" if file else "ratings", str(error))
        return None
