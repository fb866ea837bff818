"""Time on task: only where the study measures it, only what can be true, told to raters; medians for the lead."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.models import Assignment, Coding, Round
from annotator.queries.timing import times_of
from annotator.services.coding import submit_coding
from studies.models import Event, Membership, Study
from studies.services.studies import update_study
from tests import factories


@pytest.fixture
def round(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    issues = [factories.issue(factories.repository(study)) for _ in range(4)]
    made = factories.round_of(
        factories.taxonomy(study, by=lead), issues, [members["rater_a"], members["rater_b"], members["lead"]]
    )
    Round.objects.filter(pk=made.pk).update(started_at=timezone.now() - timedelta(hours=1))
    return made


def measure(study: Study, lead: Any, *, on: bool = True) -> None:
    update_study(study=study, title=study.title, question="", times_coding=on, by=lead)


def submit(round: Round, user: Any, position: int, seconds: int | None) -> int | None:
    own = Assignment.objects.get(member__user=user, round_issue__round=round, position=position)
    made = submit_coding(assignment=own, outcome="none", active_seconds=seconds, client_id=uuid.uuid4(), by=user)
    return Coding.objects.get(pk=made.pk).active_seconds


def test_nothing_is_kept_unless_the_study_measures(round: Round, study: Study, rater_a: Any, lead: Any) -> None:
    assert submit(round, rater_a, 0, 30) is None
    measure(study, lead)
    assert submit(round, rater_a, 1, 30) == 30
    assert submit(round, rater_a, 2, None) is None
    measure(study, lead, on=False)
    assert submit(round, rater_a, 3, 30) is None
    told = Event.objects.filter(target="the time on task").order_by("pk")
    assert list(told.values_list("verb", flat=True)) == ["began to measure", "no longer measures"]


def test_what_cannot_be_true_is_left_out_and_the_answer_taken(
    round: Round, study: Study, rater_a: Any, rater_b: Any, lead: Any
) -> None:
    measure(study, lead)
    assert submit(round, rater_a, 0, 3700) is None
    assert submit(round, rater_a, 1, 2000) == 2000
    assert submit(round, rater_a, 2, 1700) is None
    assert submit(round, rater_a, 3, 1500) == 1500
    assert submit(round, rater_b, 0, 2000) == 2000
    assert Coding.objects.count() == 5


def test_medians_are_over_issues_with_all_their_revisions(
    round: Round, study: Study, rater_a: Any, rater_b: Any, lead: Any
) -> None:
    measure(study, lead)
    for position, seconds in ((0, 30), (1, 50), (1, 40), (2, 100), (3, None)):
        submit(round, rater_a, position, seconds)
    submit(round, rater_b, 0, 7)
    told = [(row.member.alias, row.issues, row.seconds, row.in_words) for row in times_of(round)]
    assert told == [("rater-1", 3, 90, "1 min 30 s"), ("rater-2", 1, 7, "7 s")]


def test_raters_are_told_and_leads_see_medians(round: Round, study: Study, rater_a: Any, lead: Any) -> None:
    rater, leader = Client(), Client()
    rater.force_login(rater_a), leader.force_login(lead)
    screen, page = (reverse(name, args=[study.slug, round.number]) for name in ("coding", "round"))
    assert "data-timed" not in rater.get(screen).content.decode()
    answer = leader.post(reverse("study_settings", args=[study.slug]), {"title": "Reuse", "times_coding": "on"})
    assert answer.status_code == 302
    assert "This study measures how long you work at an issue" in rater.get(screen).content.decode()
    assert "Time on task" not in leader.get(page).content.decode()
    submit(round, rater_a, 0, 75)
    assert "1 min 15 s" in leader.get(page).content.decode()
    assert "Time on task" not in rater.get(page).content.decode()
    settings = leader.get(reverse("study_settings", args=[study.slug])).content.decode()
    assert "Measure the time on task" in settings
