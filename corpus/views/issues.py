"""The corpus: the list of issues, and one issue with its comments."""

from dataclasses import dataclass
from operator import itemgetter

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from corpus import queries
from corpus.board import BEST, find
from corpus.diffs import word_diff
from corpus.listing import COLUMNS, SORTS, Listing, facets_of, rows_of
from corpus.markdown import render as render_markdown
from corpus.models import Comment, Issue, Text
from corpus.references import linked, references_in
from corpus.services.renderings import renderings_of
from corpus.timeline import happenings_of, thread
from studies.models import Study
from studies.permissions import Permission, open_study

PAGE_SIZE = 50
# A thread of more comments or more characters is folded to its first and last comments.
LONGEST_THREAD, HEAVIEST_THREAD = 100, 200_000
THREAD_HEAD, THREAD_TAIL = 20, 10
# Of a longer text the page shows the first characters, and all on demand.
LONGEST_TEXT, BEGINNING = 100_000, 20_000
# A text may name more issues than a database takes in one question.
MOST_LINKS = 500


def issues(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    listing = Listing.from_query(request.GET)
    found = find(access.study, listing.asked, listing.sort, access.membership)
    page = found.page(PAGE_SIZE, after=number(request, "after"), before=number(request, "before"))
    context = {
        "listing": listing,
        "found": found,
        "page": page,
        "rows": rows_of(access.study, page.ids, listing.asked.q, found.told(page.ids)),
        "facets": facets_of(found, listing.asked),
        "chips": list(listing.chips()),
        "sorts": SORTS if listing.asked.q else {key: words for key, words in SORTS.items() if key != BEST},
        "columns": COLUMNS,
        "heads": listing.heads(found.sort),
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
    shown = queries.get_issue(access.study, issue_id)
    leads, whole = access.may(Permission.IMPORT_ISSUES), request.GET.get("thread") == "whole"
    comments, folded = folded_thread(queries.comments_of(shown), whole=whole)
    entries = thread(comments, happenings_of(queries.events_of(shown)), THREAD_HEAD, folded)
    html = rendered(shown, [shown.body, *(comment.text for comment in comments)], access.study, whole=whole)
    listing = Listing.from_query(request.GET)
    found = find(access.study, listing.asked, listing.sort, access.membership)
    before, after = found.neighbours(issue_id)
    context = {
        "issue": shown,
        "told": found.told([issue_id]).get(issue_id, {}),
        "body": html[shown.body_id],
        "thread": [(entry, html[entry.comment.text_id] if entry.comment else None) for entry in entries],
        "comments": len(comments) + folded,
        "here": listing.address(),
        "before": before,
        "after": after,
        "revisions": queries.revisions_of(shown).count(),
        "duplicate": queries.duplicates_in(access.study).filter(issue=shown).first() if leads else None,
        "leads": leads,
    }
    return render(request, "corpus/issue.html", context)


def issue_by_key(request: HttpRequest, slug: str, repository: str, number: str) -> HttpResponse:
    """Where owner/name/number leads now, also by a repository's former name or from where an issue was moved."""
    access = open_study(request, slug)
    return redirect("issue", slug, queries.issue_by_key(access.study, repository, int(number)).pk)


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


@dataclass(frozen=True)
class Shown:
    """A text as HTML: whole, or its first characters with the number of all."""

    html: SafeString
    characters: int = 0


def rendered(issue: Issue, texts: list[Text], study: Study, *, whole: bool) -> dict[str, Shown]:
    """By the text's SHA-256, with references as links, marked as safe: corpus.markdown has sanitised it."""
    long = {text.pk: text.markdown for text in texts if len(text.markdown) > LONGEST_TEXT and not whole}
    html = {key: row.html for key, row in renderings_of(text for text in texts if text.pk not in long).items()}
    html |= {key: render_markdown(beginning(markdown)).html for key, markdown in long.items()}
    home = str(issue.repository)
    named = sorted(references_in(html.values(), home), key=itemgetter(1))[:MOST_LINKS]
    found = queries.issues_by_key(study, named)
    addresses = {key: reverse("issue", args=[study.slug, pk]) for key, pk in found.items()}
    safe = {key: mark_safe(linked(one, home, addresses)) for key, one in html.items()}  # noqa: S308
    return {key: Shown(one, len(long.get(key, ""))) for key, one in safe.items()}


def beginning(markdown: str) -> str:
    """The first lines of a long text."""
    start = markdown[:BEGINNING]
    return start[: start.rfind("\n") + 1] or start
