"""Which function does which kind of work. Rooms register theirs by name, so that nothing heavy is loaded early."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

Handler = Callable[[Any], None]  # takes a jobs.services.Run, a layer above
Ending = Callable[[Any, str], None]  # takes the job and the state that it ends in

HANDLERS: dict[str, str] = {}
ENDINGS: dict[str, str] = {}


def register(kind: str, handler: str, *, ended: str = "") -> None:
    """`handler` is the dotted name of a function that takes a `jobs.services.Run`.

    `ended` names one that takes the job and the state it ends in (done, failed, stopped), in the transaction of
    that change; web processes call it too, so it must be light to import.
    """
    HANDLERS[kind] = handler
    ENDINGS[kind] = ended


def handler_of(kind: str) -> Handler:
    """The function for a kind. KeyError when no room has registered it."""
    handler: Handler = import_string(HANDLERS[kind])
    return handler


def ending_of(kind: str) -> Ending:
    name = ENDINGS.get(kind)
    ending: Ending = import_string(name) if name else nothing_more
    return ending


def nothing_more(job: Any, state: str) -> None:
    """The ending of work that leaves nothing behind."""
