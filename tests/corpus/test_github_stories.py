"""Whatever happens on GitHub and on the way to it, in the end the rows equal what it holds, each once.

A story is a list of days. On each, things happen on GitHub, an import is begun or goes on, answers fail, and the
worker is killed between two statements to the database or while it waits for an answer.
"""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.models import Comment, Gone, ImportRun, Issue, IssueEvent, Repository
from corpus.services.collecting import request_github_import
from jobs import services
from jobs.models import Job, State
from tests import factories
from tests.fakes.github import FakeGitHub, faults, in_process, objects
from tests.fakes.github.faults import Killed

PAGE = 3
ACTS = (
    "open", "open", "pull", "edit", "title", "comment", "comment", "close", "reopen", "label", "assign", "milestone",
    "duplicate", "delete", "transfer", "rename", "hide", "block", "off", "show",
)  # fmt: skip
LIMITS = [
    faults.rate_limit(seconds=900), faults.rate_limit(seconds=900, status=429), faults.refusal(429, Retry_After="60"),
    faults.refusal(429), faults.refusal(403, "You have exceeded a secondary rate limit"),
]  # fmt: skip

acts = st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 20))
answers = st.one_of(
    st.none(), st.none(), st.none(), acts, st.sampled_from(faults.PASSING), st.sampled_from([*LIMITS, faults.killed])
)
days = st.tuples(st.lists(acts, max_size=5), st.lists(answers, max_size=12), st.none() | st.integers(1, 250))
stories = st.lists(days, min_size=1, max_size=4)


class Story:
    """A GitHub with three repositories, a study that follows them, and the days that they live through."""

    def __init__(self, number, fake, lead):
        self.fake, self.lead, self.names = fake, lead, 0
        self.study = factories.study(title=f"Story {number}", slug=f"story-{number}")
        factories.member(self.study, lead, "lead")
        self.repositories = [fake.add(f"lab/repo-{place}") for place in range(3)]
        self.list = "\n".join(repo.full_name for repo in self.repositories)
        for repo in self.repositories[:2]:
            for _ in range(4):
                fake.comment(repo, fake.open(repo).number)
        self.asked = None

    def act(self, kind, place, which):
        """Do something to one of the issues of a repository, if there is one."""
        fake, repo = self.fake, self.repositories[place]
        numbers = sorted(repo.issues)
        if kind in ("open", "pull"):
            fake.open(repo, body=f"Body {which}", is_pull=kind == "pull")
        elif kind == "rename":
            self.names += 1
            fake.rename(repo, f"lab/renamed-{place}-{self.names}")
        elif kind in ("hide", "block", "off", "show"):
            repo.access = {"hide": "hidden", "block": "blocked", "off": "off", "show": "open"}[kind]
        elif numbers:
            self.act_on(kind, repo, numbers[which % len(numbers)], which)

    def act_on(self, kind, repo, number, which):
        fake, issue = self.fake, repo.issues[number]
        elsewhere = self.repositories[(self.repositories.index(repo) + 1) % 3]
        does = {
            "edit": lambda: fake.edit(repo, number, body=f"Edited {which} at {fake.clock}"),
            "title": lambda: fake.edit(repo, number, title=f"Title {which} at {fake.clock}"),
            "comment": lambda: fake.comment(repo, number, f"Comment {which}"),
            "close": lambda: fake.close(repo, number, commit="c0ffee" if which % 2 else None),
            "reopen": lambda: fake.reopen(repo, number),
            "label": lambda: fake.label(repo, number, f"label {which % 3}"),
            "assign": lambda: fake.happen(repo, number, "assigned", assignee=objects.user("dev-9")),
            "milestone": lambda: fake.happen(repo, number, "milestoned", milestone={"title": "1.0"}),
            "duplicate": lambda: fake.happen(repo, number, "marked_as_duplicate"),
            "delete": lambda: issue.is_pull or fake.delete(repo, number),
            "transfer": lambda: issue.is_pull or fake.transfer(repo, number, elsewhere),
        }
        does[kind]()

    def scripted(self, step):
        """An act in the middle of an import, as a fault that leaves the answer to the world."""
        return (lambda fake: self.act(*step)) if isinstance(step, tuple) else step

    def live(self, day):
        happens, script, killed_at = day
        for act in happens:
            self.act(*act)
        self.fake.faults.extend(map(self.scripted, script))
        self.go_on(killed_at)
        self.fake.faults.clear()

    def go_on(self, killed_at=None):
        """Begin an import, or go on with the one that is not over."""
        if self.asked is None or not Job.objects.get(pk=self.asked.job_id).is_open:
            self.asked = request_github_import(study=self.study, repositories=self.list, by=self.lead)
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(pk=self.asked.job_id).update(not_before=past)
        Job.objects.filter(pk=self.asked.job_id, state=State.RUNNING).update(lease_until=past)
        with killing(killed_at):
            services.run(self.asked.job_id)

    def end(self):
        """All is visible again, the open import ends, and a last one finds the world at rest."""
        for repo in self.repositories:
            repo.access = "open"
        for _ in range(2):
            self.go_on()
            assert Job.objects.get(pk=self.asked.job_id).state == State.DONE


@contextmanager
def killing(statement):
    """The process ends before so many statements to the database were sent, or while it waits for GitHub."""
    left = [statement]

    def count(execute, *arguments):
        if left[0] is not None:
            left[0] -= 1
            if left[0] <= 0:
                raise Killed
        return execute(*arguments)

    try:
        with connection.execute_wrapper(count):
            yield
    except Killed:
        pass


def held(story):
    """What GitHub holds of issues, comments and events."""
    issues, comments, events = [], [], []
    for repo in story.repositories:
        for one in repo.issues.values():
            if not one.is_pull:
                state = "open" if one.closed is None else "closed"
                issues.append((repo.full_name, one.number, one.id, one.title, one.body, state, one.labels))
        comments += [(repo.full_name, one.number, one.id, one.body) for one in repo.comments if is_issue(repo, one)]
        events += [(repo.full_name, one.number, one.id, one.kind) for one in repo.events if is_issue(repo, one)]
    return sorted(issues), sorted(comments), sorted(events)


def is_issue(repo, one):
    return not repo.issues[one.number].is_pull


def stored(study):
    """What the study has of issues that are not gone."""
    rows = Issue.objects.filter(repository__study=study, gone="").select_related("repository", "body")
    issues = [
        (str(one.repository), one.number, one.github_id, one.title, one.body.markdown, one.state, one.labels)
        for one in rows
    ]
    comments = Comment.objects.filter(issue__in=rows).select_related("issue__repository", "text")
    events = IssueEvent.objects.filter(issue__in=rows).select_related("issue__repository")
    return (
        sorted(issues),
        sorted((str(c.issue.repository), c.issue.number, c.github_id, c.text.markdown) for c in comments),
        sorted((str(e.issue.repository), e.issue.number, e.github_id, e.kind) for e in events),
    )


def check_tombstones(story):
    """Each says what became of its issue, and leads to where it moved."""
    for issue in Issue.objects.filter(repository__study=story.study).exclude(gone="").select_related("repository"):
        moved = story.fake.repositories[issue.repository.github_id].gone[issue.number]
        assert issue.gone == (Gone.MOVED if moved else Gone.DELETED)
        if moved and moved[1] in moved[0].issues:
            assert issue.moved_to is not None


def tell(story, days):
    for day in days:
        story.live(day)
    story.end()
    assert stored(story.study) == held(story)
    check_tombstones(story)
    assert set(Repository.objects.filter(study=story.study).values_list("github_id", flat=True)) == set(
        story.fake.repositories
    )
    assert not ImportRun.objects.filter(job__study=story.study, job__state=State.RUNNING).exists()


class Here:
    """The fake of the story that is being told."""

    url = "http://github.test"

    def __init__(self):
        self.fake, self.stories = None, 0

    def begin(self, lead):
        self.stories += 1
        self.fake = FakeGitHub(page_size=PAGE)
        self.fake.now = timezone.now
        return Story(self.stories, self.fake, lead)

    def respond(self, path, headers):
        return self.fake.respond(path, headers)


@pytest.fixture
def here(monkeypatch, settings):
    """Here and on GitHub there is one clock: what is remembered of pages is trusted as in real use."""
    place = Here()
    monkeypatch.setattr("corpus.queries.CLOCKS_DIFFER", timedelta(0))
    in_process(monkeypatch, place)
    settings.GITHUB_API_URL = place.url
    return place


FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=25, derandomize=True, suppress_health_check=FIXTURES)
@given(days=stories)
def test_rows_equal_what_github_holds_after_any_story(here, lead, days):
    tell(here.begin(lead), days)


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=FIXTURES, print_blob=True)
@given(days=stories)
def test_rows_equal_what_github_holds_after_200_stories(here, lead, days):
    tell(here.begin(lead), days)
