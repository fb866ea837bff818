"""Frames: the chain of choosing, a new one out of a filtered list, and one frame with its issues and its funnel."""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from corpus import funnel as figure
from corpus.criteria import in_words
from corpus.filters import IssueFilter
from corpus.forms import FrameForm, FrameNameForm
from corpus.frames import chains_of, frames_of, funnel_of, get_frame, is_hidden_from, issues_in
from corpus.models import Frame, Issue
from corpus.queries import issues_of
from corpus.services.frames import check_can_delete, count_again, create_frame, delete_frame, rename_frame
from studies.errors import NotThere, Refused
from studies.permissions import Permission, open_study

PAGE_SIZE = 50
FIGURES: dict[str, tuple[str, Callable[[figure.Funnel], str | bytes]]] = {
    "svg": ("image/svg+xml", figure.svg),
    "png": ("image/png", figure.png),
    "txt": ("text/plain; charset=utf-8", figure.sentence),
}


@require_safe
def frames(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    context = {
        "chains": chains_of(access.study),
        "may_manage": access.may(Permission.MANAGE_ROUNDS),
        "crumbs": crumbs(slug),
    }
    return render(request, "corpus/frames.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def frame_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The filter stands in the address, as on the list that it comes from; the form adds a name and a place."""
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    chosen = IssueFilter.from_params(dict(request.GET.lists()))
    form = FrameForm(request.POST or None, frames=frames_of(access.study))
    if form.is_valid():
        try:
            made = create_frame(study=access.study, params=chosen.to_params(), by=access.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{made} is saved. It has {figure.issues(made.counted)} today.")
            return redirect("frame", slug, made.pk)
    context = {
        "form": form,
        "criteria": in_words(chosen),
        "fitting": chosen.apply(issues_of(access.study)).count(),
        "crumbs": crumbs(slug, "New frame"),
    }
    return render(request, "corpus/frame_new.html", context)


@require_safe
def frame(request: HttpRequest, slug: str, frame_id: int) -> HttpResponse:
    access = open_study(request, slug)
    shown = get_frame(access.study, frame_id)
    funnel = funnel_of(shown)
    hidden = is_hidden_from(shown, access.membership)
    listed = Issue.objects.none() if hidden else issues_in(shown).select_related("repository")
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "frame": shown,
        "funnel": funnel,
        "words": figure.sentence(funnel),
        "figures": [("svg", "Figure as SVG"), ("png", "Figure as PNG"), ("txt", "In words")],
        "page": page,
        "hidden": hidden,
        "rename": FrameNameForm(initial={"name": shown.name}),
        "may_manage": access.may(Permission.MANAGE_ROUNDS),
        "why_not_removed": why_not_removed(shown),
        "crumbs": crumbs(slug, str(shown)),
    }
    return render(request, "corpus/frame.html", context)


@require_POST
def frame_rename(request: HttpRequest, slug: str, frame_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    shown = get_frame(access.study, frame_id)
    try:
        rename_frame(frame=shown, name=request.POST.get("name", ""), by=access.user)
    except (ValidationError, Refused) as problem:
        messages.error(request, " ".join(problem.messages) if isinstance(problem, ValidationError) else str(problem))
    return redirect("frame", slug, shown.pk)


@require_POST
def frame_delete(request: HttpRequest, slug: str, frame_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    shown = get_frame(access.study, frame_id)
    try:
        delete_frame(frame=shown, by=access.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("frame", slug, shown.pk)
    messages.success(request, f"{shown} is removed. Its issues stay in the corpus.")
    return redirect("frames", slug)


@require_POST
def frames_count(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    count_again(study=access.study, by=access.user)
    return redirect("frames", slug)


@require_safe
def frame_funnel(request: HttpRequest, slug: str, frame_id: int, kind: str) -> HttpResponse:
    """The funnel as svg, png or txt; shown in the page, or saved with `?save=1`."""
    access = open_study(request, slug)
    shown = get_frame(access.study, frame_id)
    if kind not in FIGURES:
        raise NotThere("A funnel can be had as svg, png or txt.")
    content_type, drawn = FIGURES[kind]
    response = HttpResponse(drawn(funnel_of(shown)), content_type=content_type)
    if "save" in request.GET:
        name = f"{slug}-{slugify(shown.name) or shown.pk}-funnel.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{quote(name)}"'
    return response


def why_not_removed(frame: Frame) -> str:
    try:
        check_can_delete(frame)
    except Refused as refusal:
        return str(refusal)
    return ""


def crumbs(slug: str, *last: str) -> list[dict[str, str]]:
    above = [("Issues", "issues"), ("Frames", "frames")]
    trail = [{"label": label, "url": reverse(name, args=[slug])} for label, name in above]
    if not last:
        trail[-1].pop("url")
    return trail + [{"label": label} for label in last]
