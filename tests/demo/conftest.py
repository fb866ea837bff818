"""The demonstration data as plain rows, read without the application."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "demo" / "data"


def lines(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def folder():
    return DATA


@pytest.fixture(scope="session")
def issues():
    return lines("issues.jsonl")


@pytest.fixture(scope="session")
def comments():
    return lines("comments.jsonl")


@pytest.fixture(scope="session")
def answers():
    return lines("answers.jsonl")


@pytest.fixture(scope="session")
def taxonomy():
    return json.loads((DATA / "taxonomy.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def codes(taxonomy):
    return {code["uid"]: code for code in taxonomy["codes"]}
