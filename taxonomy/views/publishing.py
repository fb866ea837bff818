"""Publishing a draft: what changed, whether new words mean something else, and what follows for codings."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from studies.errors import Conflict, Invalid
from studies.permissions import Permission, open_study
from taxonomy.exchange.printed import book_of
from taxonomy.forms import PublishForm
from taxonomy.history import Difference, changes_of_draft, following
from taxonomy.models import Taxonomy
from taxonomy.queries import content_hash, find_draft, get_draft, get_taxonomy, latest_of, settings_of
from taxonomy.services.versions import publish, without_definition
from taxonomy.telling import grouped


@require_http_methods(["GET", "HEAD", "POST"])
def taxonomy_publish(request: HttpRequest, slug: str, taxonomy_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.EDIT_TAXONOMY)
    taxonomy = get_taxonomy(access.study, taxonomy_id)
    made = published_already(request, taxonomy)
    if made is not None:
        return redirect("taxonomy_version", slug, taxonomy_id, made)
    draft = get_draft(taxonomy)
    found = changes_of_draft(draft)
    seen = content_hash(found.after.codes, settings_of(draft))
    form = PublishForm(request.POST or None, found=found, initial={"seen": seen})
    if form.is_valid():
        try:
            published = publish(version=draft, meanings=form.meanings(), by=access.user, **form.given())
        except Conflict as error:
            messages.error(request, str(error))
            return redirect("taxonomy_publish", slug, taxonomy_id)
        except Invalid as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Version {published.number} is published and stays as it is.")
            return redirect("taxonomy_version", slug, taxonomy_id, published.number)
    book = book_of(draft, with_counts=False)
    shown = {"form": form, "draft": draft, "book": book, "undefined": without_definition(found.after.codes)}
    return render(request, "taxonomy/publish.html", shown | what_follows(taxonomy, found, form))


def published_already(request: HttpRequest, taxonomy: Taxonomy) -> int | None:
    """The number of the version that the same form, sent before, has made."""
    latest = latest_of(taxonomy)
    sent_again = latest is not None and latest.content_hash == request.POST.get("seen") and not find_draft(taxonomy)
    return latest.number if latest and sent_again and latest.published_by == request.user else None


def what_follows(taxonomy: Taxonomy, found: Difference, form: PublishForm) -> dict[str, Any]:
    latest = latest_of(taxonomy)
    groups = grouped(found.changes, found.names)
    reworded = {entry.uid: entry for group in groups if group.kind == "reword" for entry in group.entries}
    return {
        "taxonomy": taxonomy,
        "latest": latest,
        "number": (latest.number or 0) + 1 if latest else 1,
        "groups": [group for group in groups if group.kind != "reword"],
        "questions": [(entry, form[f"meaning_{uid}"]) for uid, entry in reworded.items()],
        "consequences": following(taxonomy, found, form.meanings()),
    }
