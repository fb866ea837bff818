"""Public links of published versions: switched on and off by the lead."""

import secrets

from django.db import transaction
from django.utils import timezone

from studies.errors import Conflict, Invalid, NotThere
from studies.models import User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.models import PublicLink, Version
from taxonomy.queries import find_link


@transaction.atomic
def open_link(*, version: Version, with_counts: bool = False, by: User) -> PublicLink:
    """From now on whoever has the link reads this version. The event does not tell the key: members read events."""
    study = version.taxonomy.study
    check_is_member(by, study, Permission.EDIT_TAXONOMY)
    if version.is_draft:
        raise Invalid("A draft can still change, so it has no public link. Publish it first.")
    Version.objects.select_for_update().only("pk").get(pk=version.pk)
    if find_link(version):
        raise Conflict("This version has a public link already.")
    link = PublicLink(
        version=version, key=secrets.token_urlsafe(24), with_counts=with_counts, made_by=by, made_at=timezone.now()
    )
    link.save()
    told = {"with_counts": with_counts}
    record_event(study=study, by=by, verb="opened", target=f"a public link to {version}", data=told)
    return link


@transaction.atomic
def end_link(*, version: Version, by: User) -> None:
    """The address leads nowhere from now on, for good: another link has another key."""
    study = version.taxonomy.study
    check_is_member(by, study, Permission.EDIT_TAXONOMY)
    if not version.public_links.filter(ended_at=None).update(ended_at=timezone.now()):
        raise NotThere("This version has no public link.")
    record_event(study=study, by=by, verb="ended", target=f"the public link to {version}")
