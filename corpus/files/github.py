"""GitHub's REST objects, as its API and most collectors write them."""

from collections.abc import Iterator

from corpus.files.shapes import Comment, Event, Issue, Payload, Shape
from corpus.payloads import is_pull_request, read_comment, read_event, read_issue


def read(payload: Payload) -> Issue | None:
    return None if is_pull_request(payload) else read_issue(payload)


def read_lone_comment(payload: Payload) -> Comment:
    """A comment of a file of comments, each of which names its issue."""
    return read_comment(payload)


def read_lone_events(payload: Payload) -> Iterator[Event]:
    """An event of a file of events, each of which names its issue; none for kinds that do not matter."""
    event, notes = read_event(payload)
    if event:
        yield event, notes


# Whatever no other shape claims is read as this one: its refusals name the fields that are missing.
SHAPE = Shape("github", "GitHub's issue objects", lambda payload: True, read)
