"""Saturation: whether coding still finds new codes, and the rule set beforehand for when to stop."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.exports.pictures import picture
from analysis.figures import saturation_figure
from analysis.forms import StopRuleForm
from analysis.queries import get_taxonomy_to_code_with, taxonomies_to_code_with
from analysis.reports.saturation import saturation_of, words
from analysis.services.saturation import set_stop_rule
from studies.errors import NotThere
from studies.permissions import Access, Permission, open_study

TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
def saturation(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    return page(request, access, request.GET.get("taxonomy", ""))


def page(request: HttpRequest, access: Access, asked: str, form: StopRuleForm | None = None) -> HttpResponse:
    taxonomies = taxonomies_to_code_with(access.study)
    context: dict[str, Any] = {"taxonomies": taxonomies, "may_manage": access.may(Permission.MANAGE_ROUNDS)}
    if taxonomies:
        shown = saturation_of(get_taxonomy_to_code_with(access.study, asked))
        context |= {
            "shown": shown,
            "report": shown.report,
            "rules": [(line, words(line.rule)) for line in shown.rules],
            "standing": shown.standing,
            "figure": saturation_figure(shown.report) if shown.report.issues else None,
            "form": form or StopRuleForm(initial={"base": 20, "run": 10, "threshold_percent": 0}),
        }
    return render(request, "analysis/saturation.html", context)


@require_POST
def stop_rule(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    taxonomy = get_taxonomy_to_code_with(access.study, request.POST.get("taxonomy", ""))
    form = StopRuleForm(request.POST)
    if not form.is_valid():
        return page(request, access, str(taxonomy.pk), form)
    set_stop_rule(taxonomy=taxonomy, by=access.user, **form.cleaned_data)
    return redirect(reverse("saturation", args=[slug]) + f"?taxonomy={taxonomy.pk}")


@require_safe
def saturation_picture(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    access = open_study(request, slug)
    shown = saturation_of(get_taxonomy_to_code_with(access.study, request.GET.get("taxonomy", "")))
    if kind not in TYPES:
        raise NotThere("The figure can be had as svg or png.")
    if not shown.report.issues:
        raise NotThere("No closed round has a coding under this taxonomy, so there is nothing to draw.")
    response = HttpResponse(picture(saturation_figure(shown.report), kind), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{quote(f"{slug}-saturation.{kind}")}"'
    return response
