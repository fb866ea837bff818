"""Who may: roles, what each role is allowed to do, and the loader that asks while it loads.

What may be seen *now* (blinding) is another question; `annotator.visibility` answers it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from django.http import HttpRequest

from studies.errors import NotThere, Refused
from studies.models import Membership, Role, Study, User


class Permission(StrEnum):
    VIEW_STUDY = "see the study"
    IMPORT_ISSUES = "import issues"
    EDIT_TAXONOMY = "edit the taxonomy"
    MANAGE_ROUNDS = "make and run rounds"
    CODE_ISSUES = "code issues"
    RESOLVE = "resolve disagreements"
    EXPORT = "export the data set"
    MANAGE_MEMBERS = "invite and change members"
    EDIT_STUDY = "change the study's settings"


ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.LEAD: frozenset(Permission),
    Role.RATER: frozenset({Permission.VIEW_STUDY, Permission.CODE_ISSUES}),
    Role.OBSERVER: frozenset({Permission.VIEW_STUDY}),
    Role.PLACEHOLDER: frozenset(),
}

WHO_MAY = {
    permission: " or ".join(sorted(role for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed))
    for permission in Permission
}


@dataclass(frozen=True)
class Access:
    """A study together with the membership that opens it for one person."""

    study: Study
    membership: Membership

    @property
    def user(self) -> User:
        return self.membership.user

    def may(self, permission: Permission) -> bool:
        return may(self.membership, permission)

    def check(self, permission: Permission) -> None:
        check_may(self.membership, permission)


def may(membership: Membership, permission: Permission) -> bool:
    return membership.left_at is None and permission in ROLE_PERMISSIONS[membership.role]


def check_may(membership: Membership, permission: Permission) -> None:
    """Raises Refused with the sentence that page, API and tooltip show."""
    if not may(membership, permission):
        raise Refused(
            f"Only a {WHO_MAY[permission]} may {permission.value}; your role in this study is {membership.role}."
        )


def get_access_for(user: User, slug: str, permission: Permission = Permission.VIEW_STUDY) -> Access:
    """The study of this address for this person. NotThere for strangers, Refused for members without the right."""
    membership = (
        Membership.objects.select_related("study", "user")
        .filter(study__slug=slug, user_id=user.pk, left_at__isnull=True)
        .first()
    )
    if membership is None:
        raise NotThere("There is no such study, or you are not a member of it.")
    access = Access(membership.study, membership)
    access.check(permission)
    return access


def person(request: HttpRequest) -> User:
    """The signed-in person. Only for pages and API routes that nobody else reaches."""
    return cast(User, request.user)


def open_study(request: HttpRequest, slug: str, permission: Permission = Permission.VIEW_STUDY) -> Access:
    """For pages: the access of the signed-in person, kept on the request so that the top bar can show the sections."""
    access = get_access_for(person(request), slug, permission)
    request.access = access  # type: ignore[attr-defined]
    return access


def check_is_member(user: User, study: Study, permission: Permission) -> Membership:
    """For services: the same question about a study that is already at hand."""
    return get_access_for(user, study.slug, permission).membership
