"""What is asked in two worlds: each row of the permission table, the same of rounds in the other phases, and pages and
API in every order, with every filter and search that they have."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver, resolve
from drf_spectacular.generators import SchemaGenerator

import tests.access as table
from annotator.states import Outcome, Phase
from corpus import told
from corpus.listing import COLUMNS, SORTS
from tests.access import Row
from tests.access.two_worlds import MEMOS, NAMES

ROOMS = [name for _, name, _ in pkgutil.iter_modules(table.__path__) if name.startswith("rows_")]
ROWS: list[Row] = [row for room in ROOMS for row in importlib.import_module(f"tests.access.{room}").ROWS]
OPEN = (Phase.DRAFTED, Phase.INDEPENDENT)
# Words that one of the two worlds has.
WORDS = (*MEMOS, *NAMES, "lacks", "licence", "Tokenizer", "Loading", "rater-2")
VALUES = {
    "screened": told.SCREENINGS,
    "coded": (*told.STANDINGS, ""),
    "coded_as": ("Loading", "Output", "Memory", *(outcome.label for outcome in Outcome), ""),
    "changed": ("yes", "no"),
}
# What is asked for a parameter of the API that has no list of values; for others its type is tried.
TRIED = {"rater": ("rater-2",), "search": WORDS}
BY_TYPE = {"string": ("Loading", "rater-2", "off_topic"), "integer": (1, 2), "boolean": ("true",)}
PAGING = ("limit", "offset")

Made = Callable[[Any], Any]


@dataclass(frozen=True)
class Question:
    name: str
    row: Row
    kwargs: Made
    data: Made

    @property
    def writes(self) -> bool:
        return self.row.method != "get"


def rows() -> Iterator[Question]:
    for place, row in enumerate(ROWS):
        yield Question(f"{row} (row {place})", row, row.kwargs, row.data)


def in_phases(phases: tuple[str, ...]) -> Iterator[Question]:
    """Every page and action that is of a round, of a round in each of these phases."""
    for place, row in enumerate(ROWS):
        if row.method == "get" and "number" in parameters(row.name):
            for phase in phases:
                yield Question(f"{row} (row {place}, {phase})", row, of_round(row, phase), row.data)


def parameters(name: str) -> list[str]:
    return list(get_resolver().reverse_dict.getlist(name)[0][0][0][1])


def of_round(row: Row, phase: str) -> Made:
    return lambda world: row.kwargs(world) | {"number": world.rounds[phase].number}


def asked_with(name: str, **said: Any) -> Question:
    """A page with these words behind its address; a function is asked for what the world has."""
    row = next(row for row in ROWS if row.name == name and row.method == "get")

    def data(world: Any) -> dict[str, Any]:
        return {key: value(world) if callable(value) else value for key, value in said.items()}

    return Question(f"{name} with {said}", row, row.kwargs, data)


def of_pages(*phases: str) -> Iterator[Question]:
    """Every order, facet, column and search of the issues; every page that shows a round that is
    asked for, in these phases, else in those in which nobody sees it."""
    yield asked_with("issues", columns=list(COLUMNS))
    for sort in SORTS:
        yield asked_with("issues", sort=sort, columns=["coded", "coded_as"])
    for facet in told.FACETS:
        for value in VALUES[facet]:
            yield asked_with("issues", **{facet: value})
            yield asked_with("api-issues", **{facet: value})
    for words in WORDS:
        yield asked_with("issues", q=words)
    for name in ("agreement", "disagreements", "who_sees_what"):
        for phase in phases or OPEN:
            yield asked_with(name, round=lambda world, phase=phase: world.rounds[phase].number)
    for name in ("study", "agreement", "findings"):
        for said in ({"as_of": version}, {"version": version, "carried": "1"}):
            yield asked_with(name, **said)
    yield asked_with("saturation", taxonomy=lambda world: world.version.taxonomy_id)
    yield asked_with("recoding", version=version)
    yield asked_with("activity", page=2)


def version(world: Any) -> int:
    return world.version.pk


def of_api() -> Iterator[Question]:
    """Every parameter of every GET of the API, as its description has them, so that a new one is asked by itself."""
    for path, actions in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        for parameter in actions.get("get", {}).get("parameters", []):
            if parameter["in"] == "query" and parameter["name"] not in PAGING:
                for value in values_of(parameter["name"], parameter["schema"]):
                    yield asked_with(name_of(path), **{parameter["name"]: value})


def values_of(name: str, schema: dict[str, Any]) -> tuple[Any, ...]:
    if name in ("version", "as_of"):
        return (version,)
    return TRIED.get(name) or tuple(schema.get("enum", ())) or BY_TYPE[schema["type"]]


def name_of(path: str) -> str:
    """The route's name: any value stands for what is in braces."""
    filled = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
    return str(resolve(filled).url_name)
