"""Rounds: the list, a new one, one round with its progress."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from annotator.errors import Changed
from annotator.forms.rounds import RoundForm
from annotator.models import Round
from annotator.queries.blind import breaks_of
from annotator.queries.disagreements import undecided_in
from annotator.queries.gold import golds_of
from annotator.queries.pace import Course, calendar_of, courses_of, expected_end, seen_by, stalled_in_words
from annotator.queries.pool import is_pool, places_in
from annotator.queries.rounds import Progress, get_round, issues_in, rounds_of, taken_up
from annotator.queries.screening import result_of
from annotator.queries.target import target_in_words, target_state
from annotator.queries.timing import times_of
from annotator.services.blind import can_break_blind
from annotator.services.calibration import can_set_gold, can_set_target
from annotator.services.changing import can_change
from annotator.services.phases import can_move
from annotator.services.planning import Plan, plan_round
from annotator.services.resolution import can_resolve
from annotator.services.rounds import draft_round
from annotator.states import MEANING, Kind, Phase
from annotator.visibility import sees_all_codings
from studies.models import Study
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
    form = RoundForm(request.POST or None, study=access.study, available=available, start=request.GET.dict())
    plan = None
    if form.is_valid():
        try:
            if request.POST.get("act") != "preview":
                seen = request.POST.get("seen", "")
                made = draft_round(study=access.study, seen=seen, by=access.user, **form.asked())
                messages.success(request, f"{made} is drawn and dealt. Start it when the raters are ready.")
                return redirect("round", slug, made.number)
            plan = plan_of(access.study, form)
        except Changed as changed:
            messages.warning(request, str(changed))
            plan = plan_of(access.study, form)
        except ValidationError as error:
            form.add_error(None, error)
    crumbs = [{"label": "Rounds", "url": reverse("rounds", args=[slug])}, {"label": "New round"}]
    context = {"form": form, "crumbs": crumbs, "available": available, "plan": plan}
    return render(request, "annotator/round_new.html", context)


def plan_of(study: Study, form: RoundForm) -> Plan:
    """What the form asks for, with a seed that stays."""
    asked = form.asked()
    named = (
        "raters", "size", "seed", "frame", "without_coded", "screened_in", "kind", "way", "design", "again", "version",
        "several_codes",
    )  # fmt: skip
    plan = plan_round(study=study, **{name: asked[name] for name in named})
    form.keep_seed(plan.sample["seed"])
    return plan


@require_safe
def round(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug)
    shown = get_round(access.study, number)
    courses = courses_of(shown)
    progress = [course.progress for course in courses]
    coded = sum(row.coded for row in progress)
    given = places_in(shown) if is_pool(shown) else sum(row.given for row in progress)
    missing = given - coded
    context = {
        **pace_context(shown, courses, access, missing),
        "round": shown,
        "meaning": MEANING[shown.phase],
        "progress": progress,
        "pool": is_pool(shown),
        "given": given,
        "coded": coded,
        "missing": missing,
        "mine": own(progress, access),
        "may_manage": access.may(Permission.MANAGE_ROUNDS),
        "hidden_in": shown.sample.get("hidden_in"),
        "may_resolve": access.may(Permission.RESOLVE),
        "can_start": can_move(shown, Phase.INDEPENDENT),
        "can_change": can_change(shown),
        "can_break": can_break_blind(shown, access.membership),
        "broken": breaks_of(shown),
        "sees_codings": sees_all_codings(shown, access.membership),
        "can_close": shown.phase == Phase.INDEPENDENT,
        "can_decide": can_resolve(shown),
        "undecided": undecided_in(shown) if can_resolve(shown) else 0,
        "result": result_of(shown),
        **calibration_of(shown),
        "times": times_of(shown) if access.may(Permission.MANAGE_ROUNDS) and access.study.times_coding else [],
        "taken_up": taken_up(shown) if shown.is_closed else [],
        "crumbs": [{"label": "Rounds", "url": reverse("rounds", args=[slug])}, {"label": str(shown)}],
    }
    return render(request, "annotator/round.html", context)


def pace_context(round: Round, courses: list[Course], access: Access, missing: int) -> dict[str, Any]:
    """How raters come along: of all for a lead, of themselves for a rater."""
    seen = seen_by(access.membership, round, courses)
    leads = access.may(Permission.MANAGE_ROUNDS)
    return {
        "calendar": calendar_of(seen, round),
        "stalled": stalled_in_words(seen) if leads else "",
        "end": expected_end(courses, missing if is_pool(round) else 0) if leads else None,
    }


def calibration_of(round: Round) -> dict[str, object]:
    """Its target and its gold answers: how many there are is no secret, what they say is."""
    if round.kind != Kind.CALIBRATION:
        return {}
    golds = len(golds_of(round))
    return {"target": target_in_words(round), "state": target_state(round), "golds": golds,
            "can_set_target": can_set_target(round), "can_set_gold": can_set_gold(round)}  # fmt: skip


def own(progress: list[Progress], access: Access) -> Progress | None:
    return next((row for row in progress if row.member == access.membership), None)
