"""Dates as tables have them. A date without a zone is one of the zone that a person named for the table."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from corpus.payloads import NO_ZONE, Reading
from corpus.records import BadRecord

# Jira writes 12/Mar/23 4:05 PM; a month by its name cannot be taken for a day.
NAMED = ("%d/%b/%y %I:%M %p", "%d/%b/%Y %H:%M", "%d %b %Y %H:%M", "%d %b %Y", "%b %d, %Y")
ORDERS = {
    "iso": NAMED,
    "day": ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y", *NAMED),
    "month": ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y", *NAMED),
}


def moment(reading: Reading, key: str, zone: str, order: str) -> datetime | None:
    """In UTC; None for an empty cell. BadRecord when it is no date of this order; a note where UTC was assumed."""
    text = reading.text(key).strip()
    if not text:
        return None
    try:
        read = parse(text, order)
        if read.tzinfo is None and not zone:
            reading.note(NO_ZONE)
        return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone) if zone else UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRecord(f"“{key}” is not a date. Write it as 2026-03-01T12:00:00Z.") from None


def parse(text: str, order: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        pass
    for pattern in ORDERS[order]:
        try:
            return datetime.strptime(text, pattern)  # the zone is the caller's question
        except ValueError:
            continue
    raise ValueError(text)


def has_no_zone(text: str, order: str = "iso") -> bool:
    try:
        return parse(text.strip(), order).tzinfo is None
    except ValueError:
        return False
