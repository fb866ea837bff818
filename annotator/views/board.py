"""The board: the proposals of a closed round, sorted by the lead and looked at by all."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator.forms import AcceptForm, DeclineForm, IntoForm, MoveForm
from annotator.models import Round
from annotator.queries.board import Card, cards_of, get_card, suggestions
from annotator.queries.rounds import get_round
from annotator.services.board import (
    accept_as_new,
    accept_into,
    decline,
    name_group,
    put_together,
    take_back,
    take_out,
)
from annotator.visibility import check_sees_all_codings
from studies.errors import Conflict, Invalid
from studies.permissions import Access, Permission, open_study
from taxonomy.queries import find_draft, get_code, tree


def open_board(request: HttpRequest, slug: str, number: int, permission: Permission) -> tuple[Access, Round]:
    """The closed round. Refused with the reason while it runs; who broke the blind may look, and not sort."""
    access = open_study(request, slug, permission)
    round = get_round(access.study, number)
    check_sees_all_codings(round, access.membership if permission == Permission.VIEW_STUDY else None)
    return access, round


@require_safe
def board(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access, round = open_board(request, slug, number, Permission.VIEW_STUDY)
    cards = cards_of(round)
    may_sort = access.may(Permission.EDIT_TAXONOMY) and round.is_closed
    context = {
        "round": round,
        "open_cards": [card for card in cards if card.is_open],
        "decided": [card for card in cards if not card.is_open],
        "proposals": sum(len(card.proposals) for card in cards),
        "suggestions": suggestions(cards) if may_sort else [],
        "may_sort": may_sort,
        "at": request.GET.get("at", ""),
        "crumbs": [*crumbs(slug, round), {"label": "Board"}],
    }
    return render(request, "annotator/board.html", context)


def crumbs(slug: str, round: Round) -> list[dict[str, str]]:
    return [
        {"label": "Rounds", "url": reverse("rounds", args=[slug])},
        {"label": str(round), "url": reverse("round", args=[slug, round.number])},
    ]


STAYS = "Taken back: to sort again. A code that was made of it stays in the draft; remove it there if it should go."


@require_POST
def board_move(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What moves cards: put together, take out, name, take back. A refusal is told on the board, where all stands as
    it was."""
    access, round = open_board(request, slug, number, Permission.EDIT_TAXONOMY)
    at = request.POST.get("card", "")
    try:
        at = moved(round, access, request.POST.dict())
        if request.POST.get("act") == "back":
            messages.info(request, STAYS)
    except Conflict as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(f"{reverse('board', args=[slug, number])}?at={at}")


def moved(round: Round, access: Access, given: dict[str, str]) -> str:
    """Does it, and says which card to look at then."""
    form = MoveForm(given)
    if not form.is_valid():
        raise Invalid("This does not name a card and a step. Nothing was changed.")
    said = form.cleaned_data
    held: dict[str, Any] = {"round": round, "card": said["card"], "seen": said["seen"], "by": access.user}
    if said["act"] == "together":
        return put_together(onto=said["onto"], onto_seen=said["onto_seen"], **held).key
    if said["act"] == "out":
        return take_out(proposal=said["proposal"] or 0, **held).key
    if said["act"] == "name":
        return name_group(name=said["name"], **held).key
    take_back(**held)
    return str(said["card"])


@require_http_methods(["GET", "HEAD", "POST"])
def board_card(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponse:
    """One card to decide on: a new code of the draft, one that is there, or declined. What was typed stays."""
    access, round = open_board(request, slug, number, Permission.EDIT_TAXONOMY)
    card = get_card(round, key)
    if request.method == "POST":
        try:
            messages.success(request, decided(round, card, access, request.POST.dict()))
        except (Conflict, ValidationError) as error:
            told = error.messages if isinstance(error, ValidationError) else [str(error)]
            return show_card(request, round, card, given=request.POST.dict(), errors=told)
        return redirect(f"{reverse('board', args=[slug, number])}?at={key}")
    return show_card(request, round, card)


def decided(round: Round, card: Card, access: Access, given: dict[str, str]) -> str:
    """Does it, and says what was done."""
    held: dict[str, Any] = {"round": round, "card": card.key, "seen": given.get("seen", ""), "by": access.user}
    if given.get("act") == "decline":
        decline(**held, **checked(DeclineForm(given)))
        return f"“{card.name}” is declined."
    draft = find_draft(round.version.taxonomy)
    if draft is None:
        raise Invalid("The taxonomy has no draft. Start one first; your text is kept.")
    if given.get("act") == "into":
        uid = checked(IntoForm(given))["code"]
        code = accept_into(code=get_code(draft, uid), **held)
        return f"“{card.name}” is “{code}” in the draft."
    said = checked(AcceptForm(given))
    above = said.pop("parent")
    code = accept_as_new(draft=draft, parent=get_code(draft, above) if above else None, **said, **held)
    return f"“{code}” is in the draft."


def checked(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid({field: list(errors) for field, errors in form.errors.items()})
    said: dict[str, Any] = form.cleaned_data
    return said


def show_card(
    request: HttpRequest,
    round: Round,
    card: Card,
    given: dict[str, str] | None = None,
    errors: list[str] | None = None,
) -> HttpResponse:
    draft = find_draft(round.version.taxonomy)
    slug = round.study.slug
    board = {"label": "Board", "url": reverse("board", args=[slug, round.number])}
    context = {
        "round": round,
        "card": card,
        "typed": given or {"name": card.name, "definition": card.definition, "examples": card.examples},
        "seen": card.seen,
        "errors": errors,
        "draft": draft,
        "nodes": tree(draft) if draft else [],
        "crumbs": [*crumbs(slug, round), board, {"label": card.name}],
    }
    return render(request, "annotator/board_card.html", context, status=409 if errors else 200)
