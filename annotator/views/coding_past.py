"""How did I code something like this? A rater's own codings by words of their issues and memos."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotator.models import Coding
from annotator.queries.codings import proposals_in
from annotator.queries.past import own_past
from annotator.queries.rounds import get_round
from annotator.services.coding import check_is_running
from studies.permissions import Permission, open_study

A_PAGE = 20


@never_cache
@require_safe
def coding_past(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.CODE_ISSUES)
    round = get_round(access.study, number)
    check_is_running(round)
    words = " ".join(request.GET.get("q", "").split())[:200]
    found = own_past(access.membership, words) if words else Coding.objects.none()
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"round": round, "words": words, "page": page, "rows": [(one, names_in(one)) for one in page]}
    context["crumbs"] = [
        {"label": "Rounds", "url": reverse("rounds", args=[slug])},
        {"label": str(round), "url": reverse("round", args=[slug, number])},
        {"label": "Your codings"},
    ]
    part = "#list" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"annotator/coding_past.html{part}", context)


def names_in(coding: Coding) -> list[str]:
    """What the coding says: its codes and proposals by name, else its outcome."""
    names = [code.name for code in coding.codes.all()] + [each.name for each in proposals_in(coding)]
    return names or [coding.get_outcome_display()]
