"""The refusals of this room, beside those of `studies.errors`."""

from typing import Any

from studies.errors import Conflict, Refused


class Frozen(Refused):
    """Someone tried to change a published version or one of its codes."""


class Changed(Conflict):
    """The code is not what the person saw when they began. `stored` is what it is now, by field that differs."""

    def __init__(self, sentence: str, stored: dict[str, Any]) -> None:
        super().__init__(sentence)
        self.stored = stored
