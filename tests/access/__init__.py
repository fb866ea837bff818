"""The permission table: for every route and every API action, what each of the cast gets.

Each room has its rows in a module of its own here. A cell is 200, 204, 302 (a redirect after the work was done),
403, 404, or "sign in" (a redirect to the sign-in page).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PEOPLE = ("nobody", "stranger", "observer", "rater", "lead")

SIGN_IN = "sign in"


@dataclass(frozen=True)
class Row:
    """One route and method. `kwargs` and `data` are made from the world (see tests/access/world.py)."""

    name: str
    expected: Mapping[str, int | str]
    method: str = "get"
    kwargs: Callable[[Any], dict[str, Any]] = field(default=lambda world: {"slug": world.study.slug})
    data: Callable[[Any], Any] = field(default=lambda world: {})
    why: str = ""
    sends_file: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.why}".strip()


def page(
    nobody: int | str, stranger: int | str, observer: int | str, rater: int | str, lead: int | str
) -> dict[str, int | str]:
    return dict(zip(PEOPLE, (nobody, stranger, observer, rater, lead), strict=True))


MEMBERS_ONLY = page(SIGN_IN, 404, 200, 200, 200)
LEAD_ONLY = page(SIGN_IN, 404, 403, 403, 200)
LEAD_ONLY_WRITE = page(SIGN_IN, 404, 403, 403, 302)
EVERYONE_SIGNED_IN = page(SIGN_IN, 200, 200, 200, 200)
API_MEMBERS_ONLY = page(403, 404, 200, 200, 200)
