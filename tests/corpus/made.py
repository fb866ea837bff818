"""Issues and comments in the shape of GitHub's REST objects, made for tests."""

import json
import random
from datetime import UTC, datetime, timedelta

START = datetime(2023, 1, 1, tzinfo=UTC)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def issue(number=1, repository="tidewater/captioner", **fields):
    opened = START + timedelta(hours=number)
    return {
        "id": 10_000 + number,
        "number": number,
        "title": f"Issue {number}",
        "body": f"Body of {number}",
        "user": {"login": f"dev-{number % 7}", "type": "User"},
        "author_association": "NONE",
        "labels": [{"name": "bug", "color": "ff0000"}],
        "state": "closed",
        "state_reason": "completed",
        "milestone": None,
        "created_at": stamp(opened),
        "closed_at": stamp(opened + timedelta(days=2)),
        "html_url": f"https://github.com/{repository}/issues/{number}",
        **fields,
    }


def comment(number, github_id, repository="tidewater/captioner", **fields):
    return {
        "id": github_id,
        "issue_url": f"https://api.github.com/repos/{repository}/issues/{number}",
        "user": {"login": "dev-1", "type": "User"},
        "author_association": "MEMBER",
        "created_at": stamp(START + timedelta(days=(github_id or 0) % 500)),
        "body": f"Comment {github_id}",
        **fields,
    }


def event(kind, number, github_id=None, repository="tidewater/captioner", **fields):
    told = {
        "event": kind,
        "actor": {"login": "dev-3", "type": "User"},
        "created_at": stamp(START + timedelta(days=number)),
        "issue": {"number": number, "html_url": f"https://github.com/{repository}/issues/{number}"},
        **fields,
    }
    return told | ({"id": github_id} if github_id else {})


def pull_request(number, repository="tidewater/captioner"):
    return issue(number, html_url=f"https://github.com/{repository}/pull/{number}", pull_request={"url": "x"})


def many(count, seed=1):
    """Issues over several repositories, about 2 KB each, a tenth of them pull requests."""
    draw = random.Random(seed)
    words = ["model", "tensor", "checkpoint", "loads", "fails", "memory", "token", "layer", "weights", "cuda"]
    for number in range(1, count + 1):
        repository = f"lab/repo-{number % 9}"
        body = " ".join(draw.choices(words, k=300))
        yield pull_request(number, repository) if number % 10 == 0 else issue(number, repository, body=body)


def lines(records):
    return "".join(json.dumps(record) + "\n" for record in records).encode()
