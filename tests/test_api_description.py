"""The API describes itself without a warning, and every route of it stands in the description."""

import pytest
from django.core.management import call_command
from django.urls import get_resolver


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    file = tmp_path_factory.mktemp("api") / "schema.yml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(file))
    return file.read_text()


def test_every_route_is_described(described):
    names = {name for name in get_resolver().reverse_dict if str(name).startswith("api-")} - {"api-schema"}
    paths = {line.strip().rstrip(":") for line in described.splitlines() if line.startswith("  /api/")}
    assert len(names) == len(paths) >= 10
