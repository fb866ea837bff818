"""The fake GitHub answers as GitHub's own description says: every answer to a story's requests is checked."""

import json
import re

import pytest
from openapi_schema_validator import OAS30Validator

from tests.corpus.test_github_stories import ACTS, Story
from tests.fakes.github import FakeGitHub, in_process

ROUTES = {
    r"/issues/\d+": "/repos/{owner}/{repo}/issues/{issue_number}",
    "/issues": "/repos/{owner}/{repo}/issues",
    "/issues/comments": "/repos/{owner}/{repo}/issues/comments",
    "/issues/events": "/repos/{owner}/{repo}/issues/events",
    "": "/repos/{owner}/{repo}",
}


def with_null(schema):
    """What may be null may be null although it is one of a list: so the description is meant, and GitHub answers."""
    if schema.get("nullable") and "enum" in schema and None not in schema["enum"]:
        schema["enum"].append(None)
    return schema


class Checker:
    """Holds an answer against the schema of its path and status; what was checked before is not checked again."""

    def __init__(self, path):
        self.description = json.loads(path.read_text(), object_hook=with_null)
        self.validators, self.seen = {}, set()

    def __call__(self, path, answer):
        rest = re.sub(r"^/(repos/[^/]+/[^/]+|repositories/\d+)", "", path.partition("?")[0])
        route = next((named for shape, named in ROUTES.items() if re.fullmatch(shape, rest)), rest)
        told = json.loads(answer.body)
        for one in told if isinstance(told, list) else [told]:
            body = json.dumps(one)
            if body not in self.seen:
                self.seen.add(body)
                self.validator(route, answer.status, isinstance(told, list)).validate(one)

    def validator(self, route, status, is_list):
        """Refusals that the description does not name for this path have its basic error's shape."""
        key = (route, status, is_list)
        if key not in self.validators:
            responses = self.description["paths"][route]["get"]["responses"]
            response = responses.get(str(status), {"$ref": "#/components/responses/not_found"})
            while "$ref" in response:
                response = self.at(response["$ref"])
            schema = next(iter(response["content"].values()))["schema"]
            schema = (schema["items"] if is_list else schema) | {"components": self.description["components"]}
            self.validators[key] = OAS30Validator(schema)
        return self.validators[key]

    def at(self, reference):
        found = self.description
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        return found


@pytest.mark.shared_data
def test_every_answer_is_as_github_describes_it(shared_data, lead, monkeypatch, settings):
    fake = FakeGitHub(page_size=3)
    fake.check = Checker(shared_data / "github_api" / "openapi_issues_subset.json")
    in_process(monkeypatch, fake)
    settings.GITHUB_API_URL = fake.url
    story = Story(1, fake, lead)
    for kind in ACTS:
        story.live(([(kind, 0, 1), (kind, 1, 2)], [], None))
    story.end()
    fake.respond("/rate_limit", {})
    assert set(fake.statuses) == {200, 301, 304, 404, 410, 451}
    assert len(fake.check.seen) > 50


@pytest.mark.shared_data
def test_answer_that_is_not_as_described_is_noticed(shared_data):
    fake = FakeGitHub()
    fake.check = Checker(shared_data / "github_api" / "openapi_issues_subset.json")
    fake.open(fake.add(), title=7)
    with pytest.raises(Exception, match="7 is not of type"):
        fake.respond("/repositories/1000/issues?per_page=100&state=all", {})
