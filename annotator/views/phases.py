"""Moving a round on: start, close, resolve, and back to discussion with a reason."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from annotator.forms import ReasonForm
from annotator.models import Round
from annotator.queries.rounds import get_round, missing_in
from annotator.services.phases import check_can_move, close_round, mark_resolved, reopen_discussion, start_round
from annotator.states import Phase
from studies.errors import Refused
from studies.models import User
from studies.permissions import Permission, open_study


def moved(request: HttpRequest, slug: str, number: int, move: Callable[[Round, User], str]) -> HttpResponse:
    """Back to the round, with what was done or why it was refused."""
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    try:
        messages.success(request, move(get_round(access.study, number), access.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("round", slug, number)


@require_POST
def round_start(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    def move(round: Round, by: User) -> str:
        return f"{start_round(round=round, by=by)} is running. Its raters find it on their first page."

    return moved(request, slug, number, move)


@require_POST
def round_close(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    def move(round: Round, by: User) -> str:
        closed = close_round(round=round, by=by)
        missing = missing_in(closed)
        left = f"{missing} codings stay missing" if missing else "every coding is in"
        return f"{closed} is closed; {left}. Members see the codings now, and it is in discussion."

    return moved(request, slug, number, move)


@require_POST
def round_resolve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    def move(round: Round, by: User) -> str:
        return f"{mark_resolved(round=round, by=by)} is resolved. Its decisions are frozen."

    return moved(request, slug, number, move)


@require_http_methods(["GET", "HEAD", "POST"])
def round_reopen(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    shown = get_round(access.study, number)
    check_can_move(shown, Phase.DISCUSSION)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            reopen_discussion(round=shown, reason=form.cleaned_data["reason"], by=access.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{shown} is in discussion again.")
            return redirect("round", slug, number)
    url = reverse("round", args=[slug, number])
    crumbs = [{"label": str(shown), "url": url}, {"label": "Back to discussion"}]
    return render(request, "annotator/round_reopen.html", {"round": shown, "form": form, "crumbs": crumbs})
