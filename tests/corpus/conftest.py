"""Imports as a person asks for them, run to their end in the test's own process."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import File
from django.utils import timezone

from corpus.services.collecting import request_github_import
from corpus.services.imports import request_file_import
from jobs import services
from jobs.models import Job
from tests.fakes.github import FakeGitHub, in_process


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

    def run(content, name="issues.jsonl", comments=None, comments_name="comments.jsonl", columns=None, events=None):
        second = upload(comments, comments_name) if comments is not None else None
        third = upload(events, "events.jsonl") if events is not None else None
        return finish(
            request_file_import(
                study=study, issues=upload(content, name), comments=second, events=third, columns=columns, by=lead
            )
        )

    return run


@pytest.fixture
def fake(monkeypatch, settings):
    server = FakeGitHub()
    in_process(monkeypatch, server)
    settings.GITHUB_API_URL = server.url
    return server


@pytest.fixture
def import_github(study, lead, fake):
    """Import all repositories of the fake GitHub, or those named; returns the import as its first run left it."""

    def run(**options):
        names = [repo.full_name for repo in fake.repositories.values()]
        options.setdefault("repositories", "\n".join(names))
        return finish(request_github_import(study=study, by=lead, **options))

    return run


def again(asked):
    """The import as its next run leaves it, however long it was to wait."""
    Job.objects.filter(pk=asked.job.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    return finish(asked)


def finish(asked):
    services.run(asked.job.pk)
    asked.refresh_from_db()
    asked.job.refresh_from_db()
    return asked


def told(asked):
    """The problems of an import: where, what, and whether the record was left out."""
    return list(asked.problems.order_by("pk").values_list("place", "sentence", "skipped"))


def counts(asked):
    return {name: getattr(asked, name) for name in ("new", "changed", "same", "comments", "events", "pull_requests")}
