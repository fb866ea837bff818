"""What a page came to."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Each issue is counted once a run, however often the run meets it."""

    new: int = 0
    changed: int = 0
    same: int = 0
    comments: int = 0
    events: int = 0
    pull_requests: int = 0
    repositories: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, repository: str, kind: str) -> None:
        """One more of this kind (a field's name), told for its repository as well."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.repositories.setdefault(repository, Counter())[kind] += 1
