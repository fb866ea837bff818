"""GitLab's issue objects: https://docs.gitlab.com/api/issues/"""

import re
from typing import Any

from corpus.files.shapes import Issue, Payload, Shape, only_said
from corpus.payloads import LARGEST_NUMBER, read_issue
from corpus.records import BadRecord

ADDRESS = re.compile(
    r"https?://([A-Za-z0-9.:-]{1,100})/([A-Za-z0-9_./-]{1,150}?)/(?:-/)?(?:issues|work_items)/(\d{1,10})/?"
)
SAID = {"author": "author", "author_is_bot": "author", "labels": "labels", "milestone": "milestone"}


def recognises(payload: Payload) -> bool:
    return "iid" in payload and "web_url" in payload


def read(payload: Payload) -> Issue:
    """The host stands for the owner: a project of GitLab is never taken for one of GitHub with the same name."""
    state = payload.get("state")
    rest = {
        "title": payload.get("title"),
        "body": payload.get("description"),
        "state": "open" if state == "opened" else state,
        "created_at": payload.get("created_at"),
        "closed_at": payload.get("closed_at"),
        "labels": payload.get("labels"),
        "milestone": payload.get("milestone"),
        "user": {"login": name_of(payload.get("author"))},
        "closed_by": {"login": name_of(payload.get("closed_by"))},
    }
    record, notes = read_issue(rest, at=locate(payload.get("web_url")))
    return only_said(record, payload, SAID), notes


def locate(address: Any) -> tuple[str, str, int, str]:
    found = ADDRESS.fullmatch(str(address))
    if not found or not 0 < int(found[3]) <= LARGEST_NUMBER:
        raise BadRecord(f"“web_url” is “{str(address)[:120]}”, not the address of an issue on GitLab.")
    return found[1], found[2], int(found[3]), str(address)


def name_of(person: Any) -> Any:
    return person.get("username") if isinstance(person, dict) else None


SHAPE = Shape("gitlab", "GitLab's issue objects", recognises, read)
