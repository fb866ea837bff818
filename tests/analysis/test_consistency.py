"""How far a rater agrees with themselves: computed from what was hidden in a round, and in no other figure."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analysis.datasets import closed_rounds, ratings
from analysis.datasets.labels import undecided
from analysis.datasets.twice import coded_twice, consistency_of
from analysis.exports.archive import archive
from analysis.exports.dataset import Options, build
from analysis.queries import counts_by_round, versions_with_findings
from analysis.reports.consistency import LEAST, consistency_report, sentence
from annotator.models import Assignment, Coding, Round
from annotator.states import Kind, Outcome, Phase
from studies.models import Membership, Study
from tests import factories


@pytest.fixture
def world(study: Study, members: dict[str, Membership], lead: Any) -> SimpleNamespace:
    """Round 1 with six issues by two raters; round 2 hid six of rater_a and two of rater_b, kept in round 3.

    rater_a says L L L O O and unclear first, then L L O O O and L: 4 of 5 the same."""
    a, b = members["rater_a"], members["rater_b"]
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    issues = [factories.issue(factories.repository(study), number=number) for number in range(1, 8)]
    first = factories.round_of(version, issues[:6], [a, b], phase=Phase.DISCUSSION)
    factories.answers(first, {
        "rater-1": ["Loading", "Loading", "Loading", "Output", "Output", None],
        "rater-2": ["Loading", "Output", "", "Output", "Output", "Output"],
    })  # fmt: skip
    factories.coding(Assignment.objects.get(round_issue__round=first, round_issue__issue=issues[5], member=a),
                     outcome=Outcome.UNCLEAR)  # fmt: skip
    host = factories.round_of(version, issues[6:], [a, b], phase=Phase.DISCUSSION)
    apart = factories.round_of(version, [], [], phase=Phase.RESOLVED, kind=Kind.CONSISTENCY)
    Round.objects.filter(pk=apart.pk).update(sample={"hidden_in": host.number, "after_days": 14, "size": 6})
    apart.refresh_from_db()
    again = {a: ["Loading", "Loading", "Output", "Output", "Output", "Loading"], b: ["Loading", None]}
    for place, issue in enumerate(issues[:6]):
        drawn = apart.round_issues.create(issue=issue, position=place)
        for member, said in again.items():
            if place < len(said):
                before = Assignment.objects.get(round_issue__round=first, round_issue__issue=issue, member=member)
                row = Assignment.objects.create(round_issue=drawn, member=member, position=place, repeats=before)
                if name := said[place]:
                    factories.coding(row, [name])
    Coding.objects.filter(assignment__round_issue__round=apart).update(submitted_at=factories.NOW + timedelta(days=30))
    return SimpleNamespace(study=study, first=first, host=host, apart=apart, version=version, lead=lead)


def test_each_rater_is_compared_with_themselves(world: SimpleNamespace) -> None:
    assert consistency_of(world.host) == consistency_of(world.apart) == world.apart
    assert consistency_of(world.first) is None
    report = consistency_report(coded_twice(world.apart))
    one, other = report.raters
    assert (one.rater, one.given, one.coded, one.rated, one.days) == ("rater-1", 6, 6, 5, 30)
    assert one.percent.value == pytest.approx(0.8)
    # First 3/5 and 2/5, second 2/5 and 3/5: by chance 12/25 are the same; κ = (0.8 − 0.48) / 0.52.
    assert one.kappa.value == pytest.approx(0.32 / 0.52)
    assert (other.rater, other.given, other.coded, other.rated) == ("rater-2", 2, 1, 1)
    why = f"1 issue was rated twice; fewer than {LEAST} say too little."
    assert [(figure.value, figure.interval, figure.undefined_because) for figure in (other.percent, other.kappa)] == [
        (None, None, why), (None, None, why),
    ]  # fmt: skip
    assert [(row.rater, row.issue, row.first, row.second, row.days) for row in report.others] == [
        ("rater-1", "tidewater/captioner#3", "Loading", "Output", 30)
    ]


def test_it_is_told_in_a_sentence(world: SimpleNamespace) -> None:
    report = consistency_report(coded_twice(world.apart))
    assert [sentence(report, row, row.rater) for row in report.raters] == [
        "rater-1 coded 5 issues a second time after 14 days or more (median 30): 80.0 % the same, Cohen’s κ = 0.62.",
        f"rater-2: undefined. 1 issue was rated twice; fewer than {LEAST} say too little.",
    ]


def test_a_rater_who_coded_none_again_has_no_days(world: SimpleNamespace) -> None:
    theirs = Coding.objects.filter(assignment__round_issue__round=world.apart, assignment__member__alias="rater-2")
    theirs.get().applied.all().delete()
    theirs.delete()
    row = consistency_report(coded_twice(world.apart)).raters[1]
    assert (row.coded, row.days) == (0, None)
    assert row.kappa.undefined_because == f"0 issues were rated twice; fewer than {LEAST} say too little."


def test_where_all_is_the_same_kappa_is_undefined_and_percent_is_not(world: SimpleNamespace) -> None:
    codes = factories.codes_of(world.version, ["Output"])
    for coding in Coding.objects.filter(assignment__member__alias="rater-1", outcome=Outcome.CODED):
        coding.codes.set(codes)
    report = consistency_report(coded_twice(world.apart))
    row = report.raters[0]
    assert (row.percent.value, row.kappa.value) == (1.0, None)
    assert "explains all agreement" in (row.kappa.undefined_because or "")
    assert sentence(report, row, "Ada").endswith("100.0 % the same, Cohen’s κ = undefined.")


def test_no_other_figure_has_the_second_codings(world: SimpleNamespace) -> None:
    assert [round.number for round in closed_rounds(world.study)] == [2, 1]
    assert len(list(ratings(closed_rounds(world.study)))) == 12
    assert counts_by_round(world.study)[world.apart.number].undecided == 0
    assert undecided(world.study, [world.version]) == 6
    assert versions_with_findings(world.study) == [world.version]


def test_the_agreement_page_of_its_round_shows_it(world: SimpleNamespace) -> None:
    client = Client()
    client.force_login(world.lead)
    page = client.get(f"{reverse('agreement', args=[world.study.slug])}?round={world.host.number}")
    text = page.content.decode()
    assert "The same rater, a second time" in text
    assert "1 issue coded otherwise the second time" in text
    assert [round.number for round in page.context["rounds"]] == [2, 1]
    assert client.get(f"{reverse('agreement', args=[world.study.slug])}?round=3").status_code == 404
    assert (
        "a second time" not in client.get(f"{reverse('agreement', args=[world.study.slug])}?round=1").content.decode()
    )
    overview = client.get(reverse("study", args=[world.study.slug]))
    assert [line.round.number for line in overview.context["lines"]] == [2, 1]


def test_the_export_has_a_file_of_its_own(world: SimpleNamespace) -> None:
    data = build(world.study, world.version.taxonomy, Options())
    assert {each.round for each in data.codings} == {1}
    rows = [(row.second.rater, row.second.issue, row.values and row.values[0] == row.values[1]) for row in data.twice]
    key = "tidewater/captioner#{}".format
    assert sorted(rows, key=str) == sorted([
        ("rater-1", key(1), True), ("rater-1", key(2), True), ("rater-1", key(3), False), ("rater-1", key(4), True),
        ("rater-1", key(5), True), ("rater-1", key(6), None), ("rater-2", key(1), True),
    ], key=str)  # fmt: skip
    assert archive(data) == archive(data)
    named = build(world.study, world.version.taxonomy, Options(real_names=True))
    assert {row.first.rater for row in named.twice} == {"rater_a", "rater_b"}
    assert [facts.included for facts in data.rounds] == [True, True, True]
