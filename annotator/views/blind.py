"""The blind: who sees what in which phase."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from annotator.queries.rounds import get_round
from annotator.queries.who_sees_what import heads, lines_for
from annotator.visibility import viewer_of
from studies.errors import NotThere
from studies.permissions import open_study


@require_safe
def who_sees_what(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    number = request.GET.get("round", "")
    if number and not number.isdecimal():
        raise NotThere("There is no such round in this study.")
    round = get_round(access.study, int(number)) if number else None
    now, viewer = round.phase if round else "", viewer_of(access.membership)
    back = {"label": str(round), "url": reverse("round", args=[slug, round.number])} if round else None
    context = {
        "round": round,
        "viewer": viewer,
        "heads": heads(now),
        "lines": lines_for(viewer, now),
        "crumbs": [
            {"label": "Rounds", "url": reverse("rounds", args=[slug])},
            *([back] if back else []),
            {"label": "Who sees what"},
        ],
    }
    return render(request, "annotator/who_sees_what.html", context)
