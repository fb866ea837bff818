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
