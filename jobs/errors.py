"""What can end or interrupt a job's handler."""

from datetime import datetime


class LeaseLost(Exception):
    """Another runner has claimed the job; this one must write nothing more."""


class StopAsked(Exception):
    """A person stopped the job; what is written stays."""


class ShuttingDown(Exception):
    """This runner is being ended; the job goes back to waiting and continues at the next start."""


class Failed(Exception):
    """The work cannot be done; the sentence says why and what to do."""


class Park(Exception):
    """The work must wait until `until` (a rate limit, say); the runner is free meanwhile."""

    def __init__(self, until: datetime, note: str) -> None:
        super().__init__(note)
        self.until, self.note = until, note
