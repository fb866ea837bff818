"""What was found: issues by category and resolution time, with the tests that a job computes."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.figures import categories_figure, resolution_time_figure
from analysis.queries import get_version, versions_with_findings
from analysis.reports.findings import Findings, Viewpoint, findings_of
from analysis.reports.resolution_time import ComparisonReport, PairTest
from analysis.services.comparison import ask_for_comparison, comparison_standing
from jobs.tasks import send
from studies.models import Study
from studies.permissions import open_study


@require_safe
def findings(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    view = asked_for(access.study, request.GET)
    if view is None:
        return render(request, "analysis/findings.html", {"version": None})
    tests = _tests(request, access.study, view)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "analysis/findings.html#tests", tests)
    found = findings_of(access.study, view)
    return render(request, "analysis/findings.html", tests | _figures(found) | {"found": found})


@require_POST
def findings_refresh(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    view = Viewpoint(get_version(access.study, request.POST.get("version", "")), "carried" in request.POST)
    again = "again" in request.POST
    job = ask_for_comparison(study=access.study, view=view, again=again, by=access.user)
    if job:
        send(job)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "analysis/findings.html#tests", _tests(request, access.study, view))
    carried = "&carried=1" if view.carried else ""
    return redirect(reverse("findings", args=[slug]) + f"?version={view.version.pk}{carried}#tests")


def asked_for(study: Study, asked: QueryDict) -> Viewpoint | None:
    """The version asked for, else the one used last; None before any round is closed."""
    pk = asked.get("version", "")
    version = get_version(study, pk) if pk else next(iter(versions_with_findings(study)), None)
    return Viewpoint(version, "carried" in asked) if version else None


def _figures(found: Findings) -> dict[str, Any]:
    drawable = any(row.box.median is not None for row in found.times.categories)
    return {
        "categories_figure": categories_figure(found.counts) if found.counts.issues else None,
        "times_figure": resolution_time_figure(found.times) if drawable else None,
    }


def _tests(request: HttpRequest, study: Study, view: Viewpoint) -> dict[str, Any]:
    standing = comparison_standing(study, view)
    tests = standing.kept.report if standing.kept else None
    return {
        "study": study,
        "version": view.version,
        "carried": view.carried,
        "versions": versions_with_findings(study),
        "standing": standing,
        "tests": tests,
        "pair": pair_of(tests, request.GET.get("first", ""), request.GET.get("second", "")) if tests else None,
    }


@dataclass(frozen=True)
class ChosenPair:
    """Two groups to compare: the row of the table, or a sentence that says why there is none."""

    first: str
    second: str
    test: PairTest | None
    problem: str


def pair_of(tests: ComparisonReport, first: str, second: str) -> ChosenPair | None:
    """None while nothing is chosen. The table holds each pair once, in the order of the taxonomy."""
    if not first and not second:
        return None
    if first == second:
        return ChosenPair(first, second, None, "Choose two different categories.")
    found = [pair for pair in tests.pairs if {pair.first, pair.second} == {first, second}]
    problem = "" if found else "One of these is no category of this version."
    return ChosenPair(first, second, found[0] if found else None, problem)
