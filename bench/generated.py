"""Issues that nobody wrote, in the shape and about the size of real ones: the same on every machine.

Words are as common as in real text: a vocabulary of 20,000, of which the word of rank r stands about 1/r as often as
the first (Zipf), and beside it a thousand rare words that a search can look for.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, product
from pathlib import Path

ISSUES = 8_373
REPOSITORIES = 31
VOCABULARY, DRAWN, RARE = 20_000, 400_000, 997
TEXT = (
    "model load weights error version python device memory tensor shape batch token output config cache download "
    "pipeline convert export quantized layer attention image audio text label script traceback expected returned"
)
WORDS = TEXT.split(" ")
SYLLABLES = [first + second for first, second in product("bdfgklmnprst", "aeiou")]
CODE = '```python\nmodel = load("{0}")\nprint(model({1}))\n```'
START = datetime(2019, 1, 1, tzinfo=UTC)


@lru_cache
def vocabulary() -> list[str]:
    """The most common first: words of our own, then made ones of two syllables, then of three."""
    made = ("".join(parts) for length in (2, 3) for parts in product(SYLLABLES, repeat=length))
    return [*WORDS, *(word for _, word in zip(range(VOCABULARY - len(WORDS)), made, strict=False))]


@lru_cache
def stream() -> list[str]:
    """Words as they follow each other; every text is a stretch of it."""
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
    return random.Random(3).choices(vocabulary(), cum_weights=weights, k=DRAWN)


def write_issues(path: Path, count: int = ISSUES) -> int:
    """JSON Lines of GitHub's issue objects; returns the bytes written."""
    chance = random.Random(7)
    with path.open("w") as file:
        file.writelines(json.dumps(issue(number, chance)) + "\n" for number in range(1, count + 1))
    return path.stat().st_size


def write_comments(path: Path, issues: int, each: int) -> None:
    """So many comments of about 300 bytes for each of the issues."""
    chance = random.Random(8)
    with path.open("w") as file:
        file.writelines(
            json.dumps(comment(number, place, chance)) + "\n"
            for number in range(1, issues + 1)
            for place in range(each)
        )


def repository(number: int) -> str:
    return f"generated/models-{number % REPOSITORIES}"


def issue(number: int, chance: random.Random) -> dict[str, object]:
    created = START + timedelta(minutes=30 * number)
    closed = created + timedelta(hours=chance.lognormvariate(4, 2)) if chance.random() < 0.8 else None
    url = f"https://github.com/{repository(number)}/issues/{number}"
    return {
        "id": 10_000_000 + number,
        "number": number,
        "title": sentence(chance, 8),
        "body": body(number, chance),
        "state": "closed" if closed else "open",
        "state_reason": "completed" if closed else None,
        "user": {"login": f"person-{chance.randrange(2000)}", "type": "User"},
        "author_association": chance.choice(["NONE", "NONE", "NONE", "CONTRIBUTOR", "MEMBER", "OWNER"]),
        "labels": [{"name": name} for name in sorted({chance.choice(WORDS), chance.choice(WORDS)})],
        "comments": 0,
        "created_at": stamp(created),
        "updated_at": stamp(closed or created),
        "closed_at": stamp(closed) if closed else None,
        "url": url.replace("github.com", "api.github.com/repos"),
        "html_url": url,
        "repository_url": f"https://api.github.com/repos/{repository(number)}",
    }


def comment(number: int, place: int, chance: random.Random) -> dict[str, object]:
    written = START + timedelta(minutes=30 * number, hours=place + 1)
    return {
        "id": number * 10 + place,
        "issue_url": f"https://api.github.com/repos/{repository(number)}/issues/{number}",
        "user": {"login": f"person-{chance.randrange(2000)}", "type": "User"},
        "author_association": "NONE",
        "created_at": stamp(written),
        "body": f"{sentence(chance, 45)} {number}.{place}",
    }


def body(number: int, chance: random.Random) -> str:
    paragraphs = [sentence(chance, chance.randrange(20, 60)) for _ in range(chance.randrange(2, 7))]
    if chance.random() < 0.5:
        paragraphs.insert(1, CODE.format(chance.choice(WORDS), chance.randrange(100)))
    paragraphs.append("\n".join(f"- {sentence(chance, 6)}" for _ in range(4)))
    return "\n\n".join([*paragraphs, f"rare{number % RARE}"])


def sentence(chance: random.Random, words: int) -> str:
    at = chance.randrange(DRAWN - words)
    return " ".join(stream()[at : at + words]).capitalize() + "."


def looked_for(chance: random.Random) -> str:
    """A word as people search for: neither of the very commonest nor always a rare one."""
    return vocabulary()[int(30 * (VOCABULARY / 60) ** chance.random())]


def common() -> Iterator[str]:
    """Words that stand in nearly every issue."""
    return iter(vocabulary()[:6])


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
