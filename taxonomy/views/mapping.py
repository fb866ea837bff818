"""Mapping code by code, and deciding where two who mapped differ."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from studies.errors import Conflict, Invalid, NotThere
from studies.permissions import Permission, open_study
from taxonomy.crosswalks import Case, Link, Opened, Said, get_crosswalk, open_for
from taxonomy.models import Relation
from taxonomy.queries import Node
from taxonomy.services.crosswalks import check_can_decide, check_can_map, decide_mapping, map_code

# A longer right taxonomy is narrowed by its filter; codes that have a relation are always shown.
MOST_ROWS = 400
RELATIONS = [(relation.value, relation.label) for relation in Relation if relation != Relation.NONE]

page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Row:
    """A right code, with the relation that the left code has to it, if any."""

    node: Node
    link: Link | None


@dataclass(frozen=True)
class Compared:
    """A right code, or none, with what each mapper and the decision say of it."""

    node: Node | None
    said: Sequence[Link | None]
    decided: Link | None


@page
def crosswalk_map(request: HttpRequest, slug: str, crosswalk_id: int, uid: uuid.UUID) -> HttpResponse:
    access = open_study(request, slug)
    crosswalk = get_crosswalk(access.study, crosswalk_id)
    check_can_map(crosswalk, access.user)
    found = open_for(access.user, crosswalk)
    case = case_of(found, uid)
    links, errors = tuple(case.given[0].links) if case.given else (), []
    if request.method == "POST":
        links = tuple(links_from(request.POST))
        try:
            map_code(crosswalk=crosswalk, left=uid, links=links, by=access.user)
        except Invalid as error:
            errors = error.messages
        else:
            return redirect(next_address(slug, found, uid, request.POST.get("go", "")))
    shown = mapping_page(found, case, links, request.GET.get("q", ""))
    return render(request, "taxonomy/crosswalk_map.html", shown | {"errors": errors, "crumbs": crumbs(slug, found)})


def mapping_page(found: Opened, case: Case, links: Sequence[Link], query: str) -> dict[str, Any]:
    rows = rows_of(found, links, query)
    none = next((link for link in links if link.right is None), None)
    before, after = neighbours(found.cases, case)
    return {
        "found": found, "crosswalk": found.crosswalk, "case": case, "before": before, "after": after,
        "rows": rows[:MOST_ROWS], "left_out": max(len(rows) - MOST_ROWS, 0), "query": query,
        "none": none, "relations": RELATIONS,
    }  # fmt: skip


def rows_of(found: Opened, links: Sequence[Link], query: str) -> list[Row]:
    """The right codes that fit the filter, and those that have a relation; the latter first where not all have room."""
    chosen = {link.right: link for link in links}
    asked = query.casefold().strip()
    rows = [
        Row(node, chosen.get(node.code.uid))
        for node in found.right
        if node.code.uid in chosen or asked in f"{node.code.name} {node.code.definition}".casefold()
    ]
    return rows if len(rows) <= MOST_ROWS else sorted(rows, key=lambda row: row.link is None)


def links_from(data: QueryDict) -> list[Link]:
    """A form's relations: `relation-<uid>` beside `reason-<uid>`, or `none` beside `reason-none`."""
    links = []
    for field, relation in data.items():
        name, _, uid = field.partition("-")
        if name == "relation" and relation:
            links.append(Link(as_uid(uid), str(relation), str(data.get(f"reason-{uid}", ""))))
    if "none" in data:
        links.append(Link(None, Relation.NONE, data.get("reason-none", "")))
    return links


def as_uid(text: str) -> uuid.UUID:
    """A uid that is none is one that no code has: the service refuses it with a sentence."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def case_of(found: Opened, uid: uuid.UUID) -> Case:
    if uid not in found.by_uid:
        raise NotThere("There is no such code in the left version.")
    return found.by_uid[uid]


def neighbours(cases: Sequence[Case], case: Case) -> tuple[Case | None, Case | None]:
    at = cases.index(case)
    return cases[at - 1] if at else None, cases[at + 1] if at + 1 < len(cases) else None


def next_address(slug: str, found: Opened, uid: uuid.UUID, go: str) -> str:
    """Where a saved code leads: to its neighbour if asked, else to the next that is not mapped, else to the whole."""
    at = next(place for place, case in enumerate(found.cases) if case.node.code.uid == uid)
    before, after = neighbours(found.cases, found.cases[at])
    waiting = [case for case in (*found.cases[at + 1 :], *found.cases[:at]) if not case.given]
    goal = {"before": before, "after": after}.get(go) or next(iter(waiting), None)
    here = [slug, found.crosswalk.pk]
    return reverse("crosswalk_map", args=[*here, goal.node.code.uid]) if goal else reverse("crosswalk", args=here)


@page
def crosswalk_decide(request: HttpRequest, slug: str, crosswalk_id: int, uid: uuid.UUID) -> HttpResponse:
    access = open_study(request, slug, Permission.RESOLVE)
    crosswalk = get_crosswalk(access.study, crosswalk_id)
    check_can_decide(crosswalk)
    found = open_for(access.user, crosswalk)
    case, status = case_of(found, uid), 200
    errors: list[str] = []
    links, reason = tuple(case.decision.links) if case.decision else (), request.POST.get("reason", "")
    if request.method == "POST":
        links = decided_links(request.POST, case)
        try:
            decide_mapping(
                crosswalk=crosswalk, left=uid, links=links, reason=reason, seen=seen(request.POST), by=access.user
            )
        except (Invalid, Conflict) as error:
            errors, status = (error.messages, 200) if isinstance(error, Invalid) else ([str(error)], 409)
        else:
            messages.success(request, f"“{case.node.code}” is decided.")
            return redirect(next_difference(slug, found, uid))
    shown = decision_page(found, case, links) | {"errors": errors, "reason": reason, "crumbs": crumbs(slug, found)}
    return render(request, "taxonomy/crosswalk_decide.html", shown, status=status)


def seen(data: QueryDict) -> int | None:
    text = data.get("seen", "")
    return int(text) if text.isdecimal() else None


def decided_links(data: QueryDict, case: Case) -> tuple[Link, ...]:
    """What is ticked; with `adopt` what that mapper said; `other` adds a code that nobody named."""
    if "adopt" in data:
        adopted = [said for mapper, said in case.said if str(mapper.pk) == data["adopt"] and said]
        return adopted[0].links if adopted else ()
    links = links_from(data)
    if data.get("other") and data.get("other-relation"):
        links.append(Link(as_uid(str(data["other"])), str(data["other-relation"])))
    return tuple(links)


def decision_page(found: Opened, case: Case, links: Sequence[Link]) -> dict[str, Any]:
    order = {None: -1} | {node.code.uid: place for place, node in enumerate(found.right)}
    named = {link.right for said in case.given for link in said.links} | {link.right for link in links} | {None}
    decided = {link.right: link for link in links}
    return {
        "found": found, "crosswalk": found.crosswalk, "case": case, "relations": RELATIONS,
        "rows": [
            Compared(
                found.right_by_uid.get(uid) if uid else None,
                [linked(said, uid) for _, said in case.said],
                decided.get(uid),
            )
            for uid in sorted(named & order.keys(), key=lambda uid: order[uid])
        ],
        "others": [node for node in found.right if node.code.uid not in named],
        "place": place_of(found.differences, case), "waiting": len(found.undecided),
    }  # fmt: skip


def linked(said: Said | None, uid: uuid.UUID | None) -> Link | None:
    return next((link for link in said.links if link.right == uid), None) if said else None


def place_of(cases: Sequence[Case], case: Case) -> int:
    return cases.index(case) + 1 if case in cases else 0


def next_difference(slug: str, found: Opened, uid: uuid.UUID) -> str:
    open_cases = [case for case in found.undecided if case.node.code.uid != uid]
    here = [slug, found.crosswalk.pk]
    if not open_cases:
        return reverse("crosswalk", args=here)
    return reverse("crosswalk_decide", args=[*here, open_cases[0].node.code.uid])


def crumbs(slug: str, found: Opened) -> list[dict[str, str]]:
    whole = reverse("crosswalk", args=[slug, found.crosswalk.pk])
    return [
        {"label": "Crosswalks", "url": reverse("crosswalks", args=[slug])},
        {"label": str(found.crosswalk), "url": whole},
        {"label": "Codes"},
    ]
