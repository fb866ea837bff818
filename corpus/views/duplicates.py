"""Likely duplicates and issues made by bots, for leads: marked, counted, never removed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from corpus.queries import duplicates_in, issues_of
from corpus.services.duplicates import KIND, request_duplicates
from jobs.queries import jobs_of
from jobs.tasks import send
from studies.permissions import Permission, open_study

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def duplicates(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    if request.method == "POST":
        job = request_duplicates(study=access.study, by=access.user)
        send(job)
        return redirect("job", slug, job.pk)
    issues = issues_of(access.study)
    context = {
        "page": Paginator(duplicates_in(access.study), PAGE_SIZE).get_page(request.GET.get("page")),
        "last": jobs_of(access.study, KIND).first(),
        "by_bots": issues.filter(author_is_bot=True).count(),
        "marked": issues.filter(state_reason="duplicate").count(),
        "crumbs": [{"label": "Issues", "url": reverse("issues", args=[slug])}, {"label": "Likely duplicates"}],
    }
    return render(request, "corpus/duplicates.html", context)
