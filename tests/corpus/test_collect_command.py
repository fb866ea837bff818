"""`manage.py collect`: what it takes, what it says, and the code it ends with."""

import sys
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from corpus.management import running
from corpus.models import ImportRun, Issue
from jobs.models import Job
from tests.corpus.test_import_github import EXPECTED, NAME, fill, numbers
from tests.fakes.github import faults


@pytest.fixture
def collect(study, lead, capsys, monkeypatch):
    """Run it; returns what it said, what it complained of, and its code."""
    # Another thread does not see what a test has not committed.
    monkeypatch.setattr(running, "LOOK_EVERY", 60)

    def run(*arguments):
        code = 0
        try:
            call_command("collect", *arguments, "--study", study.slug)
        except CommandError as error:
            code = error.returncode
            print(error, file=sys.stderr)  # noqa: T201
        said = capsys.readouterr()
        return said.out.strip(), said.err.strip(), code

    return run


def test_command_collects(collect, fake):
    fill(fake)
    sentence = (
        "20 issues new, 0 changed, 0 the same; 20 comments; 20 events; 5 pull requests left out; "
        "0 records refused. 10 requests."
    )
    out, _, code = collect(NAME)
    assert (out, code, numbers()) == (sentence, 0, EXPECTED)


def test_command_reads_a_list_and_takes_all_options(collect, fake, tmp_path, monkeypatch):
    fill(fake, issues=4)
    (tmp_path / "list.txt").write_text(f"{NAME}\n# no more\n")
    monkeypatch.setenv("MY_TOKEN", "secret")
    out, _, code = collect(
        "--from", str(tmp_path / "list.txt"), "--state", "closed", "--created-from", "2023-01-01",
        "--created-to", "2023-01-01", "--updated-from", "2022-01-01", "--words", "issue", "--without-comments",
        "--without-events", "--without-bots", "--token-variable", "MY_TOKEN", "--dry-run",
    )  # fmt: skip
    assert out.startswith("4 issues would be new")
    assert (code, fake.authorization, Issue.objects.count()) == (0, {"token secret"}, 0)
    wanted = ImportRun.objects.get().options["wanted"]
    assert (wanted["created_to"], wanted["comments"], wanted["events"], wanted["bots"]) == (
        "2023-01-02T00:00:00Z", False, False, False,
    )  # fmt: skip


def test_command_names_the_repository_that_was_not_read(collect, fake):
    fill(fake)
    _, err, code = collect(NAME, "lab/none")
    assert "lab/none: GitHub has nothing under this name (404)." in err
    assert (code, numbers()) == (running.REFUSED, EXPECTED)


def test_command_that_fails_and_one_that_cannot_begin_say_so(collect, fake):
    assert collect("lab/none")[2] == running.FAILED
    before = ImportRun.objects.count()
    assert collect("nothing")[1:] == (
        "Line 1: “nothing” is not a repository. Write it as owner/name.",
        running.NOT_BEGUN,
    )
    assert ImportRun.objects.count() == before


def test_command_waits_until_the_limit_is_over(collect, fake, monkeypatch):
    fill(fake)
    fake.faults.extend([None, faults.rate_limit(seconds=-1)])
    monkeypatch.setattr(running, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(running, "tell", lambda *arguments: None)
    assert collect(NAME)[2] == 0
    assert numbers() == EXPECTED


def test_unit_says_what_is_waited_for():
    parked = Job(state="parked", not_before=datetime(2026, 1, 1, 14, 5, tzinfo=UTC), unit="issues", note="The limit.")
    assert running.unit_of(parked) == "issues, waiting until 14:05 UTC: The limit."
    assert running.unit_of(Job(state="running", unit="issues", note="a/b, 1 of 2")) == "issues of a/b, 1 of 2"
    assert running.unit_of(Job(state="running", unit="issues")) == "issues"
