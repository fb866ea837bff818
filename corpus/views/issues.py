"""The corpus: the list of issues, and one issue with its comments."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from corpus import queries
from corpus.forms import IssueFilter
from corpus.models import Text
from corpus.services.renderings import renderings_of
from studies.permissions import Permission, open_study

PAGE_SIZE = 50


def issues(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    found = IssueFilter(request.GET, queries.issues_of(access.study), request=request)
    page = Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page": page,
        "filtered": any(request.GET.get(name) for name in ("q", "repository", "state")),
        "may_frame": access.may(Permission.MANAGE_ROUNDS),
        "may_import": access.may(Permission.IMPORT_ISSUES),
    }
    return render(request, "corpus/issues.html", context)


def issue(request: HttpRequest, slug: str, issue_id: int) -> HttpResponse:
    access = open_study(request, slug)
    found = queries.get_issue(access.study, issue_id)
    leads = access.may(Permission.IMPORT_ISSUES)
    comments = list(queries.comments_of(found))
    html = rendered([found.body, *(comment.text for comment in comments)])
    context = {
        "issue": found,
        "body": html[found.body_id],
        "comments": [(comment, html[comment.text_id]) for comment in comments],
        "revisions": queries.revisions_of(found).count(),
        "duplicate": queries.duplicates_in(access.study).filter(issue=found).first() if leads else None,
        "leads": leads,
    }
    return render(request, "corpus/issue.html", context)


def rendered(texts: list[Text]) -> dict[str, SafeString]:
    """HTML by the text's SHA-256, marked as safe: corpus.markdown has sanitised it."""
    return {key: mark_safe(row.html) for key, row in renderings_of(texts).items()}  # noqa: S308
