"""The page on which a rater changes the keys of the coding screen."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from annotator.queries.keys import ACTS, own_keys
from annotator.queries.rounds import get_round
from annotator.services.keys import keep_keys, reset_keys
from studies.models import User
from studies.permissions import Permission, open_study


@require_http_methods(["GET", "HEAD", "POST"])
def coding_keys(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.CODE_ISSUES)
    round = get_round(access.study, number)
    own, errors = own_keys(access.user), dict[str, list[str]]()
    if request.method == "POST":
        errors = changed(request.POST, access.user)
        if not errors:
            messages.success(request, "Your keys are kept. They are the same in all studies.")
            issue = request.POST.get("issue", "")
            return redirect(reverse("coding", args=[slug, number]) + (f"?issue={issue}" if issue.isdecimal() else ""))
        own.chosen, own.off = given(request.POST), "off" in request.POST
    rows = [(n, act, own.chosen.get(act.key, act.key), errors.get(act.key, [])) for n, act in enumerate(ACTS)]
    context = {"round": round, "rows": rows, "off": own.off, "issue": request.GET.get("issue", "")}
    context["crumbs"] = [
        {"label": "Rounds", "url": reverse("rounds", args=[slug])},
        {"label": str(round), "url": reverse("round", args=[slug, number])},
        {"label": "Keys"},
    ]
    return render(request, "annotator/coding_keys.html", context, status=409 if errors else 200)


def given(data: QueryDict) -> dict[str, str]:
    return {act.key: data.get(f"key-{n}", "").strip() or act.key for n, act in enumerate(ACTS)}


def changed(data: QueryDict, user: User) -> dict[str, list[str]]:
    """Keeps what was given, or puts all back; what is wrong, by key."""
    if data.get("act") == "reset":
        reset_keys(by=user)
        return {}
    try:
        keep_keys(chosen=given(data), off="off" in data, by=user)
    except ValidationError as error:
        return error.message_dict
    return {}
