"""Importing from a small GitHub on this machine, which does not always answer well."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from corpus.models import Comment, Issue, IssueEvent, ListingPage, Repository
from corpus.queries import by_repository
from corpus.services.collecting import request_github_import
from jobs import services
from jobs.models import Job, State
from studies.errors import Invalid, Refused
from tests.corpus import made
from tests.corpus.conftest import again, counts, told
from tests.fakes.github import FakeGitHub, faults, served
from tests.fakes.github.answers import Answer
from tests.fakes.github.answers import told as told_by

NAME = "tidewater/captioner"


def fill(fake, issues=25, page_size=10):
    """A repository in which every fifth is a pull request, each with a comment; issues are closed."""
    fake.page_size = page_size
    repo = fake.add()
    for number in range(1, issues + 1):
        fake.open(repo, is_pull=number % 5 == 0)
        fake.comment(repo, number)
        fake.close(repo, number)
    return repo


def numbers():
    return list(Issue.objects.order_by("number").values_list("number", flat=True))


EXPECTED = [n for n in range(1, 26) if n % 5]
FIRST_PAGE = [1, 2, 3, 4, 6, 7, 8, 9]


def test_every_page_of_issues_comments_and_events_is_read(import_github, fake):
    fill(fake)
    done = import_github()
    assert (done.job.state, done.job.error) == (State.DONE, "")
    assert counts(done) == {"new": 20, "changed": 0, "same": 0, "comments": 20, "events": 20, "pull_requests": 5}
    assert numbers() == EXPECTED
    for model in (Comment, IssueEvent):
        assert list(model.objects.order_by("issue__number").values_list("issue__number", flat=True)) == EXPECTED
    assert told(done) == []
    assert done.requests == len(fake.requests) == 1 + 3 + 3 + 3
    assert fake.authorization == {None}
    assert (done.job.done, done.job.total, done.job.unit) == (25, 25, "events")


def test_requests_are_a_hundredth_of_the_records(import_github, fake):
    fill(fake, issues=250, page_size=100)
    assert import_github().requests == 1 + 3 + 3 + 3


def test_repeated_import_is_answered_not_modified(import_github, fake):
    repo = fill(fake)
    import_github()
    fake.statuses.clear()
    done = import_github()
    assert counts(done) == {"new": 0, "changed": 0, "same": 20, "comments": 20, "events": 0, "pull_requests": 5}
    assert fake.statuses == [200, 304, 304, 200, 304, 304, 200, 304]
    fake.edit(repo, 13, title="Changed")
    fake.statuses.clear()
    done = import_github()
    assert counts(done) == {"new": 0, "changed": 1, "same": 19, "comments": 20, "events": 1, "pull_requests": 5}
    assert fake.statuses == [200, 304, 200, 200, 304, 304, 200, 200]
    assert Issue.objects.get(number=13).title == "Changed"
    assert ListingPage.objects.count() == 7


def test_what_comes_behind_a_full_last_page_is_not_missed(import_github, fake):
    repo = fill(fake, issues=10)
    import_github()
    fake.comment(repo, 3, "The eleventh comment")
    import_github()
    assert Comment.objects.filter(text__markdown="The eleventh comment").count() == 1


def test_what_came_later_costs_its_own_pages(import_github, fake):
    repo = fill(fake)
    import_github()
    fake.clock = timezone.now() + timedelta(days=90)
    for _ in range(3):
        fake.comment(repo, fake.open(repo).number)
    fake.close(repo, 26)
    fake.statuses.clear()
    done = import_github()
    assert counts(done) == {"new": 3, "changed": 0, "same": 20, "comments": 23, "events": 1, "pull_requests": 5}
    assert fake.statuses.count(200) == 1 + 1 + 1 + 1


def test_comments_and_events_of_issues_that_came_later_are_not_missed(import_github, import_file, fake):
    repo = fill(fake, issues=4)
    import_github(labels="none has it", comments=False, events=False)
    import_github(created_to=datetime(2023, 1, 1, 0, 8, tzinfo=UTC))
    assert numbers() == [1, 2]
    late = [made.issue(n, NAME, id=repo.issues[n].id, title=f"Issue {n}") for n in (3, 4)]
    import_file(made.lines(late))
    import_github()
    for model in (Comment, IssueEvent):
        assert sorted(model.objects.values_list("issue__number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("fault", faults.PASSING, ids=lambda fault: fault.__name__)
def test_fault_that_passes_is_not_noticed(import_github, fake, fault):
    fill(fake)
    fake.faults.extend([fault, None, fault, fault, None, None, fault])
    done = import_github()
    assert done.job.state == State.DONE
    assert numbers() == EXPECTED
    assert Comment.objects.count() == 20


def test_connection_that_is_cut_is_asked_again(import_github, fake, settings):
    fill(fake)
    with served(fake):
        settings.GITHUB_API_URL = fake.url
        fake.faults.extend([None, faults.cut, None, faults.cut])
        assert import_github().job.state == State.DONE
    assert numbers() == EXPECTED


def test_fault_that_stays_parks_the_job_and_keeps_what_was_read(import_github, fake):
    fill(fake)
    fake.faults.extend([None, *[faults.bad_gateway] * 4])
    parked = import_github()
    assert (parked.job.state, parked.job.note) == (
        State.PARKED, "GitHub answered 502. What is read is kept; trying again.",
    )  # fmt: skip
    assert parked.job.not_before > timezone.now() + timedelta(seconds=50)
    assert numbers() == FIRST_PAGE
    assert again(parked).job.state == State.DONE
    assert numbers() == EXPECTED
    assert fake.requests.count(fake.requests[1]) == 1


def test_repository_that_never_answers_is_given_up_after_longer_and_longer_waits(import_github, fake):
    fake.add("lab/silent")
    fill(fake)
    fake.faults.extend([faults.unavailable] * 4 * 12)
    parked, waits = import_github(), []
    while parked.job.state == State.PARKED:
        waits.append(round((parked.job.not_before - timezone.now()).total_seconds() / 60))
        parked = again(parked)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert parked.job.state == State.DONE
    sentence = "GitHub answered 503. It was tried 12 times. What was read is kept; import it again later."
    assert told(parked) == [("lab/silent", sentence, True)]
    assert numbers() == EXPECTED


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (faults.rate_limit(seconds=1800), 1800),
        (faults.rate_limit(seconds=1800, status=429), 1800),
        (faults.rate_limit(seconds=-5), 0),
        (faults.refusal(429, Retry_After="90"), 90),
        (faults.refusal(429), 60),
        (faults.refusal(403, "You have exceeded a secondary rate limit"), 60),
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


REFUSALS = [
    (
        faults.refusal(404),
        "GitHub has nothing under this name (404). There is no repository tidewater/captioner, or the token may not "
        "see it. Check the name; a private repository needs a token that may read its issues. What was read is kept.",
    ),
    (
        faults.refusal(410),
        "GitHub says that it is gone (410). Issues of tidewater/captioner are switched off on GitHub. "
        "What was read is kept.",
    ),
    (
        faults.refusal(451),
        "GitHub may not show this for legal reasons (451). tidewater/captioner cannot be read from here. "
        "What was read is kept.",
    ),
    (
        faults.refusal(403, "Resource not accessible by personal access token"),
        "GitHub refused the request (403). The token may not read tidewater/captioner. What was read is kept; "
        "import it again with a token that may read issues.",
    ),
    (
        faults.refusal(422),
        "GitHub does not show so many pages (422). Not all of tidewater/captioner could be listed. "
        "What was read is kept; choose fewer of its issues.",
    ),
]


@pytest.mark.parametrize(("fault", "sentence"), REFUSALS)
def test_refusal_ends_the_import_with_what_to_do(import_github, fake, fault, sentence):
    fill(fake)
    fake.faults.extend([None, fault])
    failed = import_github()
    assert (failed.job.state, failed.job.error) == (State.FAILED, sentence)
    assert numbers() == FIRST_PAGE


@pytest.mark.parametrize(("fault", "sentence"), REFUSALS)
def test_repository_that_is_refused_does_not_stop_the_others(import_github, fake, fault, sentence):
    fill(fake)
    other = fake.add("lab/other")
    fake.open(other, title="Of the other")
    fake.faults.extend([None, fault])
    done = import_github()
    assert (done.job.state, told(done)) == (State.DONE, [(NAME, sentence, True)])
    assert Issue.objects.get(repository__name="other").title == "Of the other"
    assert [(row["repository"], row["state"]) for row in by_repository(done)] == [
        ("lab/other", "done"), (NAME, "not read"),
    ]  # fmt: skip
    assert done.not_read == 1


def test_import_of_which_nothing_could_be_read_fails(import_github):
    failed = import_github(repositories="lab/none lab/nothing")
    assert (failed.job.state, failed.job.error) == (
        State.FAILED, "None of the 2 repositories could be read. The report says why, for each.",
    )  # fmt: skip
    assert [place for place, _, _ in told(failed)] == ["lab/none", "lab/nothing"]


def test_pages_on_another_server_are_not_followed(import_github, fake):
    fake.add()
    fake.faults.extend([faults.elsewhere] * 4)
    parked = import_github(token="secret")
    assert parked.job.note.startswith("GitHub sent us on to elsewhere.example, which is not the server that was set.")


def test_server_that_moved_is_not_followed(import_github, fake, monkeypatch):
    fake.add()
    monkeypatch.setattr(
        FakeGitHub, "answer", lambda fake, path: faults.refusal(301, Location=f"https://elsewhere.example{path}")(fake)
    )
    assert import_github(token="secret").job.note.startswith("GitHub sent us to another server. Check GITHUB_API_URL.")


@pytest.mark.parametrize("answer", [faults.not_a_list, faults.half_json, lambda fake: Answer(200, b"[]")])
def test_answer_about_the_repository_must_be_one(import_github, fake, monkeypatch, answer):
    fake.add()
    monkeypatch.setattr(FakeGitHub, "answer", lambda fake, path: answer(fake))
    assert import_github().job.state == State.PARKED


def test_repository_known_from_a_file_is_the_same(import_github, import_file, fake):
    repo = fill(fake)
    import_file(made.lines([made.issue(1, title="From a file")]))
    assert counts(import_github())["changed"] == 1
    assert list(Repository.objects.values_list("github_id", flat=True)) == [repo.id]


def test_records_that_cannot_be_used_are_named(import_github, fake):
    repo = fill(fake, issues=3)
    strange = made.issue(4, NAME, title=""), made.issue(5, NAME, created_at="2023-01-01T00:00:00"), "nonsense"
    fake.recorded[f"/repositories/{repo.id}/issues", None] = told_by(200, list(strange))
    fake.recorded[f"/repositories/{repo.id}/issues/comments", None] = told_by(200, [None, {"id": 1}])
    fake.recorded[f"/repositories/{repo.id}/issues/events", None] = told_by(200, [7, {"id": 2, "event": "closed"}])
    done = import_github()
    assert [(place, skipped) for place, _, skipped in told(done)] == [
        (f"https://github.com/{NAME}/issues/4", True),
        (f"https://github.com/{NAME}/issues/5", False),
        ("a record without an address", True),
        *[("a record without an address", True)] * 4,
    ]
    assert numbers() == [5]


# What was asked for


@pytest.mark.parametrize(
    ("asked", "expected", "query"),
    [
        ({"state": "open"}, [2, 3, 4, 6], "state=open"),
        ({"state": "closed"}, [1], "state=closed"),
        ({"labels": " model , gpu"}, [2], "labels=model%2Cgpu"),
        ({"created_from": datetime(2023, 1, 1, 0, 3, tzinfo=UTC)}, [3, 4, 6], ""),
        ({"created_to": datetime(2023, 1, 1, 0, 3, tzinfo=UTC)}, [1, 2], ""),
        ({"updated_from": datetime(2023, 1, 1, 0, 6, tzinfo=UTC)}, [1, 2, 6], "since=2023-01-01T00%3A06%3A00Z"),
        ({"updated_to": datetime(2023, 1, 1, 0, 5, tzinfo=UTC)}, [3, 4], ""),
        ({"bots": False}, [1, 2, 3, 6], ""),
        ({"words": '"out of memory" -cuda'}, [3], ""),
        ({"words": "quant*"}, [6], ""),
        ({"words": "-memory -quantized"}, [1, 4], ""),
    ],
)
def test_only_what_was_asked_for_is_taken(import_github, fake, asked, expected, query):
    repo = fake.add()
    fake.open(repo)
    fake.open(repo, title="CUDA runs out of memory")
    fake.open(repo, body="It goes OUT of\nmemory.")
    fake.open(repo, author="dependabot[bot]")
    fake.open(repo, is_pull=True)
    fake.open(repo, body="A quantized model")
    fake.close(repo, 1)
    for name in ("model", "gpu"):
        fake.label(repo, 2, name)
    done = import_github(**asked)
    assert numbers() == expected
    assert query in fake.requests[1]
    row = by_repository(done)[0]
    assert row["left_out"] == (0 if query else 5 - len(expected))
    import_github()
    assert numbers() == [1, 2, 3, 4, 6]


def test_listing_ends_where_all_issues_are_too_late(import_github, fake):
    fill(fake)
    done = import_github(created_to=datetime(2023, 1, 1, 0, 8, tzinfo=UTC), comments=False, events=False)
    assert (numbers(), done.requests) == ([1, 2], 2)


def test_comments_and_events_are_left_out_on_wish(import_github, fake):
    fill(fake)
    assert import_github(comments=False, events=False).requests == 1 + 3
    assert (Comment.objects.count(), IssueEvent.objects.count()) == (0, 0)
    assert Issue.objects.count() == 20


@pytest.mark.parametrize(
    ("asked", "field", "sentences"),
    [
        ({"repositories": " \n, "}, "repositories", ["Name a repository as owner/name."]),
        (
            {"repositories": "a/b\nno-slash, a/b/c\nhttps://gitlab.com/d/e"},
            "repositories",
            [
                "Line 2: “no-slash” is not a repository. Write it as owner/name.",
                "Line 2: “a/b/c” is not a repository. Write it as owner/name.",
                "Line 3: “https://gitlab.com/d/e” is not a repository. Write it as owner/name.",
            ],
        ),
        ({"state": "x"}, "state", ["x is not a state. Choose all, open or closed."]),
        (
            {"created_from": datetime(2024, 1, 2, tzinfo=UTC), "created_to": datetime(2024, 1, 1, tzinfo=UTC)},
            "created_to",
            ["The last day is before the first. Turn them round."],
        ),
    ],
)
def test_request_that_makes_no_sense_is_refused_beside_its_field(study, lead, asked, field, sentences):
    with pytest.raises(Invalid) as refused:
        request_github_import(study=study, by=lead, **({"repositories": "a/b"} | asked))
    assert refused.value.message_dict == {field: sentences}
    assert not Job.objects.exists()


def test_rater_does_not_import_from_github(study, rater_a):
    with pytest.raises(Refused):
        request_github_import(study=study, repositories="a/b", by=rater_a)


def test_stop_keeps_what_is_read(study, lead, fake):
    fill(fake)
    asked = request_github_import(study=study, repositories=NAME, by=lead)

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
    assert numbers() == FIRST_PAGE


@pytest.mark.shared_data
def test_recorded_answers_with_all_faults_end_with_every_issue_once(import_github, fake, shared_data):
    _, recorded = fake.replay(shared_data / "github_api" / "octokit_fixtures_issues.json")
    fake.faults.extend([faults.bad_gateway, None, faults.rate_limit(seconds=1), None, faults.cut, None])
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
