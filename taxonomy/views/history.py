"""What changed between any two published versions of a taxonomy."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from studies.permissions import open_study
from taxonomy.history import changes_between
from taxonomy.models import Version
from taxonomy.queries import get_taxonomy, published_of, two_of
from taxonomy.telling import grouped


@require_safe
def taxonomy_changes(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    access = open_study(request, slug)
    taxonomy = get_taxonomy(access.study, taxonomy_id)
    versions = published_of(taxonomy)
    earlier, later = two_of(versions, request.GET.get("from", ""), request.GET.get("to", ""))
    found = changes_between(earlier, later)
    context = {
        "taxonomy": taxonomy,
        "versions": versions,
        "earlier": earlier,
        "later": later,
        "groups": grouped(found.changes, found.names),
        "notes": notes(versions, earlier, later),
        "crumbs": [
            {"label": str(later), "url": reverse("taxonomy_version", args=[slug, taxonomy.pk, later.number])},
            {"label": "Changes"},
        ],
    }
    return render(request, "taxonomy/changes.html", context)


def notes(versions: Sequence[Version], earlier: Version, later: Version) -> list[Version]:
    """The versions that lie between, with what was noted of them."""
    return [version for version in versions if (earlier.number or 0) < (version.number or 0) <= (later.number or 0)]
