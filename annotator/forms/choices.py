"""Whom and what a round can be made of: members who may code, and versions to code with."""

from typing import Any

from studies.models import Membership, Study
from studies.permissions import ROLE_PERMISSIONS, Permission
from taxonomy.models import Purpose, Version

CODERS = [role for role, allowed in ROLE_PERMISSIONS.items() if Permission.CODE_ISSUES in allowed]


def coders_of(study: Study, *, ever: bool = False) -> Any:
    """Members who may code, or who could once."""
    members = Membership.objects.filter(study=study).select_related("user").order_by("alias")
    return members if ever else members.filter(left_at__isnull=True, role__in=CODERS)


def versions_of(study: Study) -> Any:
    coded_with = Version.objects.filter(taxonomy__study=study, number__isnull=False)
    coded_with = coded_with.exclude(taxonomy__kind=Purpose.PUBLISHED)
    return coded_with.select_related("taxonomy").order_by("-published_at")
