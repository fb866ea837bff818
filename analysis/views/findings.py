"""What was found: issues by category and resolution time, with the tests that a job computes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.figures import categories_figure, curves_figure, resolution_time_figure
from analysis.queries import get_version, names_by_alias, version_of_findings, versions_with_findings
from analysis.reports.compared import ComparisonReport, SetOfTests
from analysis.reports.curves import TIMES
from analysis.reports.findings import Findings, Viewpoint, findings_of
from analysis.services.comparison import ask_for_comparison, comparison_standing
from analysis.stats.names import ROWS
from analysis.stats.statistic import Statistic, as_row, magnitude
from jobs.tasks import send
from studies.models import Study
from studies.permissions import Permission, open_study

# Medians stand with the curves; Dunn's pairs are folded, being a second look at the same pairs.
ELSEWHERE = ("km", "dunn")


@require_safe
def findings(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    view = asked_for(access.study, request.GET)
    if view is None:
        return render(request, "analysis/findings.html", {"version": None})
    tests = _tests(request, access.study, view)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "analysis/findings.html#tests", tests)
    found, names = findings_of(access.study, view), names_by_alias(access.study)
    shown = {"found": found, "names": names, "may_define": access.may(Permission.EDIT_STUDY)}
    return render(request, "analysis/findings.html", tests | _figures(found) | shown | {"curve_heads": TIMES.values()})


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
    """The version asked for, else the one used last of which labels stand; None before any round is closed."""
    pk = asked.get("version", "")
    version = get_version(study, pk) if pk else version_of_findings(study)
    return Viewpoint(version, "carried" in asked) if version else None


def _figures(found: Findings) -> dict[str, Any]:
    drawable = any(row.box.median is not None for row in found.times.categories)
    return {
        "categories_figure": categories_figure(found.counts) if found.counts.issues else None,
        "times_figure": resolution_time_figure(found.times) if drawable else None,
        "curves_figure": curves_figure(found.times) if any(row.steps for row in found.times.curves) else None,
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
        **(_tested(request, tests) if tests else {}),
    }


def _tested(request: HttpRequest, tests: ComparisonReport) -> dict[str, Any]:
    """The tests with each issue in all its categories, or, as asked, those of issues with one category alone."""
    alone = tests.single is not None and request.GET.get("several") == "left_out"
    chosen = tests.single if alone and tests.single else tests.each
    asked = request.GET.get("first", ""), request.GET.get("second", "")
    return {"alone": alone, "chosen": chosen, "sets": _sets(tests, chosen), "pair": pair_of(chosen, *asked)}


def _sets(tests: ComparisonReport, chosen: SetOfTests) -> list[dict[str, Any]]:
    named = [("Among the categories", chosen)]
    if tests.topic:
        named.append(("About the topic or not", tests.topic))
    return [{"title": title, "tests": each, "parts": _parts(each)} for title, each in named]


def _parts(tests: SetOfTests) -> list[dict[str, Any]]:
    """The view with open issues comes first: it is the one to report."""
    closed, open_ones = tests.n - tests.still_open, tests.still_open
    parts = [
        ("With open issues, followed as long as they were watched: recommended", tests.followed, tests.n),
        (f"Closed issues only: {open_ones:,} open left out, each counted in its groups", tests.closed, closed),
        (f"Within repositories ({tests.repositories:,}), so that no project speaks for another", tests.within, tests.n),
    ]
    return [
        {
            "title": title,
            "n": n,
            "rows": [(ROWS[row.test], row) for row in rows if row.test not in ELSEWHERE],
            "more": [(ROWS[row.test], row) for row in rows if row.test == "dunn"],
            "methods": _methods(rows),
        }
        for title, rows, n in parts
        if rows
    ]


def _methods(rows: Iterable[Statistic]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((ROWS[row.test], as_row(row)["method"]) for row in rows))


@dataclass(frozen=True)
class ChosenPair:
    """Two groups to compare: the row of the table, or a sentence that says why there is none."""

    first: str
    second: str
    test: Statistic | None
    problem: str

    @property
    def size(self) -> str:
        effect = self.test.effect if self.test else None
        return "" if effect is None else magnitude(effect)


def pair_of(tests: SetOfTests, first: str, second: str) -> ChosenPair | None:
    """None while nothing is chosen. The table holds each pair once, in the order of the taxonomy."""
    if not first and not second:
        return None
    if first == second:
        return ChosenPair(first, second, None, "Choose two different categories.")
    found = [pair for pair in tests.pairs if {*pair.groups} == {first, second}]
    problem = "" if found else "One of these is no category of this version."
    return ChosenPair(first, second, found[0] if found else None, problem)
