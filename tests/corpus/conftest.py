"""Imports as a person asks for them, run to their end in the test's own process."""

import io

import pytest
from django.core.files.base import File

from corpus.services.imports import request_file_import, request_github_import
from jobs import services
from tests.fakes.github import FakeGitHub


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def upload():
    return lambda content, name="issues.jsonl": File(io.BytesIO(content), name=name)


@pytest.fixture
def import_file(study, lead, upload):
    """Import these bytes; returns the import as it ended."""

    def run(content, name="issues.jsonl", comments=None, comments_name="comments.jsonl", columns=None):
        second = upload(comments, comments_name) if comments is not None else None
        asked = request_file_import(
            study=study, issues=upload(content, name), comments=second, columns=columns, by=lead
        )
        return finish(asked)

    return run


@pytest.fixture
def fake():
    with FakeGitHub() as server:
        yield server


@pytest.fixture
def import_github(study, lead, fake, settings):
    """Import from the fake GitHub; returns the import as its first run left it."""

    def run(**options):
        settings.GITHUB_API_URL = fake.url
        options.setdefault("repository", fake.full_name)
        return finish(request_github_import(study=study, by=lead, **options))

    return run


def finish(asked):
    services.run(asked.job.pk)
    asked.refresh_from_db()
    asked.job.refresh_from_db()
    return asked


def told(asked):
    """The problems of an import: where, what, and whether the record was left out."""
    return list(asked.problems.order_by("pk").values_list("place", "sentence", "skipped"))


def counts(asked):
    return {name: getattr(asked, name) for name in ("new", "changed", "same", "comments", "pull_requests")}
