"""Importing over real HTTP from a small GitHub on this machine, which does not always answer well."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from corpus.models import Comment, ImportRun, Issue, ListingPage, Repository
from corpus.services import tokens
from corpus.services.imports import request_github_import
from jobs import services
from jobs.models import Job, State
from jobs.services import ask_to_stop
from studies.errors import Invalid, Refused
from studies.models import Event
from tests.corpus import made
from tests.corpus.conftest import counts, finish, told
from tests.fakes import github as fakes


def fill(fake, issues=25, page_size=10):
    fake.page_size = page_size
    fake.listings["issues"] = [
        made.pull_request(n, fake.full_name) if n % 5 == 0 else made.issue(n, fake.full_name)
        for n in range(1, issues + 1)
    ]
    fake.listings["issues/comments"] = [made.comment(n, 100 + n, fake.full_name) for n in range(1, issues + 1)]


def numbers():
    return list(Issue.objects.order_by("number").values_list("number", flat=True))


EXPECTED = [n for n in range(1, 26) if n % 5]


def again(asked):
    Job.objects.filter(pk=asked.job.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    return finish(asked)


def test_every_page_of_issues_and_comments_is_read(import_github, fake):
    fill(fake)
    done = import_github()
    assert (done.job.state, done.job.error) == (State.DONE, "")
    assert counts(done) == {"new": 20, "changed": 0, "same": 0, "comments": 20, "pull_requests": 5}
    assert numbers() == EXPECTED
    assert list(Comment.objects.order_by("issue__number").values_list("issue__number", flat=True)) == EXPECTED
    assert told(done) == []
    assert len(fake.requests) == 1 + 3 + 3
    assert fake.authorization == {None}
    assert (done.job.done, done.job.total, done.job.unit) == (25, 25, "comments")


def test_repeated_import_is_answered_not_modified(import_github, fake):
    fill(fake)
    import_github()
    fake.statuses.clear()
    done = import_github()
    assert counts(done) == {"new": 0, "changed": 0, "same": 20, "comments": 20, "pull_requests": 5}
    assert fake.statuses == [200] + [304] * 6
    fake.listings["issues"][12] = made.issue(13, fake.full_name, title="Changed")
    fake.statuses.clear()
    done = import_github()
    assert counts(done) == {"new": 0, "changed": 1, "same": 19, "comments": 20, "pull_requests": 5}
    assert fake.statuses == [200, 304, 200, 304, 304, 304, 304]
    assert Issue.objects.get(number=13).title == "Changed"
    assert ListingPage.objects.count() == 6


def test_comments_of_issues_that_came_later_are_not_missed(import_github, import_file, fake):
    fill(fake, issues=4)
    late = fake.listings["issues"].pop()
    import_github()
    import_file(made.lines([late]))
    assert counts(import_github()) == {"new": 0, "changed": 0, "same": 3, "comments": 4, "pull_requests": 0}
    assert Comment.objects.count() == 4


@pytest.mark.parametrize(
    "fault", [fakes.bad_gateway, fakes.cut, fakes.not_json, fakes.not_a_list], ids=lambda f: f.__name__
)
def test_fault_that_passes_is_not_noticed(import_github, fake, fault):
    fill(fake)
    fake.faults.extend([fault, None, fault, fault, None, None, fault])
    done = import_github()
    assert done.job.state == State.DONE
    assert numbers() == EXPECTED
    assert Comment.objects.count() == 20


def test_fault_that_stays_parks_the_job_and_keeps_what_was_read(import_github, fake):
    fill(fake)
    fake.faults.extend([None, *[fakes.bad_gateway] * 4])
    parked = import_github()
    assert (parked.job.state, parked.job.note) == (
        State.PARKED, "GitHub answered 502. What is read is kept; trying again.",
    )  # fmt: skip
    assert parked.job.not_before > timezone.now() + timedelta(seconds=50)
    assert numbers() == [1, 2, 3, 4, 6, 7, 8, 9]
    assert again(parked).job.state == State.DONE
    assert numbers() == EXPECTED
    assert fake.requests.count(fake.requests[1]) == 1


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (fakes.rate_limit(seconds=1800), 1800),
        (fakes.rate_limit(seconds=1800, status=429), 1800),
        (fakes.rate_limit(seconds=-5), 0),
        (fakes.refusal(429, Retry_After="90"), 90),
        (fakes.refusal(429), 60),
        (fakes.refusal(403, "You have exceeded a secondary rate limit"), 60),
    ],
)
def test_limit_of_requests_parks_until_it_ends(import_github, fake, fault, seconds):
    fill(fake)
    fake.faults.extend([None, fault])
    parked = import_github()
    assert parked.job.state == State.PARKED
    assert abs((parked.job.not_before - timezone.now()).total_seconds() - seconds) < 5
    assert parked.job.note == "GitHub's limit of requests is reached. What is read is kept."
    assert parked.job.attempts == 0
    assert again(parked).job.state == State.DONE
    assert numbers() == EXPECTED


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            fakes.refusal(401, "Bad credentials"),
            "GitHub refused the request (401). The token is wrong, has expired or may not read tidewater/captioner. "
            "What was read is kept; start the import again with a token that may read issues.",
        ),
        (
            fakes.refusal(404),
            "GitHub has nothing under this name (404). There is no repository tidewater/captioner, or the token may not "  # noqa: E501
            "see it. Check the name; a private repository needs a token that may read its issues.",
        ),
        (
            fakes.refusal(410),
            "GitHub says that it is gone (410). Issues of tidewater/captioner are switched off on GitHub. "
            "What was read is kept.",
        ),
    ],
)
def test_refusal_ends_the_import_with_what_to_do(import_github, fake, fault, sentence):
    fill(fake)
    fake.faults.extend([None, fault])
    failed = import_github()
    assert (failed.job.state, failed.job.error) == (State.FAILED, sentence)
    assert numbers() == [1, 2, 3, 4, 6, 7, 8, 9]


def test_unknown_repository_is_told(import_github):
    assert import_github(repository="tidewater/nothing").job.state == State.FAILED


def test_pages_on_another_server_are_not_followed(import_github, fake):
    fake.faults.extend([fakes.elsewhere] * 4)
    parked = import_github(token="secret")
    assert parked.job.note.startswith("GitHub sent us on to elsewhere.example, which is not the server that was set.")


def test_server_that_moved_is_not_followed(import_github, fake):
    fake.moved_to = "https://elsewhere.example"
    assert import_github(token="secret").job.note.startswith("GitHub sent us to another server. Check GITHUB_API_URL.")


def test_answer_about_the_repository_must_be_one(import_github, fake):
    fake.repository_object = []
    assert import_github().job.note.startswith("GitHub's answer about the repository could not be read.")


def test_forbidden_without_a_limit_is_a_refusal(import_github, fake):
    fake.faults.append(fakes.refusal(403, "Resource not accessible by personal access token"))
    assert import_github().job.error.startswith("GitHub refused the request (403).")


def test_renamed_repository_stays_the_same(import_github, fake):
    fill(fake)
    import_github()
    fake.former_names, fake.full_name = [fake.full_name], "tidewater/describer"
    done = import_github(repository="tidewater/captioner")
    assert done.job.state == State.DONE
    assert list(Repository.objects.values_list("owner", "name", "github_id")) == [("tidewater", "describer", 1000)]
    assert numbers() == EXPECTED


def test_repository_made_anew_under_the_name_is_refused(import_github, fake):
    import_github()
    fake.repository_id = 2000
    failed = import_github()
    assert failed.job.error == (
        "tidewater/captioner is another repository than the one imported under this name before. Use a new study."
    )


def test_two_repositories_that_became_one_are_refused(import_github, import_file, fake):
    import_github()
    fake.former_names, fake.full_name = [fake.full_name], "tidewater/describer"
    import_file(made.lines([made.issue(1, "tidewater/describer")]))
    failed = import_github(repository="tidewater/captioner")
    assert failed.job.error == (
        "tidewater/captioner was renamed to tidewater/describer, and both are in this study already. Use a new study."
    )


def test_repository_known_from_a_file_is_the_same(import_github, import_file, fake):
    fill(fake)
    import_file(made.lines([made.issue(1)]))
    assert counts(import_github())["same"] == 1
    assert list(Repository.objects.values_list("github_id", flat=True)) == [1000]


def test_records_that_cannot_be_used_are_named(import_github, fake):
    fill(fake, issues=2)
    fake.listings["issues"] += [
        "nonsense",
        made.issue(3, fake.full_name, title=""),
        made.issue(4, created_at="2023-01-01T00:00:00"),
    ]
    fake.listings["issues/comments"] = [None, made.comment(1, 7, created_at="")]
    done = import_github()
    assert [(place, skipped) for place, _, skipped in told(done)] == [
        ("a record without an address", True),
        (f"https://github.com/{fake.full_name}/issues/3", True),
        ("https://github.com/tidewater/captioner/issues/4", False),
        ("a record without an address", True),
        ("a record without an address", True),
    ]
    assert numbers() == [1, 2, 4]


def test_what_was_asked_reaches_github(import_github, fake):
    import_github(state="closed", since=datetime(2024, 5, 1, tzinfo=UTC), token="abc123")
    issues, comments = fake.requests[1:]
    assert "state=closed" in issues
    assert "since=2024-05-01T00%3A00%3A00Z" in issues
    assert "since=2024-05-01T00%3A00%3A00Z" in comments
    assert fake.authorization == {"token abc123"}


def test_token_of_the_server_is_used_when_none_is_typed(import_github, fake, settings):
    settings.GITHUB_TOKEN = "of-the-server"
    import_github()
    assert fake.authorization == {"token of-the-server"}


def test_typed_token_is_never_kept_in_clear_and_forgotten_at_the_end(study, lead, fake, settings, caplog):
    caplog.set_level(logging.DEBUG)
    settings.GITHUB_API_URL = fake.url
    asked = request_github_import(study=study, repository=fake.full_name, token=" very-secret ", by=lead)
    assert tokens.unseal(asked.options["token"]) == "very-secret"
    kept = json.dumps(
        [*ImportRun.objects.values("options"), *Job.objects.values("arguments"), *Event.objects.values("data")]
    )
    assert "very-secret" not in kept
    fake.faults.append(fakes.refusal(401))
    assert finish(asked).options["token"] == ""
    assert fake.authorization == {"token very-secret"}
    assert "very-secret" not in caplog.text


def test_token_is_forgotten_when_a_waiting_import_is_stopped(study, lead):
    asked = request_github_import(study=study, repository="a/b", token="t", by=lead)
    ask_to_stop(job=asked.job, by=lead)
    asked.refresh_from_db()
    assert asked.options["token"] == ""


def test_token_sealed_under_another_key_ends_with_a_sentence(study, lead, settings):
    asked = request_github_import(study=study, repository="a/b", token="t", by=lead)
    settings.SECRET_KEY = "another"
    assert finish(asked).job.error.startswith("The token typed for this import can no longer be read")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"repository": "no slash"}, "repository"),
        ({"repository": "a/b/c"}, "repository"),
        ({"repository": "a/b", "state": "x"}, "state"),
    ],
)
def test_request_that_makes_no_sense_is_refused_beside_its_field(study, lead, asked, field):
    with pytest.raises(Invalid) as refused:
        request_github_import(study=study, by=lead, **asked)
    assert set(refused.value.message_dict) == {field}


def test_rater_does_not_import_from_github(study, rater_a):
    with pytest.raises(Refused):
        request_github_import(study=study, repository="a/b", by=rater_a)


def test_stop_keeps_what_is_read(study, lead, fake, settings):
    fill(fake)
    settings.GITHUB_API_URL = fake.url
    asked = request_github_import(study=study, repository=fake.full_name, by=lead)

    claimed = services.claim(asked.job.pk)
    read = claimed.progress

    def progress(done, total, **words):
        if done == 10:
            Job.objects.filter(pk=asked.job.pk).update(stop_asked_at=timezone.now())
        read(done, total, **words)

    claimed.progress = progress
    services.perform(claimed)
    asked.job.refresh_from_db()
    assert asked.job.state == State.CANCELLED
    assert numbers() == [1, 2, 3, 4, 6, 7, 8, 9]


@pytest.mark.shared_data
def test_recorded_answers_with_all_faults_end_with_every_issue_once(import_github, fake, shared_data):
    recorded = fake.replay(shared_data / "github_api" / "octokit_fixtures_issues.json")
    fake.faults.extend([fakes.bad_gateway, None, fakes.rate_limit(seconds=1), None, fakes.cut, None])
    parked = import_github()
    assert parked.job.state == State.PARKED
    done = again(parked)
    assert (done.job.state, done.job.error) == (State.DONE, "")
    issues = [one for one in recorded if "pull_request" not in one]
    assert list(Issue.objects.order_by("number").values_list("number", "title")) == sorted(
        (one["number"], one["title"]) for one in issues
    )
    assert len(issues) == 13
    assert counts(done)["new"] == 13
