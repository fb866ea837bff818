"""Issues that nobody wrote, in the shape and about the size of real ones: the same on every machine."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

ISSUES = 8_373
TEXT = (
    "model load weights error version python device memory tensor shape batch token output config cache download "
    "pipeline convert export quantized layer attention image audio text label script traceback expected returned"
)
WORDS = TEXT.split(" ")
CODE = '```python\nmodel = load("{0}")\nprint(model({1}))\n```'


def write_issues(path: Path, count: int = ISSUES) -> int:
    """JSON Lines of GitHub's issue objects; returns the bytes written."""
    chance = random.Random(7)
    with path.open("w") as file:
        for number in range(1, count + 1):
            file.write(json.dumps(issue(number, chance)) + "\n")
    return path.stat().st_size


def issue(number: int, chance: random.Random) -> dict[str, object]:
    created = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(hours=3 * number)
    closed = created + timedelta(hours=chance.lognormvariate(4, 2)) if chance.random() < 0.8 else None
    url = f"https://github.com/generated/models/issues/{number}"
    return {
        "id": 10_000_000 + number,
        "number": number,
        "title": sentence(chance, 8),
        "body": body(chance),
        "state": "closed" if closed else "open",
        "user": {"login": f"person-{chance.randrange(2000)}"},
        "labels": [{"name": chance.choice(WORDS)}],
        "comments": 0,
        "created_at": stamp(created),
        "updated_at": stamp(closed or created),
        "closed_at": stamp(closed) if closed else None,
        "url": url.replace("github.com", "api.github.com/repos"),
        "html_url": url,
        "repository_url": "https://api.github.com/repos/generated/models",
    }


def body(chance: random.Random) -> str:
    paragraphs = [sentence(chance, chance.randrange(20, 60)) for _ in range(chance.randrange(2, 7))]
    paragraphs.insert(1, CODE.format(chance.choice(WORDS), chance.randrange(100)))
    paragraphs.append("\n".join(f"- {sentence(chance, 6)}" for _ in range(4)))
    return "\n\n".join(paragraphs)


def sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
