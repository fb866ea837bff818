"""A rater's issues of a round, a page at a time: a page of its own, and what the coding screen shows in a dialog."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotator.models import Assignment
from annotator.queries.rounds import get_round
from annotator.queries.work import Show, get_assignment, listed, rank_of
from annotator.services.coding import check_is_running
from studies.errors import Refused
from studies.permissions import Permission, open_study

A_PAGE = 50


@never_cache
@require_safe
def coding_list(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.CODE_ISSUES)
    round = get_round(access.study, number)
    check_is_running(round)
    show, text = request.GET.get("show", Show.ALL), request.GET.get("q", "").strip()
    at = request.GET.get("at", "")
    here = get_assignment(round, access.membership, int(at)) if at.isdecimal() and len(at) < 19 else None
    rows = listed(round, access.membership, show, text)
    asked_page = request.GET.get("page") or (page_of(here) if here and show == Show.ALL and not text else 1)
    page = Paginator(rows, A_PAGE).get_page(asked_page)
    if not page.paginator.count and show == Show.ALL and not text:
        raise Refused(f"No issue of {round} was given to you.")
    context = {"round": round, "page": page, "show": show, "shows": Show.choices, "text": text, "here": here}
    context["crumbs"] = [
        {"label": "Rounds", "url": reverse("rounds", args=[slug])},
        {"label": str(round), "url": reverse("round", args=[slug, number])},
        {"label": "Your issues"},
    ]
    part = "#list" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"annotator/coding_list.html{part}", context)


def page_of(assignment: Assignment) -> int:
    return rank_of(assignment) // A_PAGE + 1
