"""Disagreements: the queue of a closed round, and one issue with the raters side by side and the decision."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator.forms import DecisionForm, answer_from
from annotator.models import Round
from annotator.queries.disagreements import (
    Case,
    case_of,
    cases_of,
    disagreements_of,
    get_round_issue,
    said_off_topic,
    unanimous_open,
)
from annotator.queries.palette import flat, palette_of
from annotator.queries.rounds import get_round, rounds_of
from annotator.queries.told import text_has_changed
from annotator.services.marked import marked_issue
from annotator.services.resolution import can_resolve, check_is_decided_on, resolve, resolve_unanimous
from annotator.states import DECIDED_HERE, FROZEN, SCREENED, How, Kind
from annotator.visibility import check_sees_all_codings
from studies.errors import Conflict, Invalid
from studies.permissions import Access, Permission, open_study


@require_safe
def disagreements(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.RESOLVE)
    closed = rounds_of(access.study).filter(phase__in=FROZEN).exclude(kind=Kind.CONSISTENCY)
    wanted = request.GET.get("round", "")
    shown = get_round(access.study, int(wanted)) if wanted.isdecimal() else closed.first()
    if shown is None:
        return render(request, "annotator/disagreements.html", {"round": None})
    check_sees_all_codings(shown, access.membership)
    check_is_decided_on(shown)
    cases = cases_of(shown)
    queue = disagreements_of(cases)
    context = {
        "round": shown,
        "rounds": closed if shown.is_closed else [shown, *closed],
        "queue": queue,
        "off_topic": said_off_topic(cases),
        "open": sum(1 for case in queue if case.is_open),
        "unanimous": len(unanimous_open(cases)) if can_resolve(shown) else 0,
        "agreed": len(cases) - len(queue),
        "first": next((case for case in queue if case.is_open), None),
    }
    return render(request, "annotator/disagreements.html", context)


@require_POST
def unanimous_resolve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.RESOLVE)
    settled = resolve_unanimous(round=get_round(access.study, number), by=access.user)
    issues = "issue was" if settled == 1 else "issues were"
    messages.success(request, f"{settled} unanimous {issues} settled.")
    return redirect(f"{reverse('disagreements', args=[slug])}?round={number}")


@require_http_methods(["GET", "HEAD", "POST"])
def disagreement(request: HttpRequest, slug: str, number: int, issue_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.RESOLVE)
    shown = get_round(access.study, number)
    check_sees_all_codings(shown, access.membership)
    check_is_decided_on(shown)
    case = case_of(get_round_issue(shown, issue_id))
    if request.method == "POST":
        typed = answer_from(request.POST)
        try:
            decide(request, access, case, typed)
        except (ValidationError, Conflict) as error:
            sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
            return page(request, access, shown, case, typed={**typed, **request.POST.dict()}, errors=sentences)
        messages.success(request, f"The decision on {case.round_issue.issue} is recorded.")
        return redirect(following(slug, shown, case))
    return page(request, access, shown, case)


def decide(request: HttpRequest, access: Access, case: Case, typed: dict[str, Any]) -> None:
    form = DecisionForm({**request.POST.dict(), **typed})
    if not form.is_valid():
        raise Invalid({field: list(errors) for field, errors in form.errors.items()})
    resolve(round_issue=case.round_issue, by=access.user, **form.cleaned_data)


def following(slug: str, round: Round, case: Case) -> str:
    """The next open disagreement after this one, else the first open one, else the queue."""
    still = [row for row in disagreements_of(cases_of(round)) if row.is_open]
    later = [row for row in still if row.round_issue.position > case.round_issue.position]
    for row in later or still:
        return reverse("disagreement", args=[slug, round.number, row.round_issue.issue_id])
    return f"{reverse('disagreements', args=[slug])}?round={round.number}"


def page(
    request: HttpRequest,
    access: Access,
    round: Round,
    case: Case,
    *,
    typed: dict[str, Any] | None = None,
    errors: list[str] | None = None,
) -> HttpResponse:
    queue = disagreements_of(cases_of(round))
    places = [row.round_issue.pk for row in queue]
    place = places.index(case.round_issue.pk) + 1 if case.round_issue.pk in places else None
    back = f"{reverse('disagreements', args=[access.study.slug])}?round={round.number}"
    marked = marked_issue(case)
    context = {
        "round": round,
        "may_decide": can_resolve(round),
        "case": case,
        "text_changed": text_has_changed(case.round_issue),
        "reading": marked.reading,
        "marked": marked,
        "rows": table(round, case, typed),
        "decision": decision(case, typed),
        "ways": DECIDED_HERE,
        "screening": [(outcome.value, outcome.label.capitalize()) for outcome in SCREENED],
        "errors": errors,
        "place": place,
        "total": len(queue),
        "before": queue[place - 2] if place and place > 1 else None,
        "after": queue[place] if place and place < len(queue) else None,
        "crumbs": [{"label": "Disagreements", "url": back}, {"label": str(case.round_issue.issue)}],
    }
    return render(request, "annotator/disagreement.html", context, status=409 if errors else 200)


def decision(case: Case, typed: dict[str, Any] | None) -> dict[str, Any]:
    """What the form shows: what was typed, else the decision that stands, else what most raters said."""
    if typed is not None:
        return {"outcome": typed["outcome"], "codes": typed["codes"], **typed}
    seen = case.resolution.revision if case.resolution else 0
    if case.resolution:
        row = case.resolution
        codes = [code.pk for code in row.codes.all()]
        return {"outcome": row.outcome, "codes": codes, "how": row.how, "reason": row.reason, "seen": seen}
    outcome, chosen = case.majority or ("", frozenset())
    return {"outcome": outcome, "codes": list(chosen), "how": How.MAJORITY if outcome else "", "seen": seen}


def table(round: Round, case: Case, typed: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The codes as rows: those that somebody chose first in the taxonomy's order; the rest can be added."""
    decided = set(decision(case, typed)["codes"])
    said = [{code.pk for code in coding.codes.all()} if coding else set() for _, coding in case.raters]
    return [
        {
            "entry": entry,
            "said": [entry.code.pk in codes for codes in said],
            "decided": entry.code.pk in decided,
            "used": any(entry.code.pk in codes for codes in said) or entry.code.pk in decided,
        }
        for entry in flat(palette_of(round.version))
    ]
