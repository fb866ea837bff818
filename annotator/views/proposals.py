"""Proposing codes from the coding screen, as JSON like its other calls: make, reword, withdraw."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from annotator.answers import answers_json, body_of
from annotator.forms import ProposalForm, WordsForm
from annotator.models import Proposal
from annotator.queries.proposals import get_own_proposal
from annotator.queries.rounds import get_round
from annotator.queries.work import get_assignment
from annotator.services.proposals import edit_proposal, propose, withdraw_proposal
from studies.errors import Invalid
from studies.permissions import Access, Permission, open_study


def open_proposal(request: HttpRequest, slug: str, number: int, proposal_id: int) -> tuple[Access, Proposal]:
    access = open_study(request, slug, Permission.CODE_ISSUES)
    return access, get_own_proposal(get_round(access.study, number), access.membership, proposal_id)


def checked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid("A proposal has a name, a sentence, a quote, and a client_id that is a UUID.")
    return form.cleaned_data


def told(proposal: Proposal) -> JsonResponse:
    """The proposal as the palette shows it."""
    shown = {"proposal": proposal, "round": proposal.round_issue.round}
    item, definition = (
        render_to_string(f"annotator/palette_proposal.html#{part}", shown) for part in ("item", "definition")
    )
    return JsonResponse({"id": proposal.pk, "name": proposal.name, "item": item, "definition": definition})


@require_POST
@answers_json
def proposal_new(request: HttpRequest, slug: str, number: int, assignment_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.CODE_ISSUES)
    assignment = get_assignment(get_round(access.study, number), access.membership, assignment_id)
    return told(propose(assignment=assignment, by=access.user, **checked(ProposalForm(body_of(request)))))


@require_POST
@answers_json
def proposal_edit(request: HttpRequest, slug: str, number: int, proposal_id: int) -> HttpResponse:
    access, proposal = open_proposal(request, slug, number, proposal_id)
    return told(edit_proposal(proposal=proposal, by=access.user, **checked(WordsForm(body_of(request)))))


@require_POST
@answers_json
def proposal_withdraw(request: HttpRequest, slug: str, number: int, proposal_id: int) -> HttpResponse:
    access, proposal = open_proposal(request, slug, number, proposal_id)
    return told(withdraw_proposal(proposal=proposal, by=access.user))
