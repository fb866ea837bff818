"""Why an issue came back in a re-coding round: told to its rater, from their own coding alone."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Round
from annotator.queries.came_back import why_back
from annotator.services.recoding import draft_recoding_round
from annotator.states import Phase
from studies.models import Membership, Study
from tests import factories
from tests.grown import next_version

SPLIT = "“Loading” was split into “Slow”, “Never” in version 2: Two things."


@pytest.fixture
def ground(study: Study, members: dict[str, Membership]) -> Any:
    """Two issues in a closed round; what rater_b says of the first stays as it is."""
    lead, a, b = (members[name] for name in ("lead", "rater_a", "rater_b"))
    issues = [factories.issue(factories.repository(study), number=number) for number in (1, 2)]
    version = factories.taxonomy(study, by=lead.user)
    closed = factories.round_of(version, issues, [a, b], phase=Phase.DISCUSSION)
    factories.answers(closed, {a.alias: ["Loading", "Output"], b.alias: ["Output", "Loading"]})
    return SimpleNamespace(lead=lead.user, a=a, b=b, issues=issues, version=version, closed=closed)


def started(version: Any, lead: Any) -> Round:
    made = draft_recoding_round(version=version, by=lead)
    Round.objects.filter(pk=made.pk).update(phase=Phase.INDEPENDENT, started_at=factories.NOW)
    return Round.objects.get(pk=made.pk)


def told(round: Round) -> dict[tuple[str, int], list[str] | None]:
    rows = Assignment.objects.filter(round_issue__round=round).select_related("member", "round_issue__issue")
    return {(row.member.alias, row.round_issue.issue.number): why_back(row) for row in rows}


def test_each_is_told_of_the_codes_of_their_own_coding(ground: Any) -> None:
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    round = started(second, ground.lead)
    assert told(round) == {("rater-1", 1): [SPLIT], ("rater-2", 2): [SPLIT]}


def test_rounds_of_another_kind_say_nothing(ground: Any) -> None:
    assert set(map(str, told(ground.closed).values())) == {"None"}


def test_of_a_label_that_waits_nothing_is_told(ground: Any) -> None:
    factories.resolution(ground.closed.round_issues.get(issue=ground.issues[0]), ["Memory"], by=ground.lead)
    second = next_version(ground.version, ground.lead, split={"Memory": ["Slow", "Never"]})
    assert told(started(second, ground.lead)) == {("rater-1", 1): [], ("rater-2", 1): []}


def test_who_has_not_coded_it_before_is_told_nothing(ground: Any, members: Any) -> None:
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    round = started(second, ground.lead)
    drawn = round.round_issues.get(issue=ground.issues[0])
    new = Assignment.objects.create(round_issue=drawn, member=members["lead"], position=1)
    assert why_back(new) == []


def test_screen_says_it_above_the_issue(ground: Any, rater_a: Any, rater_b: Any) -> None:
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    round = started(second, ground.lead)
    client = Client()
    client.force_login(rater_a)
    page = client.get(reverse("coding", args=[round.study.slug, round.number]))
    assert f"<b>Coded again.</b> {SPLIT}" in page.content.decode()
    own = page.context["assignment"].pk
    part = client.get(reverse("coding_issue", args=[round.study.slug, round.number, own])).json()["html"]
    assert SPLIT in part
