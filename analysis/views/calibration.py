"""The result of a calibration round: hits and misses by rater and by code, each miss with its issue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analysis.queries import names_by_alias
from analysis.services.calibration import judged_by, result_of
from annotator.queries.rounds import get_round
from annotator.queries.target import target_in_words, target_state
from annotator.services.calibration import Against, check_is_calibration
from annotator.visibility import check_sees_all_codings
from studies.permissions import open_study


@require_safe
def calibration(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug)
    round = get_round(access.study, number)
    check_is_calibration(round)
    check_sees_all_codings(round)
    asked = request.GET.get("against", "")
    against = asked if asked in Against.values else judged_by(round)
    report = result_of(round, against)
    rater = request.GET.get("rater", "")
    context = {
        "round": round,
        "report": report,
        "against": against,
        "ways": Against.choices,
        "rater": rater if rater in report.exam.raters else "",
        "misses": [each for each in report.misses if rater in ("", each.rater)],
        "names": names_by_alias(access.study),
        "target": target_in_words(round),
        "state": target_state(round),
        "crumbs": [
            {"label": "Rounds", "url": reverse("rounds", args=[slug])},
            {"label": str(round), "url": reverse("round", args=[slug, number])},
            {"label": "Result of the test"},
        ],
    }
    return render(request, "analysis/calibration.html", context)
