"""Published taxonomies that come with Intercoder: one file each in `taxonomy/published/`, in our own schema."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from studies.errors import NotThere
from taxonomy.exchange.codebook import Codebook
from taxonomy.exchange.formats import read

FOLDER = Path(__file__).resolve().parents[1] / "published"


@dataclass(frozen=True)
class Offered:
    key: str
    book: Codebook


@cache
def shelf() -> tuple[Offered, ...]:
    """By their keys, which begin with the first author's name."""
    return tuple(Offered(path.stem, read(path.read_bytes(), path.name)) for path in sorted(FOLDER.glob("*.yaml")))


def take(key: str) -> Codebook:
    found = next((offered.book for offered in shelf() if offered.key == key), None)
    if found is None:
        raise NotThere("There is no such taxonomy on the shelf.")
    return found
