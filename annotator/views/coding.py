"""The coding screen. It works as a plain form; with scripts it sends the same answers without a reload."""

import json
import uuid
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator.answers import answers_json, body_of
from annotator.errors import Late
from annotator.forms import DraftForm, SubmitForm, answer_from
from annotator.models import Assignment, Coding, Gold, Round
from annotator.queries.came_back import why_back
from annotator.queries.codings import answer_of, last_coding
from annotator.queries.keys import own_keys
from annotator.queries.palette import flat, palette_of
from annotator.queries.past import recent_codes
from annotator.queries.pool import is_pool
from annotator.queries.proposals import own_proposals
from annotator.queries.rounds import get_round
from annotator.queries.work import (
    NOT_THERE,
    Tally,
    around,
    draft_of,
    first_of,
    get_assignment,
    last_submitted,
    next_open,
    tally_of,
    to_revisit,
)
from annotator.services.anchoring import marks_as_shown
from annotator.services.coding import save_draft, submit_or_keep
from annotator.services.pool import give_back, open_issue, take_next
from annotator.services.reading import reading_of
from annotator.services.running import check_is_running
from annotator.services.shown import shown_after
from annotator.states import Confidence
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.permissions import Access, Permission, open_study

NOTHING: dict[str, Any] = {"outcome": "", "codes": [], "memo": "", "confidence": "", "flagged": False}
# How many of the skipped, unclear or flagged issues stand at the end; the list has them all.
REVISITED = 50


def open_round(request: HttpRequest, slug: str, number: int) -> tuple[Access, Round]:
    """The running round, for a member who may code. Refused with the reason otherwise."""
    access = open_study(request, slug, Permission.CODE_ISSUES)
    round = get_round(access.study, number)
    check_is_running(round)
    return access, round


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def coding(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access, round = open_round(request, slug, number)
    if request.method == "POST":
        return submitted(request, access, round)
    if is_pool(round):
        try:
            take_up(request, access, round)
        except Late as late:
            messages.warning(request, str(late))
            return redirect("coding", slug, number)
    tally = tally_of(round, access.membership)
    if not (tally.total or tally.pool):
        raise Refused(f"No issue of {round} was given to you.")
    chosen = asked_for(request) or next_open(round, access.membership)
    if chosen is None:
        return done(request, access, round, tally)
    return screen(request, access, round, tally, get_assignment(round, access.membership, chosen))


def take_up(request: HttpRequest, access: Access, round: Round) -> None:
    """From a pool: the issue that the address names is kept for the rater as long as there is a place, else the next
    one is taken. Raises Late."""
    wanted = as_number(request.GET.get("issue", ""))
    if wanted:
        open_issue(assignment=get_assignment(round, access.membership, wanted), by=access.user)
    elif next_open(round, access.membership) is None:
        take_next(round=round, by=access.user)


def done(request: HttpRequest, access: Access, round: Round, tally: Tally) -> HttpResponse:
    member = access.membership
    context = {
        "round": round,
        "tally": tally,
        "first": first_of(round, member),
        "revisit": to_revisit(round, member)[:REVISITED],
    }
    return render(request, "annotator/coding_done.html", context)


def asked_for(request: HttpRequest) -> int | None:
    """The issue that the address names."""
    wanted = request.GET.get("issue", "")
    if wanted and not as_number(wanted):
        raise NotThere(NOT_THERE)
    return as_number(wanted) or None


def screen(
    request: HttpRequest,
    access: Access,
    round: Round,
    tally: Tally,
    assignment: Assignment,
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    entries = palette_of(round.version)
    state = state_of(assignment, last_coding(assignment))
    state["answer"] = typed or state["answer"]
    context = {
        "round": round,
        "tally": tally,
        "assignment": assignment,
        "reading": reading_of(assignment.round_issue.issue, whole="whole" in request.GET),
        "back": why_back(assignment),
        "entries": entries,
        "codes": flat(entries),
        "proposals": own_proposals(round, access.membership) if round.allows_proposals else [],
        "state": state,
        "evidence": json.dumps(state["answer"].get("evidence", [])),
        "client_id": uuid.uuid4(),
        "confidences": Confidence.choices,
        "setup": setup(access, round, tally, state),
    }
    return render(request, "annotator/coding.html", context, status=status)


def state_of(assignment: Assignment, coded: Coding | None) -> dict[str, Any]:
    """What a client needs to go on where the rater stopped: the draft if there is one, else the last submit; and where
    one can go from there."""
    draft = draft_of(assignment)
    answer = draft.payload if draft else answer_of(coded) if coded else NOTHING
    marks = marks_as_shown(assignment.round_issue.issue, answer.get("evidence", []))
    return {
        "assignment": assignment.pk,
        "key": str(assignment.round_issue.issue),
        "seen": coded.revision if coded else 0,
        "version": draft.version if draft else 0,
        "answer": {**answer, **({"evidence": marks} if marks else {})},
        "submitted_at": coded.submitted_at.isoformat() if coded else "",
        **asdict(around(assignment)),
    }


def setup(access: Access, round: Round, tally: Tally, state: dict[str, Any]) -> dict[str, Any]:
    """What the scripts start from."""
    keys = own_keys(access.user)
    address = reverse("coding", args=[access.study.slug, round.number])
    return {
        "owner": f"{access.user.pk}.{round.pk}",
        "address": address,
        "signIn": f"{reverse('sign_in')}?next={address}",
        "several": round.several_codes,
        "proposals": round.allows_proposals,
        **asdict(tally),
        "keys": {"chosen": keys.chosen, "off": keys.off},
        "recent": recent_codes(round, access.membership),
        "submitted": last_submitted(round, access.membership),
        "state": state,
    }


def submitted(request: HttpRequest, access: Access, round: Round) -> HttpResponse:
    """The plain form's way: submit, then the next issue; a refusal shows the form again with what was typed."""
    answer = answer_from(request.POST)
    assignment = get_assignment(round, access.membership, as_number(request.POST.get("assignment", "")))
    try:
        made = take(access, assignment, {**request.POST.dict(), **answer})
    except (ValidationError, Conflict) as error:
        text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        messages.error(request, text)
        tally = tally_of(round, access.membership)
        return screen(request, access, round, tally, assignment, typed=answer, status=409)
    if gold := shown_after(made):
        messages.info(request, gold_html(made, gold))
    following = next_open(round, access.membership, made.assignment.position)
    address = reverse("coding", args=[access.study.slug, round.number])
    return redirect(f"{address}?issue={following}" if following else address)


def as_number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 19 else 0


def take(access: Access, assignment: Assignment, given: dict[str, Any]) -> Coding:
    form = SubmitForm(given)
    if not form.is_valid():
        raise Invalid({field: list(errors) for field, errors in form.errors.items()})
    return submit_or_keep(assignment=assignment, by=access.user, **form.cleaned_data)


@require_POST
@answers_json
def coding_take(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The next issue of a pool, ahead of need: reserved, so that its text can be fetched."""
    access, round = open_round(request, slug, number)
    taken = take_next(round=round, by=access.user)
    return JsonResponse({"assignment": taken.pk if taken else None})


@require_POST
def coding_give_back(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    access, round = open_round(request, slug, number)
    try:
        give_back(assignment=get_assignment(round, access.membership, assignment_id), by=access.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("coding", slug, number)


@never_cache
@require_safe
@answers_json
def coding_issue(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    access, round = open_round(request, slug, number)
    assignment = get_assignment(round, access.membership, assignment_id)
    if is_pool(round):
        open_issue(assignment=assignment, by=access.user)
    reading = reading_of(assignment.round_issue.issue, whole=False)
    shown = {"reading": reading, "assignment": assignment, "back": why_back(assignment), "round": round}
    html = render_to_string("annotator/issue_text.html", shown)
    return JsonResponse({**state_of(assignment, last_coding(assignment)), "html": html})


@require_POST
@answers_json
def coding_submit(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.CODE_ISSUES)
    assignment = get_assignment(get_round(access.study, number), access.membership, assignment_id)
    made = take(access, assignment, body_of(request))
    told = {"seen": made.revision, "saved_at": made.submitted_at.isoformat()}
    gold = shown_after(made)
    return JsonResponse({**told, "gold": gold_html(made, gold)} if gold else told)


def gold_html(made: Coding, gold: Gold) -> str:
    """The gold answer beside one's own, as the screen shows it after a submit."""
    own, right = set(made.codes.all()), set(gold.codes.all())
    same = made.outcome == gold.outcome and own == right
    return render_to_string("annotator/gold_shown.html", {"made": made, "gold": gold, "same": same})


@require_POST
@answers_json
def coding_draft(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    access, round = open_round(request, slug, number)
    assignment = get_assignment(round, access.membership, assignment_id)
    given = body_of(request)
    form = DraftForm(given)
    if not form.is_valid() or not isinstance(given.get("answer"), dict):
        raise Invalid("A draft names its version, the revision seen, and the answer.")
    draft = save_draft(assignment=assignment, payload=given["answer"], by=access.user, **form.cleaned_data)
    return JsonResponse({"version": draft.version, "saved_at": draft.saved_at.isoformat()})
