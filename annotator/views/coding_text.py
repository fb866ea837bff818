"""The rest of a long issue for the coding screen, and where words stand in all of it. JSON like its other calls."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotator.answers import answers_json
from annotator.models import Assignment
from annotator.queries.rounds import get_round
from annotator.queries.work import get_assignment
from annotator.services.coding import check_is_running
from annotator.services.finding import hits_in
from annotator.services.reading import rest_of, thread_after
from studies.permissions import Permission, open_study


def open_own(request: HttpRequest, slug: str, number: int, assignment_id: int) -> Assignment:
    access = open_study(request, slug, Permission.CODE_ISSUES)
    round = get_round(access.study, number)
    check_is_running(round)
    return get_assignment(round, access.membership, assignment_id)


def number_in(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@never_cache
@require_safe
@answers_json
def coding_text(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    """A further piece of the body, or of a comment: what follows `from`, and where the next piece begins."""
    assignment = open_own(request, slug, number, assignment_id)
    comment = number_in(request, "comment") or None
    return JsonResponse(asdict(rest_of(assignment.round_issue.issue, comment, number_in(request, "from"))))


@never_cache
@require_safe
@answers_json
def coding_thread(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    """The comments that follow the first `after` ones; at least those up to `upto`."""
    assignment = open_own(request, slug, number, assignment_id)
    reading = thread_after(assignment.round_issue.issue, number_in(request, "after"), number_in(request, "upto"))
    html = render_to_string("annotator/thread.html", {"reading": reading, "assignment": assignment})
    return JsonResponse({"html": html})


@never_cache
@require_safe
@answers_json
def coding_find(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    assignment = open_own(request, slug, number, assignment_id)
    hits, total = hits_in(assignment.round_issue.issue, request.GET.get("q", "")[:200])
    return JsonResponse({"total": total, "hits": [asdict(hit) for hit in hits]})
