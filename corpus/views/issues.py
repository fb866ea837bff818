"""The corpus: the list of issues, and one issue with its comments."""

from operator import itemgetter

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from corpus import queries
from corpus.board import BEST, find
from corpus.diffs import word_diff
from corpus.listing import COLUMNS, SORTS, Listing, facets_of, rows_of
from corpus.models import Comment, Issue, Text
from corpus.references import linked, references_in
from corpus.services.renderings import renderings_of
from studies.models import Study
from studies.permissions import Permission, open_study

PAGE_SIZE = 50
# A thread of more comments or more characters is folded to its first and last comments.
LONGEST_THREAD, HEAVIEST_THREAD = 100, 200_000
THREAD_HEAD, THREAD_TAIL = 20, 10
# A text may name more issues than a database takes in one question.
MOST_LINKS = 500


def issues(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    listing = Listing.from_query(request.GET)
    found = find(access.study, listing.asked, listing.sort)
    page = found.page(PAGE_SIZE, after=number(request, "after"), before=number(request, "before"))
    context = {
        "listing": listing,
        "found": found,
        "page": page,
        "rows": rows_of(access.study, page.ids, listing.asked.q),
        "facets": facets_of(found, listing.asked),
        "chips": list(listing.chips()),
        "sorts": SORTS if listing.asked.q else {key: words for key, words in SORTS.items() if key != BEST},
        "columns": COLUMNS,
        "here": listing.address(),
        "before": listing.address(before=page.ids[0]) if page.has_before and page.ids else "",
        "after": listing.address(after=page.ids[-1]) if page.has_after and page.ids else "",
        "filtered": bool(listing.asked.to_params()),
        "may_frame": access.may(Permission.MANAGE_ROUNDS),
        "may_import": access.may(Permission.IMPORT_ISSUES),
    }
    return render(request, "corpus/issues.html", context)


def number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def issue(request: HttpRequest, slug: str, issue_id: int) -> HttpResponse:
    access = open_study(request, slug)
    found = queries.get_issue(access.study, issue_id)
    leads = access.may(Permission.IMPORT_ISSUES)
    comments, folded = folded_thread(queries.comments_of(found), whole=request.GET.get("thread") == "whole")
    listing = Listing.from_query(request.GET)
    before, after = find(access.study, listing.asked, listing.sort).neighbours(issue_id)
    html = rendered(found, [found.body, *(comment.text for comment in comments)], access.study)
    context = {
        "issue": found,
        "body": html[found.body_id],
        "comments": [(comment, html[comment.text_id]) for comment in comments],
        "folded": folded,
        "thread": len(comments) + folded,
        "behind": THREAD_HEAD,
        "here": listing.address(),
        "before": before,
        "after": after,
        "revisions": queries.revisions_of(found).count(),
        "duplicate": queries.duplicates_in(access.study).filter(issue=found).first() if leads else None,
        "leads": leads,
    }
    return render(request, "corpus/issue.html", context)


def folded_thread(comments: QuerySet[Comment], *, whole: bool) -> tuple[list[Comment], int]:
    """The comments to show, and how many between the first and the last of a long thread are left for later."""
    weights = list(comments.annotate(length=Length("text__markdown")).values_list("pk", "length"))
    short = len(weights) <= LONGEST_THREAD and sum(length for _, length in weights) <= HEAVIEST_THREAD
    if whole or short or len(weights) <= THREAD_HEAD + THREAD_TAIL:
        return list(comments), 0
    ids = [pk for pk, _ in weights]
    shown = ids[:THREAD_HEAD] + ids[-THREAD_TAIL:]
    return list(comments.filter(pk__in=shown)), len(ids) - len(shown)


def issue_revisions(request: HttpRequest, slug: str, issue_id: int) -> HttpResponse:
    access = open_study(request, slug)
    found = queries.get_issue(access.study, issue_id)
    changes = [
        {"revision": revision, "bits": word_diff(revision.text.markdown, now)}
        for revision, now in queries.changes_of(found)
    ]
    return render(request, "corpus/issue_revisions.html", {"issue": found, "changes": changes})


def rendered(issue: Issue, texts: list[Text], study: Study) -> dict[str, SafeString]:
    """HTML by the text's SHA-256, with references as links, marked as safe: corpus.markdown has sanitised it."""
    html = {key: row.html for key, row in renderings_of(texts).items()}
    home = str(issue.repository)
    named = sorted(references_in(html.values(), home), key=itemgetter(1))[:MOST_LINKS]
    found = queries.issues_by_key(study, named)
    addresses = {key: reverse("issue", args=[study.slug, pk]) for key, pk in found.items()}
    return {key: mark_safe(linked(one, home, addresses)) for key, one in html.items()}  # noqa: S308
