"""Dry runs and undoing: what an import would come to is told beforehand, and what it brought can go again."""

import io
import os
import time

import pytest
from django.core.files.base import File

from corpus.markdown import render
from corpus.models import Comment, ImportRun, ImportTally, Issue, ListingPage, Repository, Revision, Text
from corpus.queries import tallies_of
from corpus.services import uploads
from corpus.services.imports import can_confirm, confirm_trial, discard_trial, request_trial
from corpus.services.undo import undo_import, why_not_undo
from jobs import services
from jobs.models import State
from jobs.services import ask_to_stop
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Event
from tests import factories
from tests.corpus import made
from tests.corpus.conftest import counts, finish, told
from tests.corpus.test_import_github import fill

FIRST = [made.issue(number) for number in range(1, 5)]
SECOND = [
    made.issue(1), made.issue(2, title="New title"), made.issue(2, title="Newer title"), made.pull_request(3),
    made.issue(9), made.issue(10, title=" "), made.issue(9, body="Again"), made.issue(5, repository="other/place"),
]  # fmt: skip
COMMENTS = [made.comment(1, 7), made.comment(1, 7, body="Twice"), made.comment(9, 8), made.comment(77, 9)]


@pytest.fixture
def try_file(study, lead):
    def run(records, comments=None):
        second = File(io.BytesIO(made.lines(comments)), name="c.jsonl") if comments else None
        upload = uploads.receive(File(io.BytesIO(made.lines(records)), name="a.jsonl"), second)
        return finish(request_trial(study=study, upload=upload, by=lead))

    return run


def rows():
    return [set(map(str, model.objects.values_list())) for model in (Issue, Comment, Text, Revision, Repository)]


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_dry_run_tells_what_the_import_then_comes_to(import_file, try_file, lead, monkeypatch, size):
    monkeypatch.setattr("corpus.files.pages.PAGE_RECORDS", size)
    import_file(made.lines(FIRST))
    before = rows()
    trial = try_file(SECOND, COMMENTS)
    assert rows() == before
    assert (trial.job.state, trial.dry) == (State.DONE, True)
    done = finish(confirm_trial(trial=trial, by=lead))
    assert counts(trial) == counts(done)
    assert told(trial) == told(done)
    assert list(tallies_of(trial)) == list(tallies_of(done))
    assert (done.new, done.changed, done.same, done.pull_requests) == (2, 1, 1, 1)
    assert str(ImportTally.objects.first()).startswith("tidewater/captioner in import ")


def test_report_counts_by_repository(import_file):
    done = import_file(made.lines(SECOND), comments=made.lines(COMMENTS))
    assert list(tallies_of(done)) == [
        {
            "repository": "other/place",
            "sum_new": 1,
            "sum_changed": 0,
            "sum_same": 0,
            "sum_comments": 0,
            "sum_events": 0,
            "sum_requests": 0,
        },
        {
            "repository": "tidewater/captioner",
            "sum_new": 3,
            "sum_changed": 0,
            "sum_same": 0,
            "sum_comments": 2,
            "sum_events": 0,
            "sum_requests": 0,
        },
    ]


def test_dry_run_that_was_interrupted_begins_anew(try_file, study, lead):
    upload = uploads.receive(File(io.BytesIO(made.lines(SECOND)), name="a.jsonl"), None)
    trial = request_trial(study=study, upload=upload, by=lead)
    ImportRun.objects.filter(pk=trial.pk).update(new=50, same=3, checkpoint={"issues": {"byte": 5}})
    ImportTally.objects.create(run=trial, repository="x/y", new=50)
    trial.problems.create(place="line 1", sentence="x")
    trial = finish(trial)
    assert (trial.new, trial.same, trial.problems.filter(place="line 1").count()) == (4, 0, 0)
    assert {row["repository"] for row in tallies_of(trial)} == {"tidewater/captioner", "other/place"}


def test_dry_run_is_imported_once(try_file, lead, django_capture_on_commit_callbacks):
    trial = try_file(FIRST)
    with django_capture_on_commit_callbacks(execute=True):
        finish(confirm_trial(trial=trial, by=lead))
    with pytest.raises(Conflict, match="imported already"):
        confirm_trial(trial=trial, by=lead)
    trial.refresh_from_db()
    assert not can_confirm(trial)
    assert list(uploads.folder().iterdir()) == []


def test_only_an_ended_dry_run_is_imported(import_file, study, lead):
    upload = uploads.receive(File(io.BytesIO(made.lines(FIRST)), name="a.jsonl"), None)
    for trial in (request_trial(study=study, upload=upload, by=lead), import_file(made.lines(FIRST))):
        with pytest.raises(Conflict, match="Only a dry run that has ended"):
            confirm_trial(trial=trial, by=lead)


def test_discarded_dry_run_keeps_its_report_only(try_file, lead, django_capture_on_commit_callbacks):
    trial = try_file(FIRST)
    with django_capture_on_commit_callbacks(execute=True):
        discard_trial(trial=trial, by=lead)
    assert list(uploads.folder().iterdir()) == []
    with pytest.raises(Conflict, match="no longer kept"):
        confirm_trial(trial=trial, by=lead)
    assert counts(trial)["new"] == 4
    assert Event.objects.last().verb == "discarded the dry run of"


def test_stopped_dry_run_removes_its_files(study, lead, django_capture_on_commit_callbacks):
    upload = uploads.receive(File(io.BytesIO(made.lines(FIRST)), name="a.jsonl"), None)
    trial = request_trial(study=study, upload=upload, by=lead)
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_stop(job=trial.job, by=lead)
    assert list(uploads.folder().iterdir()) == []


def test_files_that_nobody_came_back_for_are_swept(try_file):
    trial = try_file(FIRST)
    path = uploads.path_of(trial.options["issues"])
    old = time.time() - uploads.KEPT_SECONDS - 5
    os.utime(path, (old, old))
    try_file(FIRST)
    assert not path.exists()
    assert len(list(uploads.folder().iterdir())) == 1


@pytest.mark.parametrize(("person", "error"), [("rater_a", Refused), ("observer", Refused), ("stranger", NotThere)])
def test_only_a_lead_tries_confirms_discards_and_undoes(try_file, study, request, person, error):
    trial, person = try_file(FIRST), request.getfixturevalue(person)
    with pytest.raises(error):
        request_trial(study=study, upload=trial.options, by=person)
    with pytest.raises(error):
        confirm_trial(trial=trial, by=person)
    with pytest.raises(error):
        discard_trial(trial=trial, by=person)
    with pytest.raises(error):
        undo_import(run=trial, by=person)


# Undo


def test_undo_removes_what_the_import_brought_and_nothing_else(import_file, lead):
    import_file(made.lines(FIRST), comments=made.lines([made.comment(1, 7), made.comment(2, 6)]))
    before = {issue.key for issue in Issue.objects.select_related("repository")}
    changed = import_file(made.lines(SECOND), comments=made.lines([*COMMENTS, made.comment(2, 6, body="Changed")]))
    import_file(made.lines([made.issue(9, body="Third"), made.issue(5, "other/place", title="Renamed")]))
    undo_import(run=changed, by=lead)
    assert {issue.key for issue in Issue.objects.select_related("repository")} == before
    assert set(Comment.objects.values_list("issue__number", "github_id", "text__markdown")) == {
        (1, 7, "Twice"), (2, 6, "Changed"),
    }  # fmt: skip
    assert Issue.objects.get(number=2).title == "Newer title"
    assert set(Revision.objects.values_list("issue__number", "part", "text__markdown")) == {
        (2, "title", "Issue 2"), (1, "comment", "Comment 7"), (2, "comment", "Comment 6"),
    }  # fmt: skip
    assert {str(repository) for repository in Repository.objects.all()} == {"tidewater/captioner"}
    changed.refresh_from_db()
    assert (changed.undone_at is not None, changed.new) == (True, 2)
    event = Event.objects.last()
    assert (event.verb, event.target, event.data) == (
        "undid the import of",
        "issues.jsonl",
        {"issues": 2, "comments": 1, "events": 0},
    )


def test_undone_import_can_be_repeated(import_file, lead):
    first = import_file(made.lines(FIRST))
    undo_import(run=first, by=lead)
    assert not Issue.objects.exists()
    assert counts(import_file(made.lines(FIRST)))["new"] == 4
    with pytest.raises(Conflict, match="nothing to undo"):
        undo_import(run=first, by=lead)


def test_import_whose_issues_are_in_a_round_is_not_undone(import_file, study, lead):
    done = import_file(made.lines(FIRST))
    version = factories.taxonomy(study, ["A"])
    factories.round_of(version, list(Issue.objects.filter(number__in=(1, 2))), [])
    sentence = (
        "2 of the issues of this import are drawn in a round or otherwise worked with. Nothing was removed; "
        "an import can be undone only while nobody works with its issues."
    )
    with pytest.raises(Conflict) as refused:
        undo_import(run=done, by=lead)
    assert (str(refused.value), why_not_undo(done), Issue.objects.count()) == (sentence, sentence, 4)


def test_import_whose_comments_are_quoted_is_not_undone(import_file, study, members, lead):
    import_file(made.lines(FIRST))
    done = import_file(made.lines(FIRST), comments=made.lines([made.comment(1, 7), made.comment(1, 8)]))
    version = factories.taxonomy(study, ["A"], by=lead)
    round = factories.round_of(version, list(Issue.objects.filter(number=1)), [members["rater_a"]])
    quoted = Comment.objects.order_by("pk").first()
    coding = factories.coding(round.round_issues.get().assignments.get())
    factories.evidence(coding, render(quoted.text.markdown).plain, comment=quoted)
    with pytest.raises(Conflict, match=r"1 of the comments of this import is marked as evidence\. Nothing was removed"):
        undo_import(run=done, by=lead)
    assert Comment.objects.count() == 2


def test_import_with_later_comments_is_undone_after_theirs(import_file, lead):
    issues = import_file(made.lines(FIRST))
    comments = import_file(made.lines(FIRST), comments=made.lines([made.comment(1, 7)]))
    with pytest.raises(Conflict, match="A later import brought comments"):
        undo_import(run=issues, by=lead)
    undo_import(run=comments, by=lead)
    undo_import(run=issues, by=lead)
    assert not Issue.objects.exists()


def test_open_import_is_not_undone(import_file, study, lead):
    done = import_file(made.lines(FIRST))
    done.job.__class__.objects.update(state=State.WAITING)
    done.job.refresh_from_db()
    with pytest.raises(Conflict, match="not over"):
        undo_import(run=done, by=lead)


def test_undo_forgets_what_github_said_of_its_pages(import_github, lead, fake):
    fill(fake)
    first = import_github()
    assert ListingPage.objects.exists()
    brought = Issue.objects.count()
    undo_import(run=first, by=lead)
    assert (Issue.objects.count(), ListingPage.objects.count(), Repository.objects.count()) == (0, 0, 0)
    import_github()
    assert Issue.objects.count() == brought > 0


def test_refused_upload_is_not_kept(study, lead):
    upload = uploads.receive(File(io.BytesIO(b"body\nx\n"), name="a.csv"), None)
    with pytest.raises(Invalid):
        request_trial(study=study, upload=upload, by=lead)
    assert not services.Job.objects.exists()
