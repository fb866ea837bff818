"""A code of the draft that goes: merged into another, split into several, or retired. One page, three forms."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from studies.errors import Invalid
from studies.models import User
from studies.permissions import Permission, open_study
from taxonomy.forms import FORMS, MergeForm, OperationForm, SplitForm
from taxonomy.models import Code
from taxonomy.queries import get_code, get_draft, get_taxonomy, tree
from taxonomy.services.operations import merge_code, retire_code, split_code


@require_http_methods(["GET", "HEAD", "POST"])
def code_replace(request: HttpRequest, slug: str, taxonomy_id: int, uid: uuid.UUID) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    draft = get_draft(get_taxonomy(access.study, taxonomy_id))
    code, nodes = get_code(draft, uid), tree(draft)
    act = request.POST.get("act", "")
    forms = {name: kind(request.POST if name == act else None, nodes=nodes, code=code) for name, kind in FORMS.items()}
    form = forms.get(act)
    if form and form.is_valid():
        try:
            messages.success(request, perform(form, code, access.user))
        except Invalid as error:
            form.add_error(None, error)
        else:
            return redirect("taxonomy_draft", slug, taxonomy_id)
    back = reverse("code_edit", args=[slug, taxonomy_id, uid])
    crumbs = [{"label": f"{code}", "url": back}, {"label": "Merge, split or retire"}]
    context = {"taxonomy": draft.taxonomy, "code": code, "forms": forms, "crumbs": crumbs}
    return render(request, "taxonomy/replace.html", context)


def perform(form: OperationForm, code: Code, by: User) -> str:
    """Does it, and says what was done."""
    note = form.cleaned_data["note"]
    if isinstance(form, MergeForm):
        return f"“{code}” was merged into “{merge_code(code=code, into=form.into(), note=note, by=by)}”."
    if isinstance(form, SplitForm):
        made = split_code(code=code, into=form.cleaned_data["into_names"].splitlines(), note=note, by=by)
        return f"“{code}” was split into {', '.join(f'“{each}”' for each in made)}. Give the new codes definitions."
    retire_code(code=code, note=note, by=by)
    return f"“{code}” was retired."
