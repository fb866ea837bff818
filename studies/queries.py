"""Reading studies, their members, invitations and the audit trail."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from studies.errors import NotThere
from studies.models import Event, Invitation, Membership, Study, User


def memberships_for(user: User) -> QuerySet[Membership]:
    """The person's own part in each of their studies, by the studies' titles."""
    return (
        Membership.objects.filter(user=user, left_at__isnull=True)
        .select_related("study")
        .order_by("study__title", "study_id")
    )


def members_of(study: Study) -> QuerySet[Membership]:
    """Who takes part now, in the order in which they came."""
    return study.memberships.filter(left_at__isnull=True).select_related("user").order_by("joined_at", "pk")


def former_members_of(study: Study) -> QuerySet[Membership]:
    """Who left or was removed. Their aliases still stand beside their codings."""
    return study.memberships.filter(left_at__isnull=False).select_related("user").order_by("left_at", "pk")


def open_invitations(**conditions: Any) -> QuerySet[Invitation]:
    """Invitations that still work: not used, not withdrawn, not expired."""
    return Invitation.objects.filter(
        used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now(), **conditions
    )


def get_invitation_of(study: Study, pk: int) -> Invitation:
    invitation = open_invitations(study=study, pk=pk).select_related("study").first()
    if invitation is None:
        raise NotThere("There is no such open invitation: it was used, withdrawn, or has expired.")
    return invitation


def events_of(study: Study) -> QuerySet[Event]:
    """The audit trail, newest first."""
    return study.events.order_by("-pk")
