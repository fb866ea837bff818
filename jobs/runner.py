"""The laptop's runner: one process that claims due jobs from the database, one after the other."""

import logging
import signal
import threading
from types import FrameType

from django.db import OperationalError, close_old_connections, connection
from django.utils import timezone

from jobs import services
from jobs.errors import LeaseLost

IDLE_SECONDS = 0.5
BEAT_SECONDS = 4.0

log = logging.getLogger(__name__)


class Runner:
    """Claims and runs until it is told to stop. The lease of the job in hand is kept by a second thread."""

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
        except OperationalError:
            log.exception("the database cannot be reached; trying again")
            return False
        if claimed is None:
            return False
        claimed.shutdown = self.stopping
        with Heartbeat(claimed):
            services.perform(claimed)
        return True


class Heartbeat:
    """Renews a lease every few seconds from a thread of its own, with a database connection of its own."""

    def __init__(self, run: services.Run) -> None:
        self.run, self.over = run, threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *exc: object) -> None:
        self.over.set()
        self.thread.join()

    def _beat(self) -> None:
        while not self.over.wait(BEAT_SECONDS):
            try:
                self.run.beat()
            except LeaseLost:
                break
            except OperationalError:
                log.exception("the lease of job %s could not be renewed; trying again", self.run.job.pk)
        connection.close()
