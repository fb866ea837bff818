"""Which function does which kind of work. Rooms register theirs by name, so that nothing heavy is loaded early."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from jobs.services import Run

HANDLERS: dict[str, str] = {}


def register(kind: str, handler: str) -> None:
    """`handler` is the dotted name of a function that takes a `jobs.services.Run`."""
    HANDLERS[kind] = handler


def handler_of(kind: str) -> "Callable[[Run], None]":
    """The function for a kind. KeyError when no room has registered it."""
    handler: Callable[[Run], None] = import_string(HANDLERS[kind])
    return handler
