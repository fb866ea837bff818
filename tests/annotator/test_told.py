"""What closed rounds tell the list of issues, and what nobody learns from it who codes these issues now."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Round, RoundIssue
from annotator.queries import told
from annotator.states import Phase
from corpus.board import CODED, FACETS, find
from corpus.filters import IssueFilter
from corpus.models import Issue, Part, Revision
from corpus.services.frames import create_frame
from studies.models import Membership, Study
from tests import factories

FILTERS = [
    {"coded": ["labelled"]}, {"coded": ["coded"]}, {"coded": ["drawn"]}, {"coded": [""]}, {"coded": ["", "drawn"]},
    {"coded": ["odd"]}, {"coded_as": ["Loading"]}, {"coded_as": ["Output", "Memory"]},
    {"coded_as": ["none of these", ""]}, {"coded_as": ["odd"]}, {"changed": ["yes"]}, {"changed": ["no"]},
    {"changed": ["yes", "no"]}, {"coded": ["labelled"], "coded_as": ["Output"], "changed": ["no"]},
]  # fmt: skip


@pytest.fixture
def world(study: Study, members: dict[str, Membership], lead: Any) -> dict[str, Any]:
    """Issues 1 to 7. Closed: 1 and 2 are labelled, 3 as none of these, 4 is coded, 5 is drawn only. Running, for
    rater_a: 1 and 6. The text of 2 and 4 has changed since."""
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    repository = factories.repository(study)
    issues = [factories.issue(repository, number=number) for number in range(1, 8)]
    closed = factories.round_of(version, issues[:5], [members["rater_a"], members["rater_b"]], phase=Phase.DISCUSSION)
    factories.answers(
        closed,
        {
            "rater-1": ["Loading", "Loading", "", "Output", None],
            "rater-2": ["Output", "Output", "", "Output", None],
        },
    )
    for issue, names in ((issues[0], ["Output"]), (issues[1], ["Loading", "Output"]), (issues[2], [])):
        factories.resolution(RoundIssue.objects.get(round=closed, issue=issue), names, by=lead)
    running = factories.round_of(version, [issues[0], issues[5]], [members["rater_a"]])
    factories.answers(running, {"rater-1": ["Loading", "Loading"]})
    Issue.objects.filter(pk=issues[1].pk).update(body=factories.text("Another text."))
    Revision.objects.create(
        issue=issues[3], part=Part.TITLE, text=factories.text("Before"), replaced_at=factories.NOW + timedelta(days=1)
    )
    return {"issues": issues, "closed": closed, "running": running, "version": version}


def numbers(study: Study, viewer: Membership | None = None, **params: list[str]) -> set[int]:
    found = find(study, IssueFilter.from_params(params), viewer=viewer)
    return set(Issue.objects.filter(pk__in=found.page(50).ids).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"coded": ["labelled"]}, {1, 2, 3}),
        ({"coded": ["coded"]}, {4}),
        ({"coded": ["drawn"]}, {5}),
        ({"coded": [""]}, {6, 7}),
        ({"coded_as": ["Output"]}, {1, 2}),
        ({"coded_as": ["Loading", "none of these"]}, {2, 3}),
        ({"coded_as": [""]}, {4, 5, 6, 7}),
        ({"changed": ["yes"]}, {2, 4}),
    ],
)
def test_the_list_is_narrowed_by_what_closed_rounds_say(
    study: Study, world: Any, params: dict[str, list[str]], expected: set[int]
) -> None:
    assert numbers(study, **params) == expected


@pytest.mark.parametrize("who", [None, "lead", "rater_a", "rater_b"])
@pytest.mark.parametrize("params", FILTERS)
def test_the_filter_in_sql_says_what_the_board_says(
    study: Study, world: Any, members: dict[str, Membership], params: dict[str, list[str]], who: str | None
) -> None:
    viewer, asked = members[who] if who else None, IssueFilter.from_params(params)
    here = Issue.objects.filter(repository__study=study)
    assert numbers(study, viewer, **params) == set(asked.apply(here, viewer).values_list("number", flat=True))


def test_counts_and_order_follow(study: Study, world: Any) -> None:
    found = find(study, IssueFilter(), CODED)
    assert {name: found.counts[name] for name in ("coded", "coded_as", "changed")} == {
        "coded": {"labelled": 3, "coded": 1, "drawn": 1, "": 2},
        "coded_as": {"Output": 2, "Loading": 1, "none of these": 1, "": 4},
        "changed": {"yes": 2, "no": 5},
    }
    order = {issue.pk: issue.number for issue in world["issues"]}
    assert [order[pk] for pk in found.page(9).ids] == [3, 2, 1, 4, 5, 7, 6]


def test_who_codes_an_issue_now_is_told_nothing_of_it(study: Study, world: Any, members: dict[str, Membership]) -> None:
    rater = members["rater_a"]
    found = find(study, IssueFilter(), CODED, rater)
    assert found.total == 7
    assert {name: found.counts[name] for name in ("coded", "coded_as", "changed")} == {
        "coded": {"labelled": 2, "coded": 1, "drawn": 1, "": 1},
        "coded_as": {"Output": 1, "Loading": 1, "none of these": 1, "": 3},
        "changed": {"yes": 2, "no": 3},
    }
    mine = {issue.pk for issue in (world["issues"][0], world["issues"][5])}
    assert {pk: found.told([pk])[pk] for pk in mine} == {
        pk: {"screened": [], "coded": [], "coded_as": [], "changed": []} for pk in mine
    }
    everything = {numbers_ for params in FILTERS for numbers_ in numbers(study, rater, **params)}
    assert everything == {2, 3, 4, 5, 7}


@pytest.mark.parametrize("phase", [Phase.DRAFTED, Phase.INDEPENDENT])
def test_nothing_that_runs_moves_a_count(study: Study, world: Any, members: dict[str, Membership], phase: str) -> None:
    """Not even that an issue was drawn, or that somebody has coded it."""
    before = find(study, IssueFilter()).counts
    started = factories.round_of(world["version"], world["issues"][4:], [members["rater_b"]], phase=phase)
    for assignment in Assignment.objects.filter(round_issue__round=started):
        factories.coding(assignment, ["Output"])
    assert find(study, IssueFilter()).counts == before
    Round.objects.filter(pk=started.pk).update(
        phase=Phase.DISCUSSION, started_at=factories.NOW, closed_at=factories.NOW
    )
    assert find(study, IssueFilter()).counts["coded"] == {"labelled": 3, "coded": 4}


@pytest.mark.parametrize("name", ["issues", "issue", "frame", "api-issues"])
def test_pages_are_the_same_whatever_an_issue_was_coded_as_before(
    study: Study, world: Any, lead: Any, rater_a: Any, name: str
) -> None:
    """The issue's row, its page, a frame chosen by labels and the API, read by somebody who codes it now."""
    frame = create_frame(study=study, name="Output", params={"coded_as": ["Output"]}, by=lead)
    more = {"issue": {"issue_id": world["issues"][0].pk}, "frame": {"frame_id": frame.pk}}.get(name, {})
    address = reverse(name, kwargs={"slug": study.slug, **more}) + "?column=coded&column=coded_as&sort=coded"
    client = Client()
    client.force_login(rater_a)

    def seen() -> list[str]:
        lines = client.get(address).content.decode().splitlines()
        return [line for line in lines if "csrf" not in line.lower()]

    before = seen()
    drawn = RoundIssue.objects.get(round=world["closed"], issue=world["issues"][0])
    factories.resolution(drawn, [], by=lead)
    assert seen() == before


def test_a_frame_by_labels_hides_its_list_from_who_codes_now(
    study: Study, world: Any, lead: Any, rater_a: Any, rater_b: Any
) -> None:
    above = create_frame(study=study, name="Output", params={"coded_as": ["Output"]}, by=lead)
    frame = create_frame(study=study, name="Closed", params={"state": ["closed"]}, parent=above, by=lead)
    assert (above.counted, above.criteria) == (2, "labelled Output in this study")
    listed = {}
    for person in (lead, rater_a, rater_b):
        client = Client()
        client.force_login(person)
        page = client.get(reverse("frame", args=[study.slug, frame.pk]))
        listed[person.name] = (len(page.context["page"]), "hidden from you until" in page.content.decode())
    assert listed == {"lead": (2, False), "rater_a": (0, True), "rater_b": (2, False)}


def test_change_is_noted_on_issue_list_and_disagreement(study: Study, world: Any, lead: Any, rater_a: Any) -> None:
    client = Client()
    client.force_login(lead)
    changed, same = world["issues"][1], world["issues"][0]
    said = "The text has changed since this issue was coded"
    for issue, expected in ((changed, True), (same, False)):
        pages = [
            client.get(reverse("issue", args=[study.slug, issue.pk])),
            client.get(reverse("disagreement", args=[study.slug, world["closed"].number, issue.pk])),
        ]
        assert [said in page.content.decode() for page in pages] == [expected, expected]
        link = reverse("issue_revisions", args=[study.slug, issue.pk])
        assert [link in page.content.decode() for page in pages] == [expected, expected]
    assert client.get(reverse("issues", args=[study.slug])).content.decode().count("text changed since") == 2


def test_labels_of_another_study_are_not_told(study: Study, world: Any) -> None:
    other = factories.study("Other", "other")
    factories.issue(factories.repository(other), number=9)
    assert find(other, IssueFilter()).counts["coded"] == {"": 1}
    assert {name: list(pairs) for name, pairs in told.values(other).items()} == {
        "screened": [], "coded": [], "coded_as": [], "changed": [],
    }  # fmt: skip
    assert set(FACETS) >= {"coded", "coded_as", "changed"}
