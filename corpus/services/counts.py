"""What a page came to."""

from dataclasses import dataclass


@dataclass
class Counts:
    """Each issue is counted once a run, however often the run meets it."""

    new: int = 0
    changed: int = 0
    same: int = 0
    comments: int = 0
    pull_requests: int = 0
