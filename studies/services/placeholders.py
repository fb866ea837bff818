"""Placeholders: raters whose codings came from a file, until a person takes them over.

A placeholder is a member like any other, with an alias of its own, and with an account that nobody can sign in with.
"""

import secrets
from collections.abc import Callable

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from studies.errors import Conflict, Invalid
from studies.models import Invitation, Membership, Role, Study, User
from studies.permissions import Permission, check_is_member
from studies.queries import open_invitations
from studies.services.events import record_event

LONGEST_NAME = 120
Mover = Callable[[Membership, Membership], None]
MOVERS: list[Mover] = []
NOT_ONE = "{name} is no placeholder: a person has this part in the study already."


@transaction.atomic
def add_placeholder(*, study: Study, name: str, by: User) -> Membership:
    """A rater of this name who is not here yet. The alias counts on with those of the raters."""
    check_is_member(by, study, Permission.MANAGE_MEMBERS)
    if not name.strip():
        raise Invalid({"name": "A placeholder needs a name."})
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    now = timezone.now()
    user = User(
        email=f"{secrets.token_hex(12)}@placeholder.invalid", name=name.strip()[:LONGEST_NAME], joined_at=now,
        is_active=False,
    )  # fmt: skip
    user.set_unusable_password()
    user.save()
    number = Membership.objects.filter(study=study, alias__startswith="rater-").count() + 1
    made = Membership(study=study, user=user, role=Role.PLACEHOLDER, alias=f"rater-{number}", joined_at=now)
    made.save()
    record_event(study=study, by=by, verb="added", target=f"placeholder {made.alias}", data={"name": user.name})
    return made


def check_can_be_taken_over(membership: Membership, study: Study) -> None:
    if membership.study_id != study.pk or membership.role != Role.PLACEHOLDER or membership.left_at is not None:
        raise Conflict(NOT_ONE.format(name=membership.user))


@transaction.atomic
def take_over(*, placeholder: Membership, role: str, by: User) -> Membership:
    """The person becomes the placeholder: alias and codings stay with the membership. An invitation allows it."""
    row = Membership.objects.select_for_update(of=("self",)).select_related("study", "user").get(pk=placeholder.pk)
    check_can_be_taken_over(row, row.study)
    if Membership.objects.filter(study=row.study, user=by).exists():
        raise Conflict(f"You were a member of {row.study} before, under another alias. Ask the lead what to do.")
    stand_in, row.user, row.role, row.joined_at = row.user, by, role, timezone.now()
    row.save()
    record_event(study=row.study, by=by, verb="took over", target=row.alias, data={"name": stand_in.name})
    stand_in.delete()
    return row


def register_mover(mover: Mover) -> None:
    """`mover` moves what a placeholder has in a room to another member; Conflict where both have the same."""
    MOVERS.append(mover)


@transaction.atomic
def hand_over(*, placeholder: Membership, to: Membership, by: User) -> Membership:
    """The person was a member all along: the codings go to them, under their alias, and the placeholder goes."""
    study = placeholder.study
    check_is_member(by, study, Permission.MANAGE_MEMBERS)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("study", "user")
    row = rows.get(pk=placeholder.pk)
    check_can_be_taken_over(row, study)
    if to.study_id != study.pk or to.role == Role.PLACEHOLDER or to.left_at is not None:
        raise Invalid("Choose a person who is a member of this study.")
    for mover in MOVERS:
        mover(row, to)
    data = {"name": row.user.name, "alias": row.alias}
    record_event(study=study, by=by, verb="handed the codings of", target=f"{row.alias} to {to.alias}", data=data)
    if not remove_placeholder(placeholder=row, by=by):
        raise Conflict(f"An open invitation or something else still names {row.user}. Withdraw it first.")
    return to


@transaction.atomic
def remove_placeholder(*, placeholder: Membership, by: User) -> bool:
    """Removes one with which nothing is left to do; False where something still refers to it, or a person has it."""
    check_is_member(by, placeholder.study, Permission.MANAGE_MEMBERS)
    row = Membership.objects.select_related("study", "user").filter(pk=placeholder.pk, role=Role.PLACEHOLDER).first()
    if row is None:
        return False
    # A link that no longer works names nobody.
    links = Invitation.objects.filter(takes_over=row)
    links.exclude(pk__in=open_invitations(takes_over=row)).update(takes_over=None)
    try:
        with transaction.atomic():
            row.delete()
            row.user.delete()
    except ProtectedError:
        return False
    record_event(study=placeholder.study, by=by, verb="removed", target=f"placeholder {placeholder.alias}")
    return True
