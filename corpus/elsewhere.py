"""Where something stands that was coded elsewhere: from an address, owner/name#12, a number or a key.

An issue of GitHub stands in its own repository. Everything else that has an address is kept below its host, such as
`stackoverflow.com/questions#47267612`; what has none below “elsewhere” and the name of what it came in.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from corpus.payloads import FULL_NAME, LARGEST_NUMBER, UNSTORABLE

ELSEWHERE = "elsewhere"
# Between a key and the title of what has no address: by it the key is found again.
KEY_ENDS = ": "
GITHUB = "github.com"
KEY = re.compile(r"([A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,150})#(\d{1,10})")
NUMBER = re.compile(r"#?(\d{1,10})")
SHORT = {"stackoverflow.com": {"q": "questions"}}
PLAIN = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Reference:
    """A repository's owner and name, a number where there is one, and the address. `key` is told where neither number
    nor address is."""

    owner: str
    name: str
    number: int | None = None
    url: str = ""
    key: str = ""

    @property
    def repository(self) -> str:
        return f"{self.owner}/{self.name}".lower()

    @property
    def is_on_github(self) -> bool:
        """An issue in a repository of GitHub."""
        return self.owner not in (ELSEWHERE, GITHUB) and self.url.startswith(f"https://{GITHUB}/")

    def title(self, told: str) -> str:
        """With what the file tells for a title; what has no address begins with its key."""
        if self.key:
            return f"{self.key}{KEY_ENDS}{told}" if told else self.key
        return told or self.url.removeprefix("https://")


def reference_of(text: str, *, repository: str = "", items: str = "") -> Reference:
    """`repository` is where a number alone belongs; without it, as of any other key, the name `items` is."""
    text = UNSTORABLE.sub("\ufffd", text)
    if text.lower().startswith(("https://", "http://")):
        return of_address(text)
    if found := KEY.fullmatch(text):
        return on_github(found[1], found[2], int(found[3]))
    number = NUMBER.fullmatch(text)
    known = FULL_NAME.fullmatch(repository.strip())
    if number and known and 0 < int(number[1]) <= LARGEST_NUMBER:
        return on_github(known[1], known[2], int(number[1]))
    kept = int(number[1]) if number and 0 < int(number[1]) <= LARGEST_NUMBER else None
    return Reference(ELSEWHERE, plain(repository or items), kept, key=text.replace(KEY_ENDS, ":"))


def on_github(owner: str, name: str, number: int) -> Reference:
    return Reference(owner, name, number, f"https://{GITHUB}/{owner}/{name}/issues/{number}")


def of_address(text: str) -> Reference:
    """The first step of the path that is a number numbers it; a commit has none, whatever its hash looks like."""
    found = urlsplit(text)
    host = found.netloc.lower().removeprefix("www.")[:100]
    steps = [step for step in found.path.split("/") if step]
    steps[:1] = [SHORT.get(host, {}).get(step, step) for step in steps[:1]]
    numbered = [] if "commit" in steps else [place for place, step in enumerate(steps) if is_number(step)]
    if host == GITHUB and len(steps) > 3 and steps[2] == "issues" and 3 in numbered:
        return on_github(steps[0][:100], steps[1][:150], int(steps[3]))
    query = f"?{found.query}" if found.query else ""
    if not numbered:
        return Reference(host, plain("-".join(steps[:-1])), None, f"https://{host}/{'/'.join(steps)}{query}")
    end = numbered[0]
    if host in SHORT:
        steps, query = steps[: end + 1], ""
    return Reference(host, plain("-".join(steps[:end])), int(steps[end]), f"https://{host}/{'/'.join(steps)}{query}")


def is_number(step: str) -> bool:
    return step.isascii() and step.isdigit() and 0 < int(step) <= LARGEST_NUMBER


def plain(text: str) -> str:
    """As a repository may be called."""
    return PLAIN.sub("-", text).strip("-.")[:150] or "items"
