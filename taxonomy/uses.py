"""How often codes were used: rooms that use them say so here, because this room knows none of them."""

from collections.abc import Callable

from studies.models import Membership
from taxonomy.models import Code

Count = Callable[[Code, Membership], int]

_counts: list[Count] = []


def register(count: Count) -> None:
    """`count` tells how many codings hold the code, in whichever version, as far as the member may see them."""
    _counts.append(count)


def codings_with(code: Code, member: Membership) -> int:
    return sum(count(code, member) for count in _counts)
