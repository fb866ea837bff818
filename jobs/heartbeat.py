"""Keeps the lease of the job in hand while its work takes long between two reports."""

import logging
import threading
from collections.abc import Callable

from django.db import OperationalError, connection

from jobs.errors import LeaseLost

log = logging.getLogger(__name__)


class Heartbeat:
    """Calls `beat` every few seconds from a thread of its own, with a database connection of its own."""

    def __init__(self, beat: Callable[[], None], *, seconds: float) -> None:
        self.beat, self.seconds, self.over = beat, seconds, threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *exc: object) -> None:
        self.over.set()
        self.thread.join()

    def _work(self) -> None:
        while not self.over.wait(self.seconds):
            try:
                self.beat()
            except LeaseLost:
                break
            except OperationalError:
                log.exception("a lease could not be renewed; trying again")
        connection.close()
