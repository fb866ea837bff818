"""Saturation: whether coding still finds new codes, and the rule set beforehand for when to stop."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.datasets.coding_order import in_coding_order, rounds_under
from analysis.exports.pictures import picture
from analysis.figures import saturation_figure
from analysis.forms import StopRuleForm
from analysis.models import StopRule as StoredRule
from analysis.queries import rounds_begun, stop_rules_of, taxonomies_to_code_with
from analysis.reports.saturation import RuleLine, SaturationReport, saturation_report, standing, words
from analysis.services.saturation import set_stop_rule
from analysis.stats.saturation import StopRule
from studies.errors import NotThere
from studies.permissions import Access, Permission, open_study
from taxonomy.models import Taxonomy

TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class Shown:
    """A taxonomy with its report and its rules, the one that counts first."""

    taxonomy: Taxonomy
    rules: list[RuleLine]
    report: SaturationReport

    @property
    def rule(self) -> StopRule | None:
        return self.rules[0].rule if self.rules else None


@require_safe
def saturation(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    return page(request, access, request.GET.get("taxonomy", ""))


def page(request: HttpRequest, access: Access, asked: str, form: StopRuleForm | None = None) -> HttpResponse:
    taxonomies = taxonomies_to_code_with(access.study)
    context: dict[str, Any] = {"taxonomies": taxonomies, "may_manage": access.may(Permission.MANAGE_ROUNDS)}
    if taxonomies:
        shown = shown_of(access, chosen(taxonomies, asked))
        state, rule = shown.report.state, shown.rule
        context |= {
            "shown": shown,
            "report": shown.report,
            "rules": [(line, words(line.rule)) for line in shown.rules],
            "standing": standing(state, rule) if state and rule else "",
            "figure": saturation_figure(shown.report) if shown.report.issues else None,
            "form": form or StopRuleForm(initial={"base": 20, "run": 10, "threshold_percent": 0}),
        }
    return render(request, "analysis/saturation.html", context)


@require_POST
def stop_rule(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    taxonomy = chosen(taxonomies_to_code_with(access.study), request.POST.get("taxonomy", ""))
    form = StopRuleForm(request.POST)
    if not form.is_valid():
        return page(request, access, str(taxonomy.pk), form)
    set_stop_rule(taxonomy=taxonomy, by=access.user, **form.cleaned_data)
    return redirect(reverse("saturation", args=[slug]) + f"?taxonomy={taxonomy.pk}")


@require_safe
def saturation_picture(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    access = open_study(request, slug)
    shown = shown_of(access, chosen(taxonomies_to_code_with(access.study), request.GET.get("taxonomy", "")))
    if kind not in TYPES:
        raise NotThere("The figure can be had as svg or png.")
    if not shown.report.issues:
        raise NotThere("No closed round has a coding under this taxonomy, so there is nothing to draw.")
    response = HttpResponse(picture(saturation_figure(shown.report), kind), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{quote(f"{slug}-saturation.{kind}")}"'
    return response


def chosen(taxonomies: list[Taxonomy], pk: str) -> Taxonomy:
    found = [taxonomy for taxonomy in taxonomies if str(taxonomy.pk) == pk or not pk]
    if not found:
        raise NotThere("There is no such taxonomy with a published version in this study.")
    return found[0]


def shown_of(access: Access, taxonomy: Taxonomy) -> Shown:
    begun = rounds_begun(taxonomy)
    rules = [line(rule, begun) for rule in stop_rules_of(taxonomy)]
    order = in_coding_order(rounds_under(access.study, taxonomy))
    return Shown(taxonomy, rules, saturation_report(order, rules[0].rule if rules else None))


def line(row: StoredRule, begun: list[tuple[int, Any]]) -> RuleLine:
    rule = StopRule(row.base, row.run, row.threshold_percent / 100)
    return RuleLine(rule, str(row.set_by), row.set_at, tuple(number for number, at in begun if at <= row.set_at))
