"""The draw of a round: repeated, and as a record to repeat it elsewhere. For leads: it names issues beforehand."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from annotator.queries.rounds import get_round
from annotator.services.repeating import record_of, repeat_draw
from studies.permissions import Permission, open_study


@require_safe
def round_draw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    shown = get_round(access.study, number)
    crumbs = [
        {"label": "Rounds", "url": reverse("rounds", args=[slug])},
        {"label": str(shown), "url": reverse("round", args=[slug, number])},
        {"label": "The draw"},
    ]
    context = {"round": shown, "repeat": repeat_draw(record_of(shown)), "crumbs": crumbs}
    return render(request, "annotator/round_draw.html", context)


@require_safe
def round_draw_record(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    shown = get_round(access.study, number)
    answer = JsonResponse(record_of(shown), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{slug}-round-{number}-draw.json"'
    return answer
