"""The re-coding queue: issues that wait under a version of the taxonomy, why, and the round that codes them again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from annotator.queries.recoding import Wait, queue_of
from annotator.services.recoding import can_be_dealt, draft_recoding_round, to_deal
from corpus.models import Issue
from studies.errors import Invalid, NotThere
from studies.models import Membership, Study
from studies.permissions import Permission, open_study
from taxonomy.history import names_upto
from taxonomy.models import Purpose, Version
from taxonomy.queries import latest_published, published_versions
from taxonomy.telling import why_it_waits


@require_http_methods(["GET", "HEAD", "POST"])
def recoding(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_ROUNDS)
    version = chosen(access.study, (request.POST or request.GET).get("version", ""))
    if request.method == "POST" and version:
        try:
            made = draft_recoding_round(version=version, by=access.user)
        except Invalid as error:
            messages.error(request, " ".join(error.messages))
            return redirect(f"{reverse('recoding', args=[slug])}?version={version.pk}")
        messages.success(request, f"{made} is dealt to the raters concerned. Start it when they are ready.")
        return redirect("round", slug, made.number)
    queue = queue_of(version) if version else []
    left = can_be_dealt(to_deal(queue))
    context = {
        "version": version,
        "versions": published_versions(access.study).exclude(taxonomy__kind=Purpose.SCREENING),
        "waiting": len({wait.issue for wait in queue}),
        "left": len({wait.issue for wait in left}),
        "raters": len({wait.member for wait in left}),
        "rounds": rounds_waiting(queue, names_upto(version)) if version else [],
        "crumbs": [{"label": "Rounds", "url": reverse("rounds", args=[slug])}, {"label": "Re-coding"}],
    }
    return render(request, "annotator/recoding.html", context)


def chosen(study: Study, pk: str) -> Version | None:
    """The version asked for, else the one published last, if any."""
    if not pk:
        return latest_published(study)
    found: Version | None = published_versions(study).filter(pk=int(pk) if pk.isdecimal() else 0).first()
    if found is None:
        raise NotThere("This study has no such published version.")
    return found


@dataclass
class IssueWaiting:
    """An issue of a round: the raters who are to code it again, why, and the round that has it already, if any."""

    issue: Issue
    label: bool
    raters: list[Membership] = field(default_factory=list)
    reasons: dict[str, None] = field(default_factory=dict)
    dealt_in: set[int] = field(default_factory=set)


def rounds_waiting(queue: list[Wait], names: Mapping[str, str]) -> list[tuple[int, list[IssueWaiting]]]:
    """By the round in which the codings were given. The same number of queries for any number of issues."""
    issues = Issue.objects.select_related("repository").in_bulk({wait.issue for wait in queue})
    members = Membership.objects.select_related("user").in_bulk({wait.member for wait in queue})
    found: dict[int, dict[int, IssueWaiting]] = {}
    for wait in queue:
        rows = found.setdefault(wait.round, {})
        row = rows.setdefault(wait.issue, IssueWaiting(issues[wait.issue], wait.label))
        row.raters.append(members[wait.member])
        row.reasons |= dict.fromkeys(why_it_waits(uid, fate, names) for uid, fate in wait.fates.items())
        row.dealt_in |= {wait.dealt_in} if wait.dealt_in else set()
    return [(number, list(rows.values())) for number, rows in sorted(found.items())]
