"""Reminding raters: whom, with which text. Without mail the texts are there to copy."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from annotator.models import Round
from annotator.queries.rounds import get_round
from annotator.services.reminding import KIND, can_send, remind_raters, reminders_of
from jobs.queries import jobs_of
from jobs.tasks import send
from studies.errors import Refused
from studies.models import Membership
from studies.permissions import Access, Permission, open_study


@require_http_methods(["GET", "HEAD", "POST"])
def round_remind(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    shown = get_round(access.study, number)
    address = request.build_absolute_uri(reverse("coding", args=[slug, number]))
    if request.method == "POST":
        try:
            raters = Membership.objects.filter(study=access.study, alias__in=request.POST.getlist("raters"))
            job = remind_raters(round=shown, raters=list(raters), address=address, by=access.user)
        except (Refused, ValidationError) as refusal:
            messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
        else:
            send(job)
            messages.success(request, f"Being sent to {', '.join(sorted(rater.alias for rater in raters))}.")
            return redirect("round_remind", slug, number)
    return page(request, access, shown, address)


def page(request: HttpRequest, access: Access, round: Round, address: str) -> HttpResponse:
    asked = request.GET.getlist("rater") or request.POST.getlist("raters")
    reminders = reminders_of(round, address=address, by=access.user)
    url = reverse("round", args=[access.study.slug, round.number])
    context = {
        "round": round,
        "reminders": [(each, not each.waits and wanted(each.member.alias, asked, each.course.is_stalled))
                      for each in reminders],
        "can_send": can_send(),
        "job": jobs_of(access.study, KIND).filter(arguments__round=round.pk).first(),
        "crumbs": [
            {"label": "Rounds", "url": reverse("rounds", args=[access.study.slug])},
            {"label": str(round), "url": url},
            {"label": "Remind"},
        ],
    }  # fmt: skip
    return render(request, "annotator/round_remind.html", context)


def wanted(alias: str, asked: list[str], stalled: bool) -> bool:
    """Those that were asked for, else those who stand still."""
    return alias in asked if asked else stalled
