"""How often the codes of a version were used in closed rounds, and where issues named by their keys are read."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import Count
from django.urls import reverse

from annotator.models import AppliedCode, ResolvedCode, Round
from annotator.queries.codings import last_codings
from annotator.queries.labels import labels_of
from annotator.states import FROZEN, Kind
from corpus.models import Issue
from corpus.queries import issues_by_key
from studies.models import Study
from taxonomy.models import Version
from taxonomy.usage import IssueAddress, Usage, Use


def usage_of(version: Version) -> Usage:
    """Six queries. A rater's coding of an issue counts once, by its last revision."""
    rounds = Round.objects.filter(version=version, phase__in=FROZEN).exclude(kind=Kind.CONSISTENCY).order_by("number")
    codings = last_codings().filter(assignment__round_issue__round__in=rounds)
    labels = labels_of(version.taxonomy.study).select_related(None).prefetch_related(None).order_by()
    labels = labels.filter(round_issue__round__in=rounds)
    given = counted(AppliedCode.objects.filter(coding__in=codings))
    decided = counted(ResolvedCode.objects.filter(resolution__in=labels))
    return Usage(
        rounds=tuple(rounds.values_list("number", flat=True)),
        codings=codings.count(),
        issues=labels.count(),
        by_uid={uid: Use(given.get(uid, 0), decided.get(uid, 0)) for uid in {*given, *decided}},
    )


def counted(rows: Any) -> dict[uuid.UUID, int]:
    return dict(rows.order_by().values_list("code__uid").annotate(n=Count("pk")))


def addresses_of(study: Study, keys: Collection[str]) -> dict[str, IssueAddress]:
    """By key in lower case. Two queries."""
    parts = {(name.lower(), int(number)) for name, _, number in (key.rpartition("#") for key in keys)}
    found = issues_by_key(study, parts)
    sources = dict(Issue.objects.filter(pk__in=found.values()).values_list("pk", "url"))
    return {
        f"{name}#{number}": IssueAddress(reverse("issue", args=[study.slug, pk]), sources[pk])
        for (name, number), pk in found.items()
    }
