"""This room's refusals that carry something to look at."""

from typing import Any

from studies.errors import Conflict


class Stale(Conflict):
    """Another tab was faster. `kept` is the answer that stands, so that the two can be compared; `seen` and
    `version` are what a later write must name."""

    def __init__(self, sentence: str, *, kept: dict[str, Any], seen: int, version: int) -> None:
        super().__init__(sentence)
        self.kept = kept
        self.seen = seen
        self.version = version


class Late(Conflict):
    """A submit after a reservation ran out and others have taken the issue. What was answered becomes a draft."""


class Changed(Conflict):
    """What was looked at before it was confirmed is another thing now."""


class Alike(Conflict):
    """A name that is nearly there. `near` are the names and how alike they are, of 100; who means another thing says
    so and sends it again."""

    def __init__(self, name: str, near: list[tuple[str, int]]) -> None:
        told = ", ".join(f"“{other}” ({score} % alike)" for other, score in near)
        super().__init__(
            f"There is {told}. Tick that if you mean the same; propose “{name}” if you mean another thing."
        )
        self.near = near
