"""The laptop's runner: one process that claims due jobs from the database, one after the other."""

import logging
import signal
import threading
from types import FrameType

from django.db import close_old_connections
from django.utils import timezone

from jobs import services

IDLE_SECONDS = 0.5

log = logging.getLogger(__name__)


class Runner:
    """Claims and runs until it is told to stop."""

    def __init__(self) -> None:
        self.stopping = threading.Event()

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        self.stopping.set()

    def forever(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopping.is_set():
            if not self.once():
                self.stopping.wait(IDLE_SECONDS)

    def once(self) -> bool:
        """Do the next due job. False when there was none, or the database could not be reached just now."""
        try:
            close_old_connections()
            job_id = services.due(timezone.now()).values_list("pk", flat=True).first()
            claimed = services.claim(job_id) if job_id else None
        except services.DATABASE_AWAY:
            log.exception("the database cannot be reached; trying again")
            return False
        if claimed is None:
            return False
        claimed.shutdown = self.stopping
        services.perform(claimed)
        return True
