"""What the readers of files share: one record as it stands, the bounds, and the refusal of a whole file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_RECORD = 16 * 2**20


class BadFile(Exception):
    """The file as a whole cannot be read; the sentence says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """One record as it stands: the line it begins on, its size, where the next one begins; `payload` or `wrong`."""

    line: int
    size: int
    position: dict[str, int]
    payload: Mapping[str, Any] | None = None
    wrong: str = ""
    place: str = ""

    @property
    def where(self) -> str:
        return self.place or f"line {self.line}"
