"""Which function does which kind of work. Rooms register theirs by name, so that nothing heavy is loaded early."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from jobs.models import Job, State
    from jobs.services import Run

HANDLERS: dict[str, str] = {}
ENDINGS: dict[str, str] = {}


def register(kind: str, handler: str, *, ended: str = "") -> None:
    """`handler` is the dotted name of a function that takes a `jobs.services.Run`.

    `ended` names one that takes the job and the state it ends in (done, failed, stopped), in the transaction of
    that change; web processes call it too, so it must be light to import.
    """
    HANDLERS[kind] = handler
    ENDINGS[kind] = ended


def handler_of(kind: str) -> "Callable[[Run], None]":
    """The function for a kind. KeyError when no room has registered it."""
    handler: Callable[[Run], None] = import_string(HANDLERS[kind])
    return handler


def ending_of(kind: str) -> "Callable[[Job, State], None]":
    name = ENDINGS.get(kind)
    ending: Callable[[Job, State], None] = import_string(name) if name else nothing_more
    return ending


def nothing_more(job: "Job", state: "State") -> None:
    """The ending of work that leaves nothing behind."""
