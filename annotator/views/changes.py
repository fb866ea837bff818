"""Changes to a round that was dealt: looked at, then made. Pausing and resuming."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from annotator.errors import Changed
from annotator.forms.changes import ChangeForm
from annotator.forms.choices import coders_of
from annotator.models import Round
from annotator.queries.rounds import get_round
from annotator.services.changing import (
    Change,
    change_round,
    check_can_change,
    pause_round,
    plan_change,
    resume_round,
)
from annotator.services.standing import standing_of
from studies.errors import Refused
from studies.permissions import Permission, open_study


@require_http_methods(["GET", "HEAD", "POST"])
def round_change(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    shown = get_round(access.study, number)
    check_can_change(shown)
    form, change = ChangeForm(request.POST or None, study=access.study), None
    if form.is_valid():
        try:
            if form.cleaned_data["seen"]:
                made = change_round(round=shown, asked=form.asked(), seen=form.cleaned_data["seen"], by=access.user)
                messages.success(request, f"{shown} is changed: {told(made)}.")
                return redirect("round", slug, number)
            change = plan_change(shown, form.asked())
        except Changed as changed:
            messages.warning(request, str(changed))
            change = plan_change(shown, form.asked())
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "annotator/round_change.html", context_of(shown, form, change))


def context_of(round: Round, form: ChangeForm, change: Change | None) -> dict[str, Any]:
    raters = standing_of(round).raters
    slug = round.study.slug
    return {
        "round": round,
        "form": form,
        "change": change,
        "raters": raters.values(),
        "second": next((str(member.pk) for member in list(raters.values())[1:]), ""),
        "others": [member for member in coders_of(round.study) if member.alias not in raters],
        "crumbs": [
            {"label": "Rounds", "url": reverse("rounds", args=[slug])},
            {"label": str(round), "url": reverse("round", args=[slug, round.number])},
            {"label": "Change"},
        ],
    }


def told(change: Change) -> str:
    moved = [f"{alias} has {after:,} open ({before:,} before)" for alias, _, before, after in change.rows]
    return "; ".join(moved)


@require_POST
def round_pause(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    try:
        paused = pause_round(
            round=get_round(access.study, number), reason=request.POST.get("reason", ""), by=access.user
        )
    except (Refused, ValidationError) as refusal:
        messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
    else:
        messages.success(request, f"{paused} is paused. Raters who open it are told why.")
    return redirect("round", slug, number)


@require_POST
def round_resume(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    try:
        resumed = resume_round(round=get_round(access.study, number), by=access.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{resumed} goes on.")
    return redirect("round", slug, number)
