"""My studies, and where one study stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.queries import counts_by_round, funnel, get_version, last_results, versions_with_findings
from analysis.reports.findings import readability
from analysis.reports.overview import RoundLine, funnel_steps, round_lines
from analysis.services.agreement import KIND as AGREEMENT
from analysis.services.agreement import subject_of
from annotator.models import Round
from annotator.queries.blind import breaks_in
from annotator.queries.rounds import Progress, rounds_of, waiting_for
from annotator.states import Kind, Phase
from studies.models import Study
from studies.permissions import Access, Permission, open_study, person
from studies.queries import events_of, members_of, memberships_for, open_invitations
from taxonomy.history import versions_upto
from taxonomy.models import Version

RECENT_EVENTS = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    memberships = memberships_for(person(request))
    waiting: dict[int, list[tuple[Round, Progress]]] = {}
    for round, member, progress in waiting_for(memberships):
        waiting.setdefault(member.pk, []).append((round, progress))
    mine = [(membership, waiting.get(membership.pk, [])) for membership in memberships]
    return render(request, "analysis/home.html", {"mine": mine})


@require_safe
def study(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    found = funnel(access.study)
    as_of = asked_version(access.study, request.GET.get("as_of", ""))
    lines = _lines(access.study, as_of)
    context = {
        "as_of": as_of,
        "versions": versions_with_findings(access.study),
        "labels": readability(access.study, as_of) if as_of else None,
        "funnel": found,
        "steps": funnel_steps(found),
        "lines": lines,
        "events": events_of(access.study)[:RECENT_EVENTS],
        **_waiting(access, lines),
    }
    return render(request, "analysis/overview.html", context)


def asked_version(study: Study, pk: str) -> Version | None:
    return get_version(study, pk) if pk else None


def _lines(study: Study, as_of: Version | None) -> list[RoundLine]:
    """All rounds, each under its own version; as of one, those that can be read under it."""
    rounds, results = rounds_of(study).exclude(kind=Kind.CONSISTENCY), last_results(study, AGREEMENT)
    broken = breaks_in(study)
    if as_of is None:
        return list(round_lines(rounds, counts_by_round(study), results, broken=broken))
    readable = rounds.filter(version__in=versions_upto(as_of))
    counts = counts_by_round(study)
    return list(round_lines(readable, counts, results, lambda round: subject_of(round, as_of), broken))


def _waiting(access: Access, lines: list[RoundLine]) -> dict[str, Any]:
    """What this person can do next, and what others have to do; invitations and decisions are the lead's."""
    members = members_of(access.study)
    leads = access.may(Permission.MANAGE_ROUNDS)
    waiting = waiting_for(members)
    return {
        "leads": leads,
        "undecided": [line for line in lines if line.counts.undecided] if access.may(Permission.RESOLVE) else [],
        "to_resolve": [line for line in lines if line.is_decided] if leads else [],
        "drafted": [line.round for line in lines if line.round.phase == Phase.DRAFTED] if leads else [],
        "mine": [(round, progress) for round, member, progress in waiting if member == access.membership],
        "others": [(round, progress) for round, member, progress in waiting if member != access.membership],
        "invitations": list(open_invitations(study=access.study)) if access.may(Permission.MANAGE_MEMBERS) else [],
    }
