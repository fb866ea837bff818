"""The blind: who sees what in which phase, and the one act that breaks it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from annotator.forms import BreakBlindForm
from annotator.queries.blind import breaks_of, codings_in, own_open
from annotator.queries.rounds import get_round
from annotator.queries.who_sees_what import heads, lines_for
from annotator.services.blind import break_blind, check_can_break_blind
from annotator.visibility import viewer_of
from studies.errors import NotThere
from studies.permissions import Permission, open_study


@require_safe
def who_sees_what(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    number = request.GET.get("round", "")
    if number and not number.isdecimal():
        raise NotThere("There is no such round in this study.")
    round = get_round(access.study, int(number)) if number else None
    now, viewer = round.phase if round else "", viewer_of(access.membership, round)
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


@require_http_methods(["GET", "HEAD", "POST"])
def round_blind(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What breaking the blind means, before it is done; refused where there is nothing to break."""
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    round = get_round(access.study, number)
    check_can_break_blind(round, access.membership)
    form = BreakBlindForm(request.POST or None)
    if form.is_valid():
        try:
            made = break_blind(round=round, reason=form.cleaned_data["reason"], by=access.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            seen = f"You see the {made.codings} codings of {str(round).lower()} from now on, as they come in."
            messages.warning(request, f"The blind is broken. {seen}")
            return redirect(f"{reverse('agreement', args=[slug])}?round={number}")
    coded, given = codings_in(round)
    back = reverse("round", args=[slug, number])
    context = {
        "round": round,
        "form": form,
        "coded": coded,
        "given": given,
        "own_open": own_open(round, access.membership),
        "broken": breaks_of(round),
        "crumbs": [{"label": str(round), "url": back}, {"label": "Break the blind"}],
    }
    return render(request, "annotator/round_blind.html", context)
