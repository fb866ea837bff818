"""Every page forbids whatever is not our own file: no inline script, no inline style, no other server."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.test_access import ROWS
from tests.access.test_access import world as world  # the fixture

POLICY = {
    "default-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}
PAGES = [row for row in ROWS if row.method == "get"]


def policy_of(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_page_answers_with_the_strict_policy(row, world, lead):
    client = Client()
    client.force_login(lead)
    response = client.get(reverse(row.name, kwargs=row.kwargs(world)), row.data(world))
    assert policy_of(response["Content-Security-Policy"]) == POLICY
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_a_page_that_is_not_there_has_the_policy_too(client, lead):
    client.force_login(lead)
    response = client.get("/nowhere/")
    assert (response.status_code, policy_of(response["Content-Security-Policy"])) == (404, POLICY)
