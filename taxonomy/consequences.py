"""What publishing a draft would mean for codings. Taxonomies know no codings: the room that does registers itself."""

from collections.abc import Callable
from dataclasses import dataclass

from taxonomy.carrying import Step
from taxonomy.models import Taxonomy


@dataclass(frozen=True)
class RoundConsequence:
    """A round with codings: how many of them read on as they are, how many as other codes, how many issues wait.

    `told_later` says why nothing is told yet; then only `codings` counts.
    """

    number: int
    codings: int
    unchanged: int = 0
    mapped: int = 0
    issues_waiting: int = 0
    told_later: str = ""


Provider = Callable[[Taxonomy, Step], list[RoundConsequence]]
PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    PROVIDERS.append(provider)


def consequences_of(taxonomy: Taxonomy, step: Step) -> list[RoundConsequence]:
    """For each round with codings under a version of this taxonomy, if `step` came after the latest version."""
    return [found for provider in PROVIDERS for found in provider(taxonomy, step)]
