"""How many issues a round needs: a calculator that says what it assumes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analysis.forms import KappaSizeForm, ShareSizeForm
from analysis.stats.sampling import size_for_kappa, size_for_share
from studies.permissions import Permission, open_study


@require_safe
def sample_size(request: HttpRequest, slug: str) -> HttpResponse:
    open_study(request, slug, Permission.MANAGE_ROUNDS)
    share, kappa = ShareSizeForm(request.GET), KappaSizeForm(request.GET)
    context = {
        "share": share,
        "kappa": kappa,
        "share_size": share_size(share) if share.is_valid() else None,
        "kappa_size": kappa_size(kappa) if kappa.is_valid() else None,
        "crumbs": [
            {"label": "Rounds", "url": reverse("rounds", args=[slug])},
            {"label": "New round", "url": reverse("round_new", args=[slug])},
            {"label": "Sample size"},
        ],
    }
    return render(request, "analysis/sample_size.html", context)


def share_size(form: ShareSizeForm) -> int:
    said = form.cleaned_data
    return size_for_share(
        said["margin"] / 100,
        confidence=said["confidence"] / 100,
        share=said["share"] / 100,
        population=said["population"],
    )


def kappa_size(form: KappaSizeForm) -> int:
    said = form.cleaned_data
    return size_for_kappa(
        said["half_width"],
        kappa=said["kappa"],
        prevalence=said["prevalence"] / 100,
        confidence=said["confidence"] / 100,
    )
