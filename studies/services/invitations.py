"""Invitations: a link that brings one person into a study, once, until it expires."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from studies.errors import Conflict, Invalid, NotThere
from studies.models import GIVEN_ROLES, Invitation, Membership, Study, User
from studies.permissions import Permission, check_is_member
from studies.queries import open_invitations
from studies.services.accounts import create_account
from studies.services.events import record_event
from studies.services.placeholders import check_can_be_taken_over, take_over
from studies.services.studies import add_member

LASTS = timedelta(days=14)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *, study: Study, role: str, note: str = "", takes_over: Membership | None = None, by: User
) -> tuple[Invitation, str]:
    """An invitation and its token. The token is told here and nowhere else. With `takes_over` the person becomes
    this placeholder, and its codings are theirs."""
    check_is_member(by, study, Permission.MANAGE_MEMBERS)
    if role not in dict(GIVEN_ROLES):
        raise Invalid({"role": f"{role} is not a role. Choose lead, rater or observer."})
    if takes_over is not None:
        check_can_be_taken_over(takes_over, study)
    token, now = secrets.token_urlsafe(24), timezone.now()
    invitation = Invitation(
        study=study,
        role=role,
        note=note.strip(),
        token_hash=token_hash(token),
        made_by=by,
        made_at=now,
        expires_at=now + LASTS,
        takes_over=takes_over,
    )
    invitation.save()
    whom = f"somebody to take over {takes_over.alias}" if takes_over else f"somebody as {role}"
    record_event(study=study, by=by, verb="invited", target=whom, data={"note": invitation.note})
    return invitation, token


def get_open_invitation(token: str) -> Invitation:
    """The invitation of this link. NotThere when it is unknown, used, withdrawn or expired: the four look the same."""
    invitation = open_invitations(token_hash=token_hash(token)).select_related("study", "takes_over__user").first()
    if invitation is None:
        raise NotThere(
            "This invitation is not valid: it was used, withdrawn, or is older than 14 days. Ask for a new link."
        )
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, by: User) -> Membership:
    """Make `by` a member. The conditional update lets a link work once, even when two people open it together."""
    invitation = get_open_invitation(token)
    if Membership.objects.filter(study=invitation.study, user=by, left_at__isnull=True).exists():
        raise Conflict(f"You are a member of {invitation.study} already; the link was not used up.")
    used = open_invitations(pk=invitation.pk).update(used_by=by, used_at=timezone.now())
    if not used:
        raise NotThere("This invitation was used a moment ago. Ask for a new link.")
    if invitation.takes_over:
        return take_over(placeholder=invitation.takes_over, role=invitation.role, by=by)
    membership = add_member(study=invitation.study, user=by, role=invitation.role)
    record_event(study=invitation.study, by=by, verb="joined as", target=membership.alias)
    return membership


@transaction.atomic
def accept_with_new_account(*, token: str, email: str, name: str, password: str) -> User:
    """An account for a person who has none, and their membership: both or neither."""
    get_open_invitation(token)
    user = create_account(email=email, name=name, password=password)
    accept_invitation(token=token, by=user)
    return user


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    check_is_member(by, invitation.study, Permission.MANAGE_MEMBERS)
    if open_invitations(pk=invitation.pk).update(withdrawn_at=timezone.now()):
        record_event(study=invitation.study, by=by, verb="withdrew", target=f"invitation {invitation.pk}")
