"""A new study, its settings, and its audit trail."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from studies.forms import SettingsForm, StudyForm
from studies.models import Event, Study
from studies.permissions import Permission, open_study, person
from studies.queries import events_of
from studies.services.events import first_broken
from studies.services.studies import create_study, update_study

EVENTS_A_PAGE = 50
page = require_http_methods(["GET", "HEAD", "POST"])


@page
def study_new(request: HttpRequest) -> HttpResponse:
    form = StudyForm(request.POST or None)
    if form.is_valid():
        study = create_study(by=person(request), **form.cleaned_data)
        return redirect("study", study.slug)
    return render(request, "studies/study_new.html", {"form": form})


@page
def study_settings(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_STUDY)
    study = access.study
    initial = {name: getattr(study, name) for name in ("title", "question", "times_coding")}
    form = SettingsForm(request.POST or None, initial=initial)
    if form.is_valid():
        update_study(study=study, by=access.user, **form.cleaned_data)
        messages.success(request, "The study's settings were changed.")
        return redirect("study_settings", slug)
    return render(request, "studies/settings.html", {"form": form})


@require_safe
def activity(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    shown = Paginator(events_of(access.study), EVENTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "studies/activity.html", {"page": shown, "broken": broken_line(access.study, list(shown))})


def broken_line(study: Study, shown: Sequence[Event]) -> str:
    """Empty while the lines shown, newest first, fit each other and the line before them."""
    before = events_of(study).filter(pk__lt=shown[-1].pk).first() if shown else None
    event = first_broken(reversed(shown), before.hash if before else "")
    if event is None:
        return ""
    return (
        f"The line of {event.at:%-d %b %Y, %H:%M:%S} UTC ({event.actor_name} {event.verb} {event.target}) does not fit "
        "what stood before it: it, or the line before it, was altered or taken away outside Intercoder. "
        "Compare with a backup from before that time."
    )
