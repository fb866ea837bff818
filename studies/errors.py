"""The refusals of the whole application. Each carries a sentence that the person concerned can read."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404


class NotThere(Http404):
    """A stranger asked, or the row does not exist: the two are not told apart."""


class Refused(PermissionDenied):
    """A member asked for what their role or the round's phase does not allow."""


class Invalid(ValidationError):
    """What was given cannot be used; a sentence says what to change, by field where there is one."""


class Conflict(Exception):
    """Someone else was faster. Nothing was written; the sentence says what to look at."""
