"""Resolution times as a study defines them: read from events, set by the lead, shown with the figures."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from analysis.datasets import labels
from analysis.datasets.times import with_times
from analysis.models import ResolutionDefinition
from analysis.queries import definition_of
from analysis.reports.findings import Viewpoint
from analysis.services.comparison import current_key
from analysis.services.definition import set_definition
from analysis.stats.resolution import EARLY, NO_START, NOT_RESOLVED, STILL_OPEN, Definition
from annotator.models import Resolution
from annotator.states import Outcome
from corpus.models import IssueEvent
from jobs.models import Job
from jobs.services import run
from studies.errors import Invalid, Refused
from studies.models import Event
from tests import factories
from tests.analysis.test_pages import words

NARROW = Definition(
    "first_label", "time_open", ("completed",), bots=False, stale=False, unit="hours", zone="Asia/Tokyo"
)


@pytest.fixture
def happen(decided):
    """Something happens to the first issue, so many days after its creation."""

    def event(kind, days, actor="someone", place=0, **data):
        issue = decided.issues[place]
        at = issue.created_at + timedelta(days=days)
        return IssueEvent.objects.create(issue=issue, kind=kind, at=at, actor=actor, data=data)

    return event


@pytest.fixture
def times(decided):
    """Of each labelled issue by its number: days if resolved, time watched, and why it is not resolved."""

    def found(definition=None):
        given = with_times(labels(decided.study, [decided.version]), definition or Definition())
        return {int(row.issue.split("#")[1]): (row.days, row.watched, row.because) for row in given}

    return found


def watched(decided, place):
    issue = decided.issues[place]
    return (issue.last_seen_at - issue.created_at).total_seconds() / 86_400


def test_the_usual_choice_needs_the_issues_alone(times, decided, django_assert_num_queries):
    assert times() == {
        1: (1, 1, ""), 2: (2, 2, ""), 3: (4, 4, ""), 5: (None, watched(decided, 4), STILL_OPEN),
        6: (-1, -1, "ends before it begins"),
    }  # fmt: skip
    given = labels(decided.study, [decided.version])
    with django_assert_num_queries(1):
        with_times(given, Definition())


def test_spells_between_closes_are_read_from_the_events(times, happen):
    happen("closed", 0.25), happen("reopened", 0.75), happen("closed", 1)
    assert times(Definition(end="first_close"))[1][0] == 0.25
    assert times(Definition(end="last_close", bots=False))[1][0] == 1
    assert times(Definition(end="time_open"))[1][0] == 0.5


def test_an_open_issue_that_was_closed_before_has_a_first_close(times, happen, decided):
    happen("closed", 3, place=4), happen("reopened", 5, place=4)
    assert times(Definition(end="first_close"))[5] == (3, 3, "")
    assert times(Definition(end="time_open"))[5] == (None, watched(decided, 4) - 2, STILL_OPEN)


def test_first_label_and_first_answer_of_a_maintainer(times, happen, decided):
    happen("labeled", 0.5, label="bug"), happen("labeled", 0.75, label="ui"), happen("labeled", 3, place=1, label="bug")
    by_label = times(Definition("first_label"))
    assert by_label[1] == (0.5, 0.5, "")
    assert by_label[2] == (-1, -1, EARLY["first_label"])
    assert by_label[3] == (None, None, NO_START["first_label"])
    issue = decided.issues[0]

    def says(hours, **fields):
        comment = factories.comment(issue, created_at=issue.created_at + timedelta(hours=hours), **fields)
        return comment

    says(1, author_association="NONE")
    says(2, author_association="MEMBER", author_is_bot=True)
    own = says(3, author_association="OWNER")
    own.author = issue.author
    own.save()
    says(6, author_association="COLLABORATOR")
    assert times(Definition("first_response"))[1] == (0.75, 0.75, "")
    assert times(Definition("first_response"))[2][2] == NO_START["first_response"]


def test_reasons_are_those_of_the_event_else_of_the_issue(times, happen, decided):
    first, second, third = decided.issues[:3]
    first.state_reason, second.state_reason, third.moved_to_url = "not_planned", "reopened", "https://x.example/1"
    for issue in (first, second, third):
        issue.save()
    happen("closed", 1)
    only = times(Definition(reasons=("completed", "untold")))
    assert {number: row[2] for number, row in only.items() if number < 4} == {1: NOT_RESOLVED, 2: "", 3: NOT_RESOLVED}
    assert only[1] == (None, 1, NOT_RESOLVED)
    assert times(Definition(reasons=("moved",), end="first_close"))[3] == (4, 4, "")
    happen("closed", 4, place=2, state_reason="completed")
    assert times(Definition(reasons=("moved",), end="first_close"))[3] == (4, 4, "")


@pytest.mark.parametrize(
    ("actor", "marks", "bots", "stale"),
    [
        ("someone", [("labeled", 0.5, "stale")], True, True),
        ("helper[bot]", [], False, True),
        ("stale[bot]", [], False, False),
        ("actions[bot]", [("labeled", 0.5, "Stale")], False, False),
        ("actions[bot]", [("labeled", 0.2, "stale"), ("unlabeled", 0.5, "stale")], False, True),
        ("actions[bot]", [("labeled", 2, "stale")], False, True),
    ],
)
def test_closes_by_bots_and_of_stale_issues(times, happen, actor, marks, bots, stale):
    """`bots` and `stale`: whether the close still counts when the ones or the others do not."""
    for kind, days, label in marks:
        happen(kind, days, label=label)
    happen("closed", 1, actor=actor)
    is_stale = not stale
    assert (times(Definition(bots=False))[1][0] == 1) is (bots or is_stale)
    assert (times(Definition(stale=False))[1][0] == 1) is stale


def test_without_events_the_issue_tells_who_closed_it(times, decided):
    issue = decided.issues[0]
    issue.closed_by, issue.labels = "actions[bot]", ["Stale issue"]
    issue.save()
    assert times(Definition(stale=False))[1] == (None, 1, NOT_RESOLVED)
    assert times(Definition(bots=False))[1] == (1, 1, "")
    issue.labels = []
    issue.save()
    assert times(Definition(bots=False))[1] == (None, 1, NOT_RESOLVED)
    IssueEvent.objects.create(issue=issue, kind="closed", at=issue.closed_at, actor="actions[bot]")
    issue.labels = ["stale"]
    issue.save()
    assert times(Definition(stale=False))[1] == (None, 1, NOT_RESOLVED)


class TestSetting:
    def test_it_counts_from_now_on_and_is_told(self, study, lead, members):
        assert definition_of(study) == Definition()
        assert set_definition(study=study, definition=NARROW, by=lead) is True
        assert definition_of(study) == NARROW
        told = Event.objects.latest("pk")
        assert (told.verb, told.target) == ("set", "what resolution time means")
        assert told.data["reasons"] == ["completed"]
        assert set_definition(study=study, definition=NARROW, by=lead) is False
        set_definition(study=study, definition=Definition(), by=lead)
        assert definition_of(study) == Definition()
        assert ResolutionDefinition.objects.count() == 2

    @pytest.mark.parametrize(
        ("fields", "place", "told"),
        [
            ({"start": "birth"}, "start", "Choose one of: creation, first_label, first_response."),
            ({"end": "never"}, "end", "Choose one of: first_close, last_close, time_open."),
            ({"unit": "years"}, "unit", "Choose one of: hours, days, weeks."),
            ({"reasons": ()}, "reasons", "Choose at least one reason that counts as resolved."),
            ({"reasons": ("won",)}, "reasons", "Choose at least one reason that counts as resolved."),
            ({"zone": "Berlin"}, "zone", "There is no such time zone. Use a name such as Europe/Berlin."),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, study, lead, members, fields, place, told):
        with pytest.raises(Invalid) as refused:
            set_definition(study=study, definition=Definition(**fields), by=lead)
        assert refused.value.message_dict == {place: [told]}

    def test_raters_do_not_set_it(self, study, rater_a, members):
        with pytest.raises(Refused):
            set_definition(study=study, definition=NARROW, by=rater_a)

    def test_tests_are_asked_for_anew(self, decided):
        view = Viewpoint(decided.version)
        before = current_key(decided.study, view)
        set_definition(study=decided.study, definition=Definition(unit="hours"), by=decided.lead)
        assert current_key(decided.study, view) != before


class TestPage:
    @pytest.fixture
    def client(self, lead):
        client = Client()
        client.force_login(lead)
        return client

    def test_the_lead_changes_it_and_the_figures_follow(self, decided, client):
        page = reverse("resolution_time", args=[decided.study.slug])
        assert "As it was set" not in words(client.get(page))
        asked = {"start": "creation", "end": "last_close", "unit": "hours", "zone": "Asia/Tokyo", "stale": "on",
                 "reasons": ["completed", "untold"]}  # fmt: skip
        assert client.post(page, asked).url == reverse("findings", args=[decided.study.slug]) + "#times"
        assert definition_of(decided.study).zone == "Asia/Tokyo"
        text = words(client.get(reverse("findings", args=[decided.study.slug])))
        assert (
            "from an issue’s creation to its last close, in hours. Not counted as resolved: closes as not planned"
            in text
        )
        assert "(Asia/Tokyo) at the latest. Change what it means" in text
        assert "All issues, each once 3 36.0 48.0 72.0 1" in text
        earlier = words(client.get(page)).split("As it was set")[1]
        assert "lead: Resolution time: from an issue’s creation to its last close, in hours." in earlier

    def test_what_is_wrong_stands_at_its_field(self, decided, client):
        page = reverse("resolution_time", args=[decided.study.slug])
        asked = {"start": "creation", "end": "last_close", "unit": "days", "zone": "Moon"}
        text = words(client.post(page, asked))
        assert "Choose at least one reason that counts as resolved." in text
        text = words(client.post(page, asked | {"reasons": ["completed"]}))
        assert "There is no such time zone. Use a name such as Europe/Berlin." in text

    def test_findings_offer_both_views_and_tell_what_each_leaves_out(self, decided, client, observer):
        text = words(client.get(reverse("findings", args=[decided.study.slug])))
        assert "With open issues, followed as long as they were watched: recommended" in text
        assert "1 issue is left out. Without the open ones" in text
        assert "Closed issues only 2 issues without a resolution time are left out." in text
        assert "Memory 1 0 undefined: A curve needs 3 issues." in text.replace("– ", "")
        client.force_login(observer)
        assert "Change what it means" not in words(client.get(reverse("findings", args=[decided.study.slug])))

    def test_tests_without_issues_of_several_categories(self, decided, client):
        client.post(reverse("findings_refresh", args=[decided.study.slug]), {"version": decided.version.pk})
        run(Job.objects.get().pk)
        page = reverse("findings", args=[decided.study.slug])
        assert "Compare only issues with one category . Without them:" in words(client.get(page))
        alone = words(client.get(page, {"several": "left_out"}))
        assert "They are left out here: only issues with one category are compared" in alone
        assert "Loading (n = 1) and Output (n = 1)" in words(
            client.get(page, {"several": "left_out", "first": "Loading", "second": "Output"})
        )

    def test_issues_not_about_the_topic_are_compared_with_the_others(self, decided, client):
        made = factories.resolution(decided.drawn[3], [], by=decided.lead)
        Resolution.objects.filter(pk=made.pk).update(outcome=Outcome.OFF_TOPIC)
        client.post(reverse("findings_refresh", args=[decided.study.slug]), {"version": decided.version.pk})
        run(Job.objects.get().pk)
        text = words(client.get(reverse("findings", args=[decided.study.slug])))
        topic = text.split("About the topic or not")[1]
        assert "Too few observations for a test: not about the topic has 1; each group needs 3." in topic
        assert "Kaplan–Meier" not in text.split("Among the categories")[1].split("How each was made")[0]
