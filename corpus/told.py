"""What other rooms tell of issues, as facets of the list. A room registers its teller at start: the corpus asks it,
and need not know rounds or codes. Who looks is told the teller, which answers nothing that this person may not know.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.db.models import Q

from studies.models import Membership, Study

FACETS = ("screened", "coded", "coded_as", "changed")
# The values of `coded`, the furthest first; issues of no round have the empty one.
STANDINGS = LABELLED, CODED, DRAWN = ("labelled", "coded", "drawn")
# The values of `screened`; an issue that was not screened has the empty one.
SCREENINGS = SCREENED_IN, SCREENED_OUT, UNDECIDED, UNSCREENED = ("in", "out", "undecided", "")
# What the list says of an issue of which nothing is told.
OTHERWISE = {"screened": UNSCREENED, "coded": "", "coded_as": "", "changed": "no"}


class Teller(Protocol):
    """One room's answers. An issue may have several values in a facet, or none: then it has that of `OTHERWISE`."""

    def stamp(self, study: Study) -> Any:
        """Another one whenever the answers may have changed."""

    def values(self, study: Study) -> Mapping[str, Iterable[tuple[int, str]]]:
        """Pairs of issue and value, by facet."""

    def condition(self, facet: str, values: Collection[str]) -> Q:
        """The same as a condition on issues."""

    def hidden_from(self, viewer: Membership) -> Iterable[int]:
        """Issues of which this person is told nothing now, not even that they have no value."""


class Nobody:
    """Stands in while no room has registered."""

    def stamp(self, study: Study) -> Any:
        return None

    def values(self, study: Study) -> Mapping[str, Iterable[tuple[int, str]]]:
        return {facet: () for facet in FACETS}

    def condition(self, facet: str, values: Collection[str]) -> Q:
        return Q() if OTHERWISE[facet] in values else Q(pk__in=[])

    def hidden_from(self, viewer: Membership) -> Iterable[int]:
        return ()


_tellers: list[Teller] = [Nobody()]


def register(teller: Teller) -> None:
    _tellers[:] = [teller]


def teller() -> Teller:
    return _tellers[0]


def asked_for(facets: Mapping[str, Sequence[str]], viewer: Membership | None) -> Q:
    """Issues with one of these values in each facet; of those hidden from the viewer, none."""
    wanted = {facet: values for facet in FACETS if (values := facets.get(facet, ()))}
    condition = Q()
    for facet, values in wanted.items():
        condition &= teller().condition(facet, values)
    hidden = list(teller().hidden_from(viewer)) if wanted and viewer else []
    return condition & ~Q(pk__in=hidden) if hidden else condition
