"""The audit trail: one event a change, in the change's own transaction, chained by hashes."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from studies.models import Event, Study, User


@transaction.atomic
def record_event(
    *, study: Study | None, by: User | None, verb: str, target: str, data: dict[str, Any] | None = None
) -> Event:
    """Append one event. `verb` is in the past tense ("submitted"), `target` what a reader can find again.

    The chain is locked, so that two changes at once cannot claim the same predecessor.
    """
    lock_chain(study)
    previous = Event.objects.filter(study=study).order_by("-pk").values_list("hash", flat=True).first() or ""
    event = Event(
        study=study,
        at=timezone.now(),
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "Intercoder",
        verb=verb,
        target=target[:200],
        data=data or {},
        previous_hash=previous,
    )
    event.hash = event_hash(event)
    event.save()
    return event


def lock_chain(study: Study | None) -> None:
    """Holds the study's row, or the first event of what happens outside of studies, until the transaction ends."""
    if study is not None:
        Study.objects.select_for_update().only("pk").get(pk=study.pk)
    else:
        Event.objects.select_for_update().only("pk").filter(study=None).order_by("pk").first()


def event_hash(event: Event) -> str:
    """SHA-256 over everything an event says and the hash before it."""
    told = [
        event.previous_hash, event.study_id, event.at.isoformat(), event.actor_id, event.actor_name,
        event.verb, event.target, event.data,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken_event(study: Study | None) -> Event | None:
    """The first event of the whole trail whose hash does not fit what it says or what stands before it."""
    return first_broken(Event.objects.filter(study=study).order_by("pk").iterator(), "")


def first_broken(events: Iterable[Event], previous_hash: str) -> Event | None:
    """The same for a stretch of the trail, oldest first, and the hash of the event before it."""
    for event in events:
        if event.previous_hash != previous_hash or event.hash != event_hash(event):
            return event
        previous_hash = event.hash
    return None
