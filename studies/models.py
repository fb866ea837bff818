"""People, studies, who is a member of which, invitations, and the audit trail."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Accounts are made by `studies.services.accounts`; this only finds them."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who can sign in. The e-mail address, in lower case, is the sign-in name.

    One that is not active stands in for somebody whose codings were imported: nobody can sign in with it.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_is_lower_case")]

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    LEAD = "lead", "Lead"
    RATER = "rater", "Rater"
    OBSERVER = "observer", "Observer"
    PLACEHOLDER = "placeholder", "Placeholder"


# What a person can be given; a placeholder stands for somebody who is not here yet.
GIVEN_ROLES = [(role.value, role.label) for role in (Role.LEAD, Role.RATER, Role.OBSERVER)]


class Study(models.Model):
    """One research project. Everything else that belongs to it reaches it by one path. `times_coding`: the coding
    screen measures how long raters work at an issue, and tells them."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    question = models.TextField(blank=True)
    times_coding = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.title


class Membership(models.Model):
    """A person's part in a study. The alias stays for ever and stands for them in exports.

    A placeholder has codings and no person yet; whoever takes it over becomes its user, and the codings stay with it.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    alias = models.CharField(max_length=30)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="one_membership_a_person"),
            models.UniqueConstraint(fields=["study", "alias"], name="one_alias_a_member"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.alias} in {self.study_id}"


class Invitation(models.Model):
    """A link that brings one person into a study once. Only the hash of its token is kept.

    `takes_over` is the placeholder that the person becomes.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role)
    note = models.CharField(max_length=120, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    takes_over = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_by__isnull=True, used_at__isnull=True)
                | Q(used_by__isnull=False, used_at__isnull=False),
                name="invitation_used_by_and_at_together",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} ({self.role})"


class Event(models.Model):
    """One line of the audit trail: written in the transaction of the change it tells, never changed.

    It names the actor as text and holds no key that could carry a deletion into history. Each event's hash
    covers the one before it, so that a missing or altered line shows.
    """

    study = models.ForeignKey(Study, null=True, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    target = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["study", "-id"], name="event_by_study")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target}"
