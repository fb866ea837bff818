"""`manage.py import_issues`: what it says, what it writes, and the code it ends with."""

import json
import os
import pty
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from corpus.management import running
from corpus.management.progress import Bar, Lines
from corpus.models import Comment, Issue
from corpus.services import uploads
from jobs import services
from jobs.models import Job, State
from tests.corpus import made
from tests.corpus.test_kill import ROOT, House

NOTHING_BEGUN = running.NOT_BEGUN


@pytest.fixture
def command(study, lead, tmp_path, capsys, monkeypatch):
    """Run it on these bytes; returns what it said, what it complained of, and its code."""
    # Another thread does not see what a test has not committed.
    monkeypatch.setattr(running, "LOOK_EVERY", 60)

    def run(content, *arguments, name="issues.jsonl", slug=None):
        (tmp_path / name).write_bytes(content)
        code = 0
        try:
            call_command("import_issues", str(tmp_path / name), "--study", slug or study.slug, *arguments)
        except CommandError as error:
            code = error.returncode
            print(error, file=sys.stderr)  # noqa: T201
        said = capsys.readouterr()
        return said.out.strip(), said.err.strip(), code

    return run


def test_command_imports_issues_and_comments(command, tmp_path):
    comments = tmp_path / "comments.jsonl"
    comments.write_bytes(made.lines([made.comment(1, 7)]))
    said = command(made.lines([made.issue(1), made.pull_request(2), made.issue(3)]), "--comments", str(comments))
    sentence = "2 issues new, 0 changed, 0 the same; 1 comments; 0 events; 1 pull requests left out; 0 records refused."
    assert said == (sentence, "", 0)
    assert (Issue.objects.count(), Comment.objects.count()) == (2, 1)


def test_command_names_what_was_refused(command):
    out, err, code = command(made.lines([made.issue(1), made.issue(2, title="")]))
    assert out.startswith("1 issues new")
    assert err.splitlines() == ["line 2: “title” is empty.", "Refused: 1. The rest was read."]
    assert code == running.REFUSED


def test_dry_run_of_the_command_writes_nothing(command, study, lead):
    out, err, code = command(made.lines([made.issue(1)]), "--dry-run", "--by", lead.email)
    assert (out, err, code) == (
        "1 issues would be new, 0 changed, 0 the same; 0 comments; 0 events; 0 pull requests left out; "
        "0 records refused.", "", 0,
    )  # fmt: skip
    assert not Issue.objects.exists()
    assert list(uploads.folder().iterdir()) == []


def test_command_takes_the_meaning_of_columns(command, tmp_path):
    columns = tmp_path / "columns.json"
    fields = {"title": "Betreff", "url": "Link", "created_at": "Am"}
    columns.write_text(json.dumps({"fields": fields, "zone": "Europe/Berlin", "delimiter": ";", "dates": "day"}))
    content = b"Betreff;Link;Am\nT;https://github.com/a/b/issues/1;01.07.2023 12:00\n"
    assert command(content, "--columns", str(columns), name="a.csv")[2] == 0
    assert str(Issue.objects.get().created_at) == "2023-07-01 10:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"slug": "nowhere"}, "There is no study nowhere. Its short name stands in its address."),
        ({"name": "a.png"}, "This kind of file cannot be read."),
        ({"name": "a.csv"}, "No column was found for title, created_at, url."),
    ],
)
def test_command_that_cannot_begin_says_why(command, arguments, sentence):
    out, err, code = command(b"body,text\n", **arguments)
    assert (out, code) == ("", NOTHING_BEGUN)
    assert err.startswith(sentence)
    assert not Job.objects.exists()


def test_command_refuses_people_files_and_columns_it_does_not_know(command, tmp_path, study):
    columns = tmp_path / "columns.json"
    columns.write_text('{"names": 1}')
    for arguments, sentence in [
        (["--by", "nobody@example.org"], f"There is no study {study.slug} with a lead nobody@example.org."),
        (["--comments", str(tmp_path / "none.jsonl")], "[Errno 2] No such file"),
        (["--columns", str(columns)], f"{columns} does not tell columns."),
    ]:
        _, err, code = command(made.lines([made.issue(1)]), *arguments)
        assert err.startswith(sentence)
        assert code == NOTHING_BEGUN


def test_failed_import_ends_with_its_sentence(command, monkeypatch):
    monkeypatch.setattr("corpus.files.pages.PAGE_RECORDS", 1)
    content = json.dumps([made.issue(1), made.issue(2)]).encode()
    out, err, code = command(content[:-20], name="a.json")
    assert (out, code) == ("", running.FAILED)
    assert err.endswith("What was read stays.")


def test_command_waits_for_a_runner_that_was_faster(command, monkeypatch):
    run = services.run
    monkeypatch.setattr(services, "run", lambda job_id: not run(job_id))
    assert command(made.lines([made.issue(1)]))[2] == 0
    assert Job.objects.get().state == State.DONE


class Said:
    def __init__(self):
        self.text = ""

    def write(self, text, ending="\n"):
        self.text += text + ending


def test_bar_is_written_over_and_lines_come_now_and_then():
    terminal, log = Said(), Said()
    for teller in (Bar(terminal), Lines(log)):
        for seconds in (1.0, 9.0, 11.0, 12.0):
            teller.show(int(seconds * 100), 1200, "issues", seconds)
        teller.show(5, None, "comments", 13.0)
        teller.end()
    assert terminal.text.split("\r")[3] == f"{'█' * 28}░░ 1,100 of 1,200 issues, 100 a second\x1b[K"
    assert log.text == "1,100 of 1,200 issues, 100 a second\n"
    nothing = Said()
    Bar(nothing).end()
    assert nothing.text == ""


@pytest.mark.process
def test_command_shows_a_bar_on_a_terminal(tmp_path):
    (tmp_path / "issues.jsonl").write_bytes(made.lines(made.many(4000)))
    house = House(tmp_path, "")
    house.manage("migrate", "--verbosity", "0")
    house.shell(
        "from studies.services.accounts import create_account\n"
        "from studies.services.studies import create_study\n"
        "lead = create_account(email='lead@example.org', name='Lead', password='correct horse battery')\n"
        "create_study(title='S', by=lead)"
    )
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "manage.py", "import_issues", str(tmp_path / "issues.jsonl"), "--study", "s"]
    done = subprocess.run(arguments, cwd=ROOT, env=house.env, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.stdout.decode().startswith("3600 issues new")
    assert done.returncode == 0
    assert " of 4,000 issues, " in shown
    assert "░" in shown
