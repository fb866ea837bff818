"""A job's progress, as a page of its own and as a fragment that asks itself again; and stopping it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from jobs.queries import get_job, pace
from jobs.services import ask_to_stop
from studies.permissions import Permission, open_study


def job(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    access = open_study(request, slug)
    found = get_job(access.study, job_id)
    fragment = bool(request.headers.get("HX-Request"))
    if fragment and not found.is_open:
        return HttpResponseClientRefresh()
    context = {
        "job": found,
        "pace": pace(found),
        "poll_url": reverse("job", args=[slug, job_id]),
        "may_stop": access.may(Permission.IMPORT_ISSUES),
    }
    return render(request, "jobs/job.html#live" if fragment else "jobs/job.html", context)


@require_POST
def job_stop(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Goes back to the page that the button stood on."""
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    found = get_job(access.study, job_id)
    ask_to_stop(job=found, by=access.user)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("job", slug, job_id)
