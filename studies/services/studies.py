"""Studies and their members."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from studies.errors import Invalid, NotThere
from studies.models import GIVEN_ROLES, Membership, Role, Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event


@transaction.atomic
def create_study(*, title: str, question: str = "", by: User) -> Study:
    """A new study; who makes it is its lead."""
    if not title.strip():
        raise Invalid({"title": "A study needs a title."})
    study = Study(title=title.strip(), question=question.strip(), slug=free_slug(title), created_at=timezone.now())
    study.save()
    add_member(study=study, user=by, role=Role.LEAD)
    record_event(study=study, by=by, verb="created", target=f"study {study.title}")
    return study


def free_slug(title: str) -> str:
    """A slug that no study has. "new" is an address of its own."""
    base = slugify(title)[:50] or "study"
    taken = {"new", *Study.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    return next(slug for n in range(len(taken) + 2) if (slug := f"{base}-{n + 1}" if n else base) not in taken)


@transaction.atomic
def add_member(*, study: Study, user: User, role: str) -> Membership:
    """A membership with an alias of its own, such as rater-2; who had left comes back under the old alias."""
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    membership = Membership.objects.filter(study=study, user=user).first()
    if membership is None:
        number = Membership.objects.filter(study=study, alias__startswith=f"{role}-").count() + 1
        membership = Membership(study=study, user=user, alias=f"{role}-{number}", joined_at=timezone.now())
    membership.role, membership.left_at = role, None
    membership.save()
    return membership


@transaction.atomic
def update_study(*, study: Study, title: str, question: str, times_coding: bool | None = None, by: User) -> Study:
    check_is_member(by, study, Permission.EDIT_STUDY)
    if not title.strip():
        raise Invalid({"title": "A study needs a title."})
    study.title, study.question = title.strip(), question.strip()
    changes = times_coding is not None and times_coding != study.times_coding
    study.times_coding = bool(times_coding) if changes else study.times_coding
    study.save(update_fields=["title", "question", "times_coding"])
    record_event(study=study, by=by, verb="described", target=f"study {study.title}", data={"question": study.question})
    if changes:
        verb = "began to measure" if study.times_coding else "no longer measures"
        record_event(study=study, by=by, verb=verb, target="the time on task")
    return study


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User) -> Membership:
    """Another role for a member. The last lead stays lead."""
    check_is_member(by, membership.study, Permission.MANAGE_MEMBERS)
    if role not in dict(GIVEN_ROLES):
        raise Invalid({"role": f"{role} is not a role. Choose lead, rater or observer."})
    if membership.role == Role.PLACEHOLDER:
        raise Invalid(f"{membership.user} is a placeholder. Make a link for the person; who opens it becomes a rater.")
    if role == membership.role:
        return membership
    if role != Role.LEAD:
        check_another_lead(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    record_event(
        study=membership.study, by=by, verb="changed the role of", target=membership.alias, data={"role": role}
    )
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """The person can no longer open the study; their codings stay under their alias."""
    check_is_member(by, membership.study, Permission.MANAGE_MEMBERS)
    check_another_lead(membership)
    membership.left_at = timezone.now()
    membership.save(update_fields=["left_at"])
    record_event(study=membership.study, by=by, verb="removed", target=membership.alias)


def check_another_lead(membership: Membership) -> None:
    """Raises Invalid when the study would be left without a lead. Locks the study, so that two leads cannot both go."""
    Study.objects.select_for_update().only("pk").get(pk=membership.study_id)
    others = Membership.objects.filter(study=membership.study_id, role=Role.LEAD, left_at__isnull=True).exclude(
        pk=membership.pk
    )
    if membership.role == Role.LEAD and not others.exists():
        raise Invalid("A study keeps at least one lead. Make another member lead first.")


def get_member(study: Study, pk: int) -> Membership:
    membership = (
        Membership.objects.select_related("study", "user").filter(study=study, pk=pk, left_at__isnull=True).first()
    )
    if membership is None:
        raise NotThere("There is no such member in this study.")
    return membership
