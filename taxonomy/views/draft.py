"""The draft's editor: the tree at the left, one code at the right."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from studies.errors import Invalid
from studies.permissions import Access, Permission, open_study
from taxonomy.errors import Changed
from taxonomy.forms import CodeForm
from taxonomy.models import Code, Version
from taxonomy.origins import origins_of
from taxonomy.queries import (
    Node,
    find_draft,
    get_code,
    get_draft,
    get_taxonomy,
    tree,
    versions_of,
)
from taxonomy.services.editing import add_code, edit_code, move_code, remove_code, told
from taxonomy.services.structure import Step
from taxonomy.services.versions import start_draft

page = require_http_methods(["GET", "HEAD", "POST"])


def open_draft(request: HttpRequest, slug: str, taxonomy_id: int) -> tuple[Access, Version]:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    return access, get_draft(get_taxonomy(access.study, taxonomy_id))


def editor(request: HttpRequest, draft: Version, nodes: list[Node], status: int = 200, **shown: Any) -> HttpResponse:
    taxonomy = draft.taxonomy
    shown |= {"taxonomy": taxonomy, "versions": versions_of(taxonomy), "draft": draft, "nodes": nodes, "may_edit": True}
    return render(request, "taxonomy/draft.html", shown, status=status)


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
    return editor(request, draft, nodes, form=form)


@page
def code_edit(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    nodes, code = tree(draft), get_code(draft, uid)
    form = CodeForm(request.POST or None, nodes=nodes, code=code)
    if form.is_valid():
        try:
            edit_code(code=code, seen=form.cleaned_data["seen"], by=access.user, **form.changes())
        except Changed as error:
            return show_both(request, draft, nodes, code, form, error)
        except Invalid as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}” is kept in the draft.")
            return redirect("code_edit", slug, taxonomy_id, uid)
    return show_code(request, draft, nodes, code, form)


def show_code(
    request: HttpRequest, draft: Version, nodes: list[Node], code: Code, form: CodeForm, **more: Any
) -> HttpResponse:
    node = next(node for node in nodes if node.code == code)
    moved = request.GET.get("moved", "")
    return editor(
        request,
        draft,
        nodes,
        form=form,
        node=node,
        code=code,
        origins=origins_of(draft.taxonomy.study, code.uid),
        steps=steps(node, moved),
        **more,
    )


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


def show_both(
    request: HttpRequest, draft: Version, nodes: list[Node], code: Code, form: CodeForm, error: Changed
) -> HttpResponse:
    """The person's text stays in the form; beside it stands what someone else has stored meanwhile."""
    form.show_as_seen(told(code))
    names = {str(node.code.uid): f"{node.number} {node.code.name}" for node in nodes}
    stored = [
        (form.fields[field].label or field.capitalize(), names.get(value, value) if field == "parent" else value)
        for field, value in error.stored.items()
    ]
    return show_code(request, draft, nodes, code, form, conflict=str(error), stored=stored, status=409)


@require_POST
def code_move(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    code, step = get_code(draft, uid), request.POST.get("step", "")
    try:
        move_code(code=code, step=step, by=access.user)
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
        step = ""
    return redirect(reverse("code_edit", args=[slug, taxonomy_id, uid]) + (f"?moved={step}" if step else ""))


@require_POST
def code_remove(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    access, draft = open_draft(request, slug, taxonomy_id)
    code = get_code(draft, uid)
    try:
        remove_code(code=code, by=access.user)
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
        return redirect("code_edit", slug, taxonomy_id, uid)
    messages.success(request, f"“{code}” was removed from the draft.")
    return redirect("taxonomy_draft", slug, taxonomy_id)
