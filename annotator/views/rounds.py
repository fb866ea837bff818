"""Rounds: the list, a new one, one round with its progress, start and close."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator.forms import RoundForm
from annotator.queries.rounds import Progress, get_round, issues_in, progress_of, rounds_of
from annotator.services.rounds import can_move, close_round, draft_round, start_round
from annotator.states import MEANING, Phase
from annotator.visibility import sees_all_codings
from studies.errors import Refused
from studies.permissions import Access, Permission, open_study


@require_safe
def rounds(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    return render(
        request,
        "annotator/rounds.html",
        {"rounds": rounds_of(access.study), "may_manage": access.may(Permission.MANAGE_ROUNDS)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    available = issues_in(access.study)
    form = RoundForm(request.POST or None, study=access.study, available=available, frame=request.GET.get("frame", ""))
    if form.is_valid():
        try:
            made = draft_round(study=access.study, by=access.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{made} is drawn and dealt. Start it when the raters are ready.")
            return redirect("round", slug, made.number)
    crumbs = [{"label": "Rounds", "url": reverse("rounds", args=[slug])}, {"label": "New round"}]
    return render(request, "annotator/round_new.html", {"form": form, "crumbs": crumbs, "available": available})


@require_safe
def round(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug)
    shown = get_round(access.study, number)
    progress = progress_of(shown)
    context = {
        "round": shown,
        "meaning": MEANING[shown.phase],
        "progress": progress,
        "given": sum(row.given for row in progress),
        "coded": sum(row.coded for row in progress),
        "missing": sum(row.missing for row in progress),
        "mine": own(progress, access),
        "may_manage": access.may(Permission.MANAGE_ROUNDS),
        "may_resolve": access.may(Permission.RESOLVE),
        "can_start": can_move(shown, Phase.INDEPENDENT),
        "can_close": can_move(shown, Phase.CLOSED),
        "is_closed": sees_all_codings(shown),
        "crumbs": [{"label": "Rounds", "url": reverse("rounds", args=[slug])}, {"label": str(shown)}],
    }
    return render(request, "annotator/round.html", context)


def own(progress: list[Progress], access: Access) -> Progress | None:
    return next((row for row in progress if row.member == access.membership), None)


@require_POST
def round_start(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    try:
        started = start_round(round=get_round(access.study, number), by=access.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{started} is running. Its raters find it on their first page.")
    return redirect("round", slug, number)


@require_POST
def round_close(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    try:
        closed = close_round(round=get_round(access.study, number), by=access.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        missing = sum(row.missing for row in progress_of(closed))
        left = f"{missing} codings stay missing" if missing else "every coding is in"
        messages.success(request, f"{closed} is closed; {left}. Members see the codings now.")
    return redirect("round", slug, number)
