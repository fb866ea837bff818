"""Calibration as a test: its target, and the gold answers of its issues. Leads alone see what these say."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from annotator.forms import answer_from
from annotator.forms.calibration import GoldForm, TargetForm
from annotator.models import Gold, Round, RoundIssue
from annotator.queries.disagreements import get_round_issue
from annotator.queries.gold import gold_of, golds_of
from annotator.queries.palette import flat, palette_of
from annotator.queries.rounds import get_round
from annotator.services.calibration import (
    Target,
    check_can_set_gold,
    check_can_set_target,
    check_is_of_the_sample,
    set_gold,
    set_target,
)
from annotator.services.reading import reading_of
from annotator.services.repeats import own_issues
from annotator.states import Outcome
from studies.errors import Conflict, Invalid
from studies.permissions import Access, Permission, open_study


def crumbs(slug: str, round: Round, *last: dict[str, str]) -> list[dict[str, str]]:
    start = {"label": "Rounds", "url": reverse("rounds", args=[slug])}
    return [start, {"label": str(round), "url": reverse("round", args=[slug, round.number])}, *last]


@require_http_methods(["GET", "HEAD", "POST"])
def round_target(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    round = get_round(access.study, number)
    check_can_set_target(round)
    form = TargetForm(request.POST or None, initial=round.target)
    taken_away = request.POST.get("act") == "none"
    if taken_away or form.is_valid():
        try:
            set_target(round=round, target=None if taken_away else Target(**form.cleaned_data), by=access.user)
            messages.success(request, f"The target of {round} is {'taken away' if taken_away else 'set'}.")
            return redirect("round", slug, number)
        except Invalid as error:
            form.add_error(None, error)
    context = {"round": round, "form": form, "crumbs": crumbs(slug, round, {"label": "Target"})}
    return render(request, "annotator/round_target.html", context)


@require_safe
def round_gold(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    round = get_round(access.study, number)
    check_can_set_gold(round)
    golds = golds_of(round)
    rows = own_issues(round).select_related("issue__repository").order_by("position")
    context = {
        "round": round,
        "rows": [(row, golds.get(row.pk)) for row in rows],
        "set": len(golds),
        "crumbs": crumbs(slug, round, {"label": "Gold answers"}),
    }
    return render(request, "annotator/round_gold.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def round_gold_issue(request: HttpRequest, slug: str, number: int, issue_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    round = get_round(access.study, number)
    check_can_set_gold(round)
    row = get_round_issue(round, issue_id)
    check_is_of_the_sample(row)
    if request.method != "POST":
        return gold_page(request, access, row)
    typed = answer_from(request.POST)
    if request.POST.get("act") == "none":
        typed = {"outcome": "", "codes": []}
    try:
        keep(access, row, {**request.POST.dict(), **typed})
    except (ValidationError, Conflict) as error:
        sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
        return gold_page(request, access, row, typed={**request.POST.dict(), **typed}, errors=sentences)
    messages.success(request, f"The gold answer of {row.issue} is {'set' if typed['outcome'] else 'taken back'}.")
    return redirect("round_gold", slug, number)


def keep(access: Access, row: RoundIssue, given: dict[str, Any]) -> Gold:
    form = GoldForm(given)
    if not form.is_valid():
        raise Invalid({field: list(errors) for field, errors in form.errors.items()})
    return set_gold(round_issue=row, by=access.user, **form.asked())


def gold_page(
    request: HttpRequest,
    access: Access,
    row: RoundIssue,
    *,
    typed: dict[str, Any] | None = None,
    errors: list[str] | None = None,
) -> HttpResponse:
    gold, slug, round = gold_of(row), access.study.slug, row.round
    last = row.golds.order_by("-revision").first()
    stands = {"outcome": gold.outcome, "codes": [code.pk for code in gold.codes.all()], "reason": gold.reason} if gold \
        else {"outcome": "", "codes": [], "reason": ""}  # fmt: skip
    gold_list = {"label": "Gold answers", "url": reverse("round_gold", args=[slug, round.number])}
    context = {
        "round": round,
        "row": row,
        "gold": gold,
        "seen": last.revision if last else 0,
        "answer": typed or stands,
        "entries": flat(palette_of(round.version)),
        "special": [(outcome.value, outcome.label) for outcome in (Outcome.NONE, Outcome.OFF_TOPIC)],
        "reading": reading_of(row.issue),
        "errors": errors,
        "crumbs": crumbs(slug, round, gold_list, {"label": str(row.issue)}),
    }
    return render(request, "annotator/gold_issue.html", context, status=409 if errors else 200)
