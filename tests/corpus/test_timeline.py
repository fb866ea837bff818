"""What happened to an issue, in words and between its comments; where moved and vanished issues lead."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from corpus import queries
from corpus.board import find
from corpus.filters import IssueFilter
from corpus.models import EventKind, Gone, Issue, IssueEvent
from corpus.timeline import happenings_of, thread
from studies.errors import NotThere
from tests import factories

AT = factories.NOW


def event(kind, minutes=0, actor="octo-dev", **data):
    return IssueEvent(kind=kind, at=AT + timedelta(minutes=minutes), actor=actor, data=data)


def said(*events):
    return [(row.actor, row.words, row.names) for row in happenings_of(events)]


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("closed", {}, ("closed this", [])),
        ("closed", {"state_reason": "completed"}, ("closed this as completed", [])),
        ("closed", {"state_reason": "not_planned"}, ("closed this as not planned", [])),
        ("closed", {"state_reason": None, "commit": "a" * 40}, ("closed this by commit", ["aaaaaaa"])),
        ("renamed", {"from": "A", "to": "B"}, ("changed the title from", ["A", "B"])),
        ("labeled", {"label": "bug"}, ("labelled this", ["bug"])),
        ("labeled", {}, ("labelled this", [])),
        ("reopened", {}, ("reopened this", [])),
    ],
)
def test_an_event_in_words(kind, data, expected):
    assert said(event(kind, **data)) == [("octo-dev", *expected)]


def test_every_kind_has_its_words():
    assert [kind for kind in EventKind.values if not said(event(kind))[0][1]] == []
    assert said(event("reopened", actor=""))[0][0] == "somebody"


def test_labels_given_at_once_stand_in_one_row():
    rows = said(
        event("labeled", label="bug"), event("labeled", 1, label="model"), event("labeled", 3, label="late"),
        event("labeled", 3, actor="other", label="x"), event("unlabeled", 3, actor="other", label="x"),
        event("reopened", 4), event("reopened", 4),
    )  # fmt: skip
    assert [names for _, _, names in rows] == [["bug", "model"], ["late"], ["x"], ["x"], [], []]


def test_events_stand_between_the_comments_in_the_order_of_time(study):
    issue = factories.issue(factories.repository(study))
    comments = [factories.comment(issue, created_at=AT + timedelta(minutes=at)) for at in (10, 20, 30)]
    happened = happenings_of([event("reopened", at) for at in (5, 15, 16, 40)])
    entries = thread(comments, happened, 20, 0)
    assert [(len(one.happenings), one.comment) for one in entries] == [
        (1, comments[0]), (2, comments[1]), (0, comments[2]), (1, None),
    ]  # fmt: skip
    folded = thread(comments[:1] + comments[2:], happened, 1, 7)
    assert [(len(one.happenings), one.folded) for one in folded] == [(1, 0), (0, 7), (1, 0)]


@pytest.fixture
def client(study, lead):
    client = Client()
    client.force_login(lead)
    return client


def page(client, study, issue):
    return client.get(reverse("issue", args=[study.slug, issue.pk])).content.decode()


def test_the_page_tells_what_happened_and_shows_hostile_names_as_text(client, study):
    issue = factories.issue(factories.repository(study))
    for number, one in enumerate(
        [event("closed", 1, commit="<b>x</b>"), event("renamed", 2, **{"from": "<i>", "to": "B"})]
    ):
        one.issue, one.github_id = issue, number
        one.save()
    html = page(client, study, issue)
    assert "closed this by commit <code>&lt;b&gt;x&lt;/b</code>" in html
    assert "<del><bdi>&lt;i&gt;</bdi></del> to <ins><bdi>B</bdi></ins>" in html


def test_events_cost_no_query_each(client, study, django_assert_num_queries):
    issues = [factories.issue(factories.repository(study)) for _ in range(2)]
    for issue, count in zip(issues, (1, 30), strict=True):
        for number in range(count):
            IssueEvent.objects.create(issue=issue, kind="reopened", at=AT, github_id=number)
    page(client, study, issues[0])
    with django_assert_num_queries(16):
        page(client, study, issues[0])
    page(client, study, issues[1])
    with django_assert_num_queries(16):
        page(client, study, issues[1])


@pytest.mark.parametrize("why", Gone.values)
def test_a_vanished_issue_says_so(client, study, why):
    issue = factories.issue(factories.repository(study), gone=why, gone_since=AT)
    told = page(client, study, issue)
    assert ("GitHub has moved this issue" if why == Gone.MOVED else Gone(why).label) in told
    assert Gone(why).label in client.get(reverse("issues", args=[study.slug])).content.decode()


def test_a_vanished_repository_is_told_on_its_issues(client, study):
    repository = factories.repository(study)
    issue = factories.issue(repository)
    repository.gone, repository.gone_since = Gone.HIDDEN, AT
    repository.save()
    assert "tidewater/captioner: private or deleted on GitHub" in page(client, study, issue)


def test_old_keys_lead_to_where_an_issue_is_now(client, study):
    old, new = factories.repository(study, "lab/old"), factories.repository(study, "lab/new")
    new.former_names = ["lab/first"]
    new.save()
    there = factories.issue(new, number=7)
    moved = factories.issue(old, number=3, gone=Gone.MOVED, gone_since=AT, moved_to=there, moved_to_url=there.url)
    referring = factories.issue(old, number=4, body="See #3, lab/first#7 and lab/none#1.")

    def found(text):
        here, sql = find(study, IssueFilter(q=text)), queries.search(Issue.objects.all(), text)
        assert set(here.page(9).ids) == set(sql.values_list("pk", flat=True))
        return set(here.page(9).ids)

    assert found("lab/old#3") == {moved.pk, there.pk}
    assert found("LAB/First#7") == {there.pk, referring.pk}  # the text of which has these words
    assert found("3") >= {moved.pk, there.pk}
    address = reverse("issue", args=[study.slug, there.pk])
    for key in (("lab/old", 3), ("lab/first", 7), ("lab/new", 7)):
        assert client.get(reverse("issue_by_key", args=[study.slug, *key])).headers["Location"] == address
    with pytest.raises(NotThere):
        queries.issue_by_key(study, "lab/none", 1)
    assert f'moved this issue to <a href="{address}">lab/new#7</a>' in page(client, study, moved)
    assert page(client, study, referring).count(f'<a href="{address}">') == 2


def test_of_a_long_text_the_page_shows_the_beginning_and_all_on_demand(client, study):
    line = "<b>5 MB</b> of \u202elines\n"
    body = line * (5_000_000 // len(line))
    issue = factories.issue(factories.repository(study), body=body)
    first = page(client, study, issue)
    assert f"This text has {len(body):,} characters" in first
    assert len(first) < 60_000
    whole = client.get(reverse("issue", args=[study.slug, issue.pk]) + "?thread=whole").content.decode()
    assert whole.count("5 MB") == body.count("5 MB")
    assert "Show all of it" not in whole
    assert issue.body.markdown == body
