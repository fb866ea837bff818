"""What `gh issue list --json …` and `gh search issues --json …` write. Which fields there are was the caller's choice.

Fields: https://cli.github.com/manual/gh_issue_list
"""

import re
from collections.abc import Iterator
from typing import Any

from corpus.files.shapes import Comment, Issue, Payload, Shape, only_said
from corpus.payloads import is_pull_request, read_comment, read_issue
from corpus.records import BadRecord

COMMENT_ADDRESS = re.compile(r"^(.+)#issuecomment-(\d{1,18})$")
SAID = {
    "author": "author", "author_is_bot": "author", "author_association": "authorAssociation",
    "state_reason": "stateReason", "labels": "labels", "milestone": "milestone",
}  # fmt: skip


def recognises(payload: Payload) -> bool:
    return "createdAt" in payload or ("url" in payload and "html_url" not in payload and "closedAt" in payload)


def read(payload: Payload) -> Issue | None:
    rest = as_rest(payload)
    if payload.get("isPullRequest") or is_pull_request(rest):
        return None
    record, notes = read_issue(rest)
    return only_said(record, payload, SAID), notes


def as_rest(payload: Payload) -> dict[str, Any]:
    return {
        "html_url": payload.get("url"),
        "title": payload.get("title"),
        "body": payload.get("body"),
        "state": payload.get("state"),
        "state_reason": lower(payload.get("stateReason")),
        "created_at": payload.get("createdAt"),
        "closed_at": payload.get("closedAt"),
        "labels": payload.get("labels"),
        "milestone": payload.get("milestone"),
        "author_association": payload.get("authorAssociation"),
        "user": person(payload.get("author")),
    }


def lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def person(author: Any) -> dict[str, Any]:
    """The REST API writes `dependabot[bot]` where gh writes `app/dependabot`."""
    author = author if isinstance(author, dict) else {}
    login = author.get("login")
    if isinstance(login, str) and login.startswith("app/"):
        login = f"{login.removeprefix('app/')}[bot]"
    return {"login": login, "type": "Bot" if author.get("is_bot") else "User"}


def read_comments(payload: Payload) -> Iterator[Comment]:
    comments = payload.get("comments")
    for comment in comments if isinstance(comments, list) else []:
        address = COMMENT_ADDRESS.match(str(comment.get("url"))) if isinstance(comment, dict) else None
        if not address:
            raise BadRecord("A comment of this issue has no “url” that ends with #issuecomment- and its number.")
        yield read_comment(
            {
                "id": int(address[2]),
                "issue_url": address[1],
                "body": comment.get("body"),
                "created_at": comment.get("createdAt"),
                "author_association": comment.get("authorAssociation"),
                "user": person(comment.get("author")),
            }
        )


SHAPE = Shape("gh", "gh issue list --json", recognises, read, read_comments)
