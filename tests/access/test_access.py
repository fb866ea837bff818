"""Every route and method against the whole cast; a route without a row fails."""

import importlib
import pkgutil
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

import tests.access as table
from studies.models import Membership, Study
from tests.access import PEOPLE, SIGN_IN, Row
from tests.access.world import build

ROOMS = [name for _, name, _ in pkgutil.iter_modules(table.__path__) if name.startswith("rows_")]
ROWS: list[Row] = [row for room in ROOMS for row in importlib.import_module(f"tests.access.{room}").ROWS]
PERSON = {"rater": "rater_a"}


@pytest.fixture
def world(study: Study, members: dict[str, Membership]) -> Any:
    return build(study, members)


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("person", PEOPLE)
def test_route_answers_each_person_as_the_table_says(row: Row, person: str, world: Any, request: Any) -> None:
    client = Client()
    if person != "nobody":
        client.force_login(request.getfixturevalue(PERSON.get(person, person)))
    send = getattr(client, row.method)
    as_json = row.name.startswith("api-") and row.method != "get" and not row.sends_file
    extra = {"content_type": "application/json"} if as_json else {}
    response = send(reverse(row.name, kwargs=row.kwargs(world)), row.data(world), **extra)
    redirected = response.status_code == 302 and response["Location"].startswith(reverse("sign_in"))
    response.close()
    assert (SIGN_IN if redirected else response.status_code) == row.expected[person]


def test_every_route_has_a_row() -> None:
    assert set(route_names(get_resolver().url_patterns)) == {row.name for row in ROWS}


def route_names(patterns: list[Any]) -> list[str]:
    names: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            names += route_names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            names.append(str(pattern.name))
    return names
