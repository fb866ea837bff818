"""Accounts: the first one, and those that invitations bring."""

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from studies.errors import Invalid, NotThere
from studies.models import User
from studies.services.events import record_event

FIRST_ACCOUNT = "first account"


@transaction.atomic
def create_account(*, email: str, name: str, password: str, is_staff: bool = False) -> User:
    """A new account. Invalid, by field, when the address is taken or the password is weak."""
    user = User(email=email.strip().lower(), name=name.strip(), joined_at=timezone.now(), is_staff=is_staff)
    set_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Invalid({"email": "This address has an account. Sign in with it instead."}) from error
    record_event(study=None, by=user, verb="joined", target=user.email)
    return user


def set_password(user: User, password: str) -> None:
    """Sets it on the row without saving. Invalid when it is weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": error.messages}) from error
    user.set_password(password)


@transaction.atomic
def change_password(*, user: User, password: str) -> User:
    set_password(user, password)
    user.save(update_fields=["password"])
    record_event(study=None, by=user, verb="changed the password of", target=user.email)
    return user


@transaction.atomic
def rename_account(*, user: User, name: str) -> User:
    """The name that members of the same studies see. Events keep the name of their time."""
    if not name.strip():
        raise Invalid({"name": "Give a name by which the others in a study know you."})
    user.name = name.strip()
    user.save(update_fields=["name"])
    record_event(study=None, by=user, verb="changed the name of", target=user.email, data={"name": user.name})
    return user


def first_account_token() -> str | None:
    """The token of the one-time link for the lead's first account; None once any account exists."""
    return None if User.objects.exists() else signing.dumps(FIRST_ACCOUNT, salt=FIRST_ACCOUNT)


def check_first_account_token(token: str) -> None:
    """Raises NotThere unless the token is ours and no account exists yet."""
    try:
        signing.loads(token, salt=FIRST_ACCOUNT)
    except signing.BadSignature as error:
        raise NotThere("This link is not valid.") from error
    if User.objects.exists():
        raise NotThere("The first account has been made; this link has done its work.")


@transaction.atomic
def create_first_account(*, token: str, email: str, name: str, password: str) -> User:
    check_first_account_token(token)
    return create_account(email=email, name=name, password=password, is_staff=True)
