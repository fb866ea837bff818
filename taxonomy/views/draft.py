"""The draft's editor: the tree at the left, one code at the right."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from studies.errors import Conflict, Invalid
from studies.permissions import Access, Permission, open_study, person
from taxonomy.errors import Changed
from taxonomy.forms import CodeForm, SettingsForm
from taxonomy.models import Code, Version
from taxonomy.origins import origins_of
from taxonomy.queries import (
    Node,
    edits_since,
    edits_to_undo,
    find_code,
    find_draft,
    get_code,
    get_draft,
    get_taxonomy,
    tree,
    versions_of,
)
from taxonomy.services.editing import add_code, change_settings, edit_code, move_code, place_code, remove_code
from taxonomy.services.structure import Step
from taxonomy.services.undoing import undo_edit
from taxonomy.services.versions import start_draft
from taxonomy.uses import codings_with

page = require_http_methods(["GET", "HEAD", "POST"])
TOLD = 5


def open_draft(request: HttpRequest, slug: str, taxonomy_id: int) -> tuple[Access, Version]:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    return access, get_draft(get_taxonomy(access.study, taxonomy_id))


PARTS = ("codes", "settings", "panel", "editor")


def editor(request: HttpRequest, draft: Version, nodes: list[Node], status: int = 200, **shown: Any) -> HttpResponse:
    """The page, or the part of it that a script asks for."""
    taxonomy, user = draft.taxonomy, person(request)
    part: str | None = request.htmx.target  # type: ignore[attr-defined]
    shown = {
        "taxonomy": taxonomy,
        "versions": versions_of(taxonomy),
        "draft": draft,
        "draft_url": reverse("taxonomy_draft", args=[taxonomy.study.slug, taxonomy.pk]),
        "nodes": nodes,
        "may_edit": True,
        "undo": edits_to_undo(draft, user).first(),
        "latest": draft.edits.order_by("-pk").first(),
        "part": part,
        "settings_form": SettingsForm(version=draft),
        **shown,
    }
    name = f"taxonomy/draft.html#{part}" if part in PARTS else "taxonomy/draft.html"
    return render(request, name, shown, status=status)


def is_done(request: HttpRequest, draft: Version, act: Callable[[], object], sentence: str) -> bool:
    """Does it and says so; or says why not. Either way, tells what others did since the page was shown."""
    done = False
    try:
        act()
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)
        done = True
    since = request.POST.get("since", "")
    for edit in edits_since(draft, person(request), int(since))[:TOLD] if since.isdecimal() else ():
        messages.info(request, f"Meanwhile, by {edit.by}: {edit.sentence}.")
    return done


@page
def taxonomy_draft(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    """Shows the draft; a POST begins one from the latest version."""
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    taxonomy = get_taxonomy(access.study, taxonomy_id)
    if request.method == "POST":
        if find_draft(taxonomy) is None:
            start_draft(taxonomy=taxonomy, by=access.user)
        return redirect("taxonomy_draft", slug, taxonomy_id)
    draft = get_draft(taxonomy)
    return editor(request, draft, tree(draft))


@page
def code_new(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    nodes = tree(draft)
    form = CodeForm(request.POST or None, nodes=nodes, initial={"parent": request.GET.get("parent", "")})
    if form.is_valid():
        try:
            code = add_code(version=draft, by=access.user, **form.changes())
        except Invalid as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{code}” was added.")
            return redirect("code_edit", slug, taxonomy_id, code.uid)
    above = form.codes.get(str(form["parent"].value()))
    return editor(request, draft, nodes, form=form, above=above, groups=groups(nodes))


@page
def code_edit(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    nodes, code = tree(draft), get_code(draft, uid)
    form = CodeForm(request.POST or None, nodes=nodes, code=code)
    shown: dict[str, Any] = {"form": form, "used": codings_with(code, access.membership)}
    if form.is_valid():
        try:
            edit_code(code=code, seen=form.cleaned_data["seen"], by=access.user, **form.changes())
        except Changed as error:
            form.show_as_seen(code)
            shown |= {"status": 409, "conflict": error, "stored": stored(form, error)}
        except Invalid as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}” is kept in the draft.")
            return redirect("code_edit", slug, taxonomy_id, uid)
    return show_code(request, draft, nodes, code, **shown)


def show_code(request: HttpRequest, draft: Version, nodes: list[Node], code: Code, **more: Any) -> HttpResponse:
    node = next(node for node in nodes if node.code == code)
    moved = request.GET.get("moved", "")
    more["origins"] = origins_of(draft.taxonomy.study, code.uid)
    return editor(request, draft, nodes, node=node, code=code, steps=steps(node, moved), groups=groups(nodes), **more)


def groups(nodes: list[Node]) -> list[str]:
    return sorted({node.code.exclusive_group for node in nodes if node.code.exclusive_group})


def stored(form: CodeForm, error: Changed) -> list[tuple[Any, str]]:
    """What someone else has stored, to stand beside the person's own text."""
    return [(form.fields[field].label or field.capitalize(), in_words(value)) for field, value in error.stored.items()]


def in_words(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def steps(node: Node, moved: str) -> list[dict[str, Any]]:
    """The four buttons. The one just used has the focus again, so that it can be pressed repeatedly."""
    possible = {
        Step.UP: not node.is_first,
        Step.DOWN: not node.is_last,
        Step.INDENT: not node.is_first,
        Step.OUTDENT: node.depth > 0,
    }
    return [
        {"value": step.value, "label": LABELS[step], "icon": ICONS[step], "possible": can, "focus": step == moved}
        for step, can in possible.items()
    ]


LABELS = {Step.UP: "Up", Step.DOWN: "Down", Step.INDENT: "Further in", Step.OUTDENT: "Further out"}
ICONS = {
    Step.UP: "arrow-up",
    Step.DOWN: "arrow-down",
    Step.INDENT: "arrow-right",
    Step.OUTDENT: "arrow-left",
}


@require_POST
def code_rename(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    """The name alone, as it is typed in the tree."""
    access, draft = open_draft(request, slug, taxonomy_id)
    code, name = get_code(draft, uid), request.POST.get("name", "")
    seen = {"name": request.POST["seen"]} if "seen" in request.POST else None
    rename = partial(edit_code, code=code, seen=seen, name=name, by=access.user)
    is_done(request, draft, rename, f"“{code}” is “{name}” now.")
    return redirect("code_edit", slug, taxonomy_id, uid)


@require_POST
def code_move(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    """One step, or to a place that another code tells."""
    access, draft = open_draft(request, slug, taxonomy_id)
    code, step = get_code(draft, uid), request.POST.get("step", "")
    seen = {"parent": request.POST["seen"]} if "seen" in request.POST else None
    move = partial(move_code, code=code, step=step, seen=seen, by=access.user)
    if "where" in request.POST:
        target = find_code(draft, request.POST.get("target", ""))
        move = partial(place_code, code=code, where=request.POST["where"], target=target, seen=seen, by=access.user)
    moved = is_done(request, draft, move, f"“{code}” was moved.")
    return redirect(reverse("code_edit", args=[slug, taxonomy_id, uid]) + (f"?moved={step}" if moved and step else ""))


@require_POST
def code_remove(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    code = get_code(draft, uid)
    remove = partial(remove_code, code=code, by=access.user)
    if is_done(request, draft, remove, f"“{code}” was removed from the draft."):
        return redirect("taxonomy_draft", slug, taxonomy_id)
    return redirect("code_edit", slug, taxonomy_id, uid)


@require_POST
def draft_undo(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    edit = edits_to_undo(draft, access.user).first()
    sentence = f"Taken back: {edit.sentence}." if edit else ""
    number = int(given) if (given := request.POST.get("edit", "")).isdecimal() else 0
    is_done(request, draft, partial(undo_edit, version=draft, edit=number, by=access.user), sentence)
    return redirect("taxonomy_draft", slug, taxonomy_id)


@require_POST
def draft_settings(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    form = SettingsForm(request.POST, version=draft)
    if form.is_valid():
        change = partial(change_settings, version=draft, by=access.user, **form.cleaned_data)
        if is_done(request, draft, change, "What raters may choose is kept in the draft."):
            return redirect("taxonomy_draft", slug, taxonomy_id)
        form.show_as_seen(draft)
    return editor(request, draft, tree(draft), status=409, settings_form=form)
