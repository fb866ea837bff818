"""Where a code came from. Taxonomies know no codings: the room that has the proposals registers itself."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from studies.models import Study


@dataclass(frozen=True)
class Origin:
    """A proposal that became the code: what it was called, whose it was (alias), in which round, from which issue."""

    name: str
    alias: str
    round: int
    issue: str
    issue_id: int


Provider = Callable[[Study, uuid.UUID], list[Origin]]
PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    PROVIDERS.append(provider)


def origins_of(study: Study, uid: uuid.UUID) -> list[Origin]:
    return [found for provider in PROVIDERS for found in provider(study, uid)]
