"""What happens on GitHub happens here: renamed, moved, deleted, hidden, edited, reopened. And the report, and undo."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from corpus.models import Comment, EventsRead, Gone, Issue, IssueEvent, ListingPage, Repository, Revision
from corpus.queries import by_repository, issues_by_key, issues_of, search
from corpus.services.imports import can_confirm, confirm_trial
from corpus.services.undo import undo_import
from jobs.models import State
from studies.errors import Conflict
from tests.corpus import made
from tests.corpus.conftest import again, counts, finish, told
from tests.corpus.test_import_github import NAME, fill, numbers
from tests.fakes.github import faults, objects
from tests.fakes.github.answers import told as answered

SECOND = "lab/model"


def key(study, text):
    return {(str(issue), issue.gone) for issue in search(issues_of(study), text)}


def test_renamed_repository_stays_the_same_and_is_found_by_both_names(import_github, fake, study):
    repo = fill(fake, issues=3)
    import_github()
    fake.rename(repo, "tidewater/describer")
    done = import_github(repositories=NAME)
    assert (done.job.state, counts(done)["new"]) == (State.DONE, 0)
    assert list(Repository.objects.values_list("owner", "name", "github_id", "former_names")) == [
        ("tidewater", "describer", repo.id, [NAME])
    ]
    assert key(study, f"{NAME}#2") == key(study, "tidewater/describer#2") == {("tidewater/describer#2", "")}
    second = Issue.objects.get(number=2).pk
    assert issues_by_key(study, [(NAME, 2), ("tidewater/describer", 2), (NAME, 9)]) == {
        (NAME, 2): second, ("tidewater/describer", 2): second,
    }  # fmt: skip
    fake.rename(repo, NAME)
    import_github(repositories="tidewater/describer")
    assert Repository.objects.get().former_names == [NAME, "tidewater/describer"]


def test_repository_named_twice_is_read_once(import_github, fake):
    repo = fill(fake, issues=3)
    fake.rename(repo, "tidewater/describer")
    done = import_github(repositories=f"{NAME} tidewater/describer TideWater/Describer")
    sentence = "tidewater/describer is tidewater/describer today, which this import has read already."
    assert told(done) == [("tidewater/describer", sentence, False)]
    assert (done.job.state, done.requests) == (State.DONE, 1 + 3 + 1)


def test_file_under_the_former_name_finds_the_repository(import_github, import_file, fake):
    repo = fill(fake, issues=3)
    fake.rename(repo, "tidewater/describer")
    import_github(repositories=NAME)
    fake.rename(repo, "tidewater/teller")
    import_github(repositories=NAME)
    done = import_file(
        made.lines([made.issue(1, "tidewater/describer")]),
        comments=made.lines([made.comment(1, 7, "tidewater/describer")]),
    )
    assert (done.new, done.comments, Repository.objects.count()) == (0, 1, 1)


def test_repository_made_anew_under_the_name_is_refused(import_github, fake):
    repo = fake.add()
    import_github()
    fake.repositories = {2000: repo}
    repo.id = 2000
    failed = import_github()
    assert failed.job.error == (
        "tidewater/captioner is another repository than the one imported under this name before. If that one was "
        "renamed, import it under its present name first; if it was deleted and made anew, use a new study."
    )


def test_two_repositories_that_became_one_are_refused(import_github, import_file, fake):
    repo = fake.add()
    import_github()
    fake.rename(repo, "tidewater/describer")
    import_file(made.lines([made.issue(1, "tidewater/describer")]))
    failed = import_github(repositories=NAME)
    assert failed.job.error == (
        "tidewater/captioner was renamed to tidewater/describer, and both are in this study already. Use a new study."
    )


def test_moved_issue_leads_to_where_it_is(import_github, fake, study):
    repo, other = fill(fake, issues=3), fake.add(SECOND)
    import_github()
    fake.transfer(repo, 2, other)
    import_github(repositories=NAME)
    old = Issue.objects.get(repository__name="captioner", number=2)
    assert (old.gone, old.moved_to, old.moved_to_url) == (Gone.MOVED, None, f"https://github.com/{SECOND}/issues/1")
    assert key(study, f"{SECOND}#1") == {(f"{NAME}#2", "moved")}
    import_github(repositories=SECOND)
    old.refresh_from_db()
    new = Issue.objects.get(repository__name="model", number=1)
    assert (old.moved_to, new.title, new.gone) == (new, "Issue 2", "")
    assert key(study, f"{NAME}#2") == {(f"{NAME}#2", "moved"), (f"{SECOND}#1", "")}
    assert issues_by_key(study, [(NAME, 2)]) == {(NAME, 2): new.pk}
    assert list(new.events.values_list("kind", flat=True)) == ["transferred"]
    assert list(new.comments.values_list("text__markdown", flat=True)) == ["A comment"]


def test_deleted_issue_leaves_a_tombstone_with_all_that_was_read(import_github, fake):
    repo = fill(fake, issues=4)
    import_github()
    fake.delete(repo, 3)
    done = import_github()
    gone = Issue.objects.get(number=3)
    assert (gone.gone, gone.gone_since > done.job.started_at, gone.comments.count()) == (Gone.DELETED, True, 1)
    requests = import_github().requests
    assert requests == 1 + 1 + 1 + 1
    assert (numbers(), done.job.state) == ([1, 2, 3, 4], State.DONE)


@pytest.mark.parametrize(("answer", "gone"), [(faults.refusal(404), Gone.HIDDEN), (faults.refusal(451), Gone.BLOCKED)])
def test_issue_that_may_not_be_seen_is_gone_until_it_is_seen_again(import_github, fake, answer, gone):
    repo = fill(fake, issues=4)
    import_github()
    hidden = repo.issues.pop(3)
    fake.recorded[f"/repositories/{repo.id}/issues/3", None] = answer(fake)
    import_github(comments=False, events=False)
    assert list(Issue.objects.exclude(gone="").values_list("number", "gone")) == [(3, gone)]
    repo.issues[3] = hidden
    import_github()
    assert list(Issue.objects.exclude(gone="").values_list("number", "gone")) == []
    assert Issue.objects.filter(gone_since__isnull=False).count() == 0


def test_issue_that_is_still_there_is_not_taken_for_gone(import_github, import_file, fake):
    repo = fill(fake, issues=4)
    import_github()
    passed_over = repo.issues.pop(3)
    fake.recorded[f"/repositories/{repo.id}/issues/3", None] = answered(200, objects.issue(repo, passed_over))
    import_github(comments=False, events=False)
    assert not Issue.objects.exclude(gone="").exists()


def test_choice_of_issues_says_nothing_of_the_others(import_github, fake):
    repo = fill(fake, issues=4)
    import_github()
    fake.delete(repo, 3)
    for choice in (
        {"state": "open"},
        {"labels": "x"},
        {"updated_from": timezone.now()},
        {"created_to": timezone.now()},
    ):
        import_github(**choice)
    assert not Issue.objects.exclude(gone="").exists()


@pytest.mark.parametrize(("access", "gone"), [("hidden", Gone.HIDDEN), ("blocked", Gone.BLOCKED), ("off", Gone.OFF)])
def test_repository_that_is_no_longer_shown_is_marked_and_its_issues_stay(import_github, fake, access, gone):
    repo = fill(fake, issues=3)
    import_github()
    repo.access = access
    assert import_github().job.state == State.FAILED
    row = Repository.objects.get()
    assert (row.gone, row.gone_since is not None, Issue.objects.filter(gone="").count()) == (gone, True, 3)
    repo.access = "open"
    import_github()
    row.refresh_from_db()
    assert (row.gone, row.gone_since) == ("", None)


def test_edited_texts_stay_as_revisions(import_github, fake):
    repo = fill(fake, issues=2)
    import_github()
    fake.edit(repo, 1, title="Better title", body="Better body")
    repo.comments[0].body = "Better comment"
    import_github()
    assert set(Revision.objects.values_list("issue__number", "part", "text__markdown")) == {
        (1, "title", "Issue 1"), (1, "body", ""), (1, "comment", "A comment"),
    }  # fmt: skip


def test_comment_alone_is_no_change_of_the_issue(import_github, fake):
    repo = fill(fake, issues=2)
    import_github()
    fake.comment(repo, 1)
    assert (import_github().changed, Issue.objects.get(number=1).updated_at) == (0, fake.clock)


def test_events_tell_what_happened(import_github, fake):
    repo = fake.add()
    for _ in range(2):
        fake.open(repo)
    fake.close(repo, 1, commit="c0ffee")
    fake.reopen(repo, 1)
    fake.label(repo, 1, "bug")
    fake.label(repo, 1, "bug")
    fake.edit(repo, 1, title="New")
    for kind in ("assigned", "unassigned"):
        fake.happen(repo, 1, kind, assignee=objects.user("dev-9"))
    for kind in ("milestoned", "demilestoned"):
        fake.happen(repo, 1, kind, milestone={"title": "1.0"})
    fake.comment(repo, 2, "I think so.\n\nDuplicate of #1")
    fake.happen(repo, 2, "marked_as_duplicate")
    fake.happen(repo, 2, "subscribed")
    import_github()
    assert list(IssueEvent.objects.order_by("github_id").values_list("kind", "actor", "data")) == [
        ("closed", "dev-3", {"commit": "c0ffee"}),
        ("reopened", "dev-3", {}),
        ("labeled", "dev-3", {"label": "bug"}),
        ("unlabeled", "dev-3", {"label": "bug"}),
        ("renamed", "dev-3", {"from": "Issue 1", "to": "New"}),
        ("assigned", "dev-3", {"assignee": "dev-9"}),
        ("unassigned", "dev-3", {"assignee": "dev-9"}),
        ("milestoned", "dev-3", {"milestone": "1.0"}),
        ("demilestoned", "dev-3", {"milestone": "1.0"}),
        ("marked_as_duplicate", "dev-3", {}),
    ]
    assert str(IssueEvent.objects.first()).startswith("marked_as_duplicate at 2023-01-01")
    assert Issue.objects.get(number=2).duplicate_of == Issue.objects.get(number=1)
    fake.happen(repo, 2, "unmarked_as_duplicate")
    import_github()
    assert Issue.objects.get(number=2).duplicate_of is None


def test_events_are_read_down_to_those_that_are_known(import_github, fake):
    repo = fill(fake)
    import_github()
    fake.statuses.clear()
    fake.requests.clear()
    fake.label(repo, 1, "bug")
    import_github()
    assert [path for path in fake.requests if "events" in path] == [
        f"/repositories/{repo.id}/issues/events?per_page=100"
    ]


def test_events_that_a_deletion_moved_away_are_read_again(import_github, fake):
    """While events are read, an issue of the first page goes: what stood first on the second is then passed over."""
    repo = fill(fake, issues=24)
    fake.faults.extend([None] * 7 + [lambda fake: fake.delete(repo, 24) and None])
    import_github()
    known = set(IssueEvent.objects.values_list("issue__number", flat=True))
    assert 24 in known
    assert {number for number in range(1, 24) if number % 5} - known == {14}
    import_github()
    assert set(IssueEvent.objects.values_list("issue__number", flat=True)) >= {n for n in range(1, 24) if n % 5}


def test_events_deeper_than_github_lists_are_told(import_github, fake):
    fill(fake)
    fake.faults.extend([None] * 7 + [faults.refusal(422)])
    done = import_github()
    sentence = (
        "GitHub does not show so many pages (422). Older events of tidewater/captioner could not be read; "
        "all the newer ones were."
    )
    assert (done.job.state, told(done)) == (State.DONE, [(NAME, sentence, False)])
    assert done.events == 8


# Events of files


def test_events_of_a_file_and_of_github_are_the_same(import_github, import_file, fake):
    repo = fake.add()
    fake.open(repo)
    fake.close(repo, 1)
    fake.reopen(repo, 1)
    closed, reopened = (objects.event(repo, one) for one in repo.events)
    closed.pop("id")
    issue, events = objects.issue(repo, repo.issues[1]), [closed, closed, reopened, {"event": "mentioned"}]
    done = import_file(made.lines([issue]), events=made.lines(events))
    assert (done.events, IssueEvent.objects.count()) == (3, 2)
    import_github()
    import_file(made.lines([issue]), events=made.lines(events))
    assert set(IssueEvent.objects.values_list("kind", "github_id")) == {
        ("closed", repo.events[0].id), ("reopened", repo.events[1].id),
    }  # fmt: skip


def test_events_of_unknown_issues_and_broken_events_are_named(import_file):
    events = [made.event("closed", 9, 1), made.event("closed", 1, 2, created_at=""), {"event": "closed"}]
    done = import_file(made.lines([made.issue(1)]), events=made.lines(events))
    assert [place for place, _, skipped in told(done) if skipped] == ["line 2", "line 3", "line 1"]
    assert not IssueEvent.objects.exists()


def test_archive_tells_events_with_its_issues(import_file):
    issue = made.issue(1, state_reason="not_planned")
    lines = [
        {
            "type": "IssuesEvent", "id": "77", "actor": {"login": "dev-5"}, "repo": {"name": NAME},
            "created_at": at, "payload": {"action": action, "issue": issue, "label": {"name": "bug"}},
        }
        for action, at in (("opened", "2023-01-01T00:00:00Z"), ("closed", "2023-01-02T00:00:00Z"),
                           ("labeled", "2023-01-03T00:00:00Z"))
    ]  # fmt: skip
    done = import_file(made.lines(lines))
    assert (done.new, done.events) == (1, 2)
    assert set(IssueEvent.objects.values_list("kind", "actor", "github_id")) == {
        ("closed", "dev-5", None), ("labeled", "dev-5", None),
    }  # fmt: skip
    assert IssueEvent.objects.get(kind="closed").data == {"state_reason": "not_planned"}


@pytest.mark.shared_data
def test_real_events_are_read_each_once(import_file, shared_data):
    folder = shared_data / "npm_issues"
    content, events = ((folder / f"{name}.jsonl").read_bytes() for name in ("issues", "events"))
    for _ in range(2):
        done = import_file(content, events=events)
        assert (done.job.state, done.events) == (State.DONE, 449)
    lines = [json.loads(line) for line in events.splitlines()]
    assert sorted(IssueEvent.objects.values_list("issue__number", "kind")) == sorted(
        (line["issue_number"], line["event"]) for line in lines
    )


# Dry run and undo


def test_dry_run_tells_what_the_import_then_comes_to(import_github, fake, lead):
    repo = fill(fake)
    import_github(created_to=fake.clock - timedelta(minutes=30))
    fake.edit(repo, 1, title="Changed")
    before = [model.objects.count() for model in (Issue, Comment, IssueEvent, ListingPage, Repository)]
    fake.faults.extend([None, faults.rate_limit(seconds=60)])
    trial = import_github(dry=True)
    assert trial.job.state == State.PARKED
    fake.faults.clear()
    trial = again(trial)
    assert [model.objects.count() for model in (Issue, Comment, IssueEvent, ListingPage, Repository)] == before
    assert (trial.job.state, trial.requests) == (State.DONE, 1 + 2 + 1 + 2)
    assert can_confirm(trial)
    done = finish(confirm_trial(trial=trial, by=lead))
    same = ("new", "changed", "same", "pull_requests")
    assert [counts(trial)[name] for name in same] == [counts(done)[name] for name in same]
    assert trial.comments == done.comments


def test_dry_run_with_a_typed_token_is_not_confirmed(import_github, fake, lead):
    fill(fake, issues=2)
    trial = import_github(dry=True, token="typed")
    assert trial.options["token"] == ""
    with pytest.raises(Conflict, match="The token typed for this dry run is forgotten"):
        confirm_trial(trial=trial, by=lead)


def test_undo_removes_events_and_what_was_remembered(import_github, fake, lead):
    fill(fake)
    first = import_github()
    undo_import(run=first, by=lead)
    for model in (Issue, Comment, IssueEvent, ListingPage, EventsRead, Repository):
        assert not model.objects.exists()
    assert counts(import_github())["events"] == 20


def test_undo_of_an_import_of_events_leaves_the_issues(import_github, fake, lead):
    fill(fake)
    import_github(events=False)
    second = import_github()
    undo_import(run=second, by=lead)
    assert (Issue.objects.count(), IssueEvent.objects.count(), EventsRead.objects.count()) == (20, 0, 0)
    assert import_github().events == 20


def test_report_counts_by_repository(import_github, fake):
    fill(fake)
    fake.add(SECOND)
    done = import_github(repositories=f"{NAME} {SECOND} lab/none")
    assert [(row["repository"], row.get("sum_new", 0), row.get("sum_requests", 0), row["state"]) for row in by_repository(done)] == [  # noqa: E501
        (SECOND, 0, 4, "done"), ("lab/none", 0, 0, "not read"), (NAME, 20, 10, "done"),
    ]  # fmt: skip
