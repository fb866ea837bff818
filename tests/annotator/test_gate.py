"""The gate: what screening says of each issue, what is drawn by it, and where its counts stand."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Resolution, Round
from annotator.queries.screening import result_of, screening_of, screening_results
from annotator.services.phases import close_round, mark_resolved
from annotator.services.resolution import resolve, resolve_unanimous
from annotator.services.rounds import draft_round
from annotator.states import Kind, Phase
from corpus.board import find
from corpus.filters import IssueFilter
from corpus.frames import chains_of, funnel_of
from corpus.funnel import sentence, svg
from corpus.models import Issue
from corpus.services.frames import count_again, create_frame
from studies.errors import Invalid
from studies.models import Membership, Study
from tests import factories
from tests.screening import IN, OUT, UNSURE, criteria, screened_study, screening_round


@pytest.fixture
def closed(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    return screened_study(study, members, lead)


@pytest.fixture
def decided(closed: Round, lead: Any) -> Round:
    """1 is in, 2 and 3 are out; 4 and 5 are undecided; 6 was coded by nobody, 7 is in no round."""
    resolve_unanimous(round=closed, by=lead)
    spam = factories.codes_of(closed.version, ["Spam"])[0].pk
    third = closed.round_issues.get(issue__number=3)
    resolve(round_issue=third, outcome=OUT, codes=[spam], how="lead", reason="Ad.", by=lead)
    return closed


def numbers(issues: Any) -> list[int]:
    return sorted(Issue.objects.filter(pk__in=list(issues)).values_list("number", flat=True))


def by_number(study: Study) -> dict[int, str]:
    names = dict(Issue.objects.values_list("pk", "number"))
    return {names[pk]: said for pk, said in screening_results(study).items()}


EXPECTED = {"in": [1], "out": [2, 3], "undecided": [4, 5], "": [6, 7]}


def test_each_issue_has_its_result(decided: Round, study: Study) -> None:
    assert by_number(study) == {1: "in", 2: "out", 3: "out", 4: "undecided", 5: "undecided"}
    told = screening_of(study)
    assert told
    assert (told.screened, told.screened_in, told.screened_out, told.undecided) == (5, 1, 2, 2)


@pytest.mark.parametrize("values", [["in"], ["out"], ["undecided"], [""], ["in", "undecided"], ["odd"]])
def test_list_and_frame_choose_by_it_alike(decided: Round, study: Study, values: list[str]) -> None:
    wanted = sorted(number for value in values for number in EXPECTED.get(value, []))
    asked = IssueFilter.from_params({"screened": values})
    assert numbers(find(study, asked, viewer=None).page(50).ids) == wanted
    there = asked.apply(Issue.objects.filter(repository__study=study))
    assert sorted(there.values_list("number", flat=True)) == wanted


def test_the_latest_decision_counts_over_rounds(decided: Round, study: Study, members: Any, lead: Any) -> None:
    raters = [members["rater_a"], members["rater_b"]]
    issues = list(Issue.objects.filter(number__in=(2, 4)).order_by("number"))
    again = screening_round(criteria(study, lead), issues, raters, [(IN, IN), (UNSURE, IN)])
    assert by_number(study)[2] == "out"
    resolve_unanimous(round=again, by=lead)
    assert by_number(study) == {1: "in", 2: "in", 3: "out", 4: "undecided", 5: "undecided"}
    assert IssueFilter.from_params({"screened": ["out"]}).apply(Issue.objects.all()).get().number == 3


def test_a_running_round_tells_nothing(study: Study, members: Any, lead: Any) -> None:
    issue = factories.issue(factories.repository(study), number=1)
    running = screening_round(criteria(study, lead), [issue], [members["rater_a"]], [(IN,)], phase=Phase.INDEPENDENT)
    assert (screening_results(study), screening_of(study), result_of(running)) == ({}, None, None)
    assert IssueFilter.from_params({"screened": [""]}).apply(Issue.objects.all()).get() == issue


def test_who_codes_an_issue_now_is_told_nothing_of_its_screening(
    decided: Round, study: Study, members: Any, lead: Any
) -> None:
    first = Issue.objects.get(number=1)
    factories.round_of(factories.taxonomy(study, by=lead), [first], [members["rater_a"]])
    asked = IssueFilter.from_params({"screened": ["in", ""]})
    assert numbers(find(study, asked, viewer=members["rater_a"]).page(50).ids) == [6, 7]
    assert numbers(find(study, asked, viewer=members["rater_b"]).page(50).ids) == [1, 6, 7]


@pytest.mark.parametrize(("says_so", "expected"), [(True, {1: "in", 2: "out"}), (False, {})])
def test_unanimous_answers_are_decided_at_the_close_where_the_round_says_so(
    study: Study, members: Any, lead: Any, says_so: bool, expected: dict[int, str]
) -> None:
    issues = [factories.issue(factories.repository(study), number=number) for number in (1, 2, 3, 4)]
    raters = [members["rater_a"], members["rater_b"]]
    said = [(IN, IN), (OUT, OUT), (IN, OUT), (UNSURE, UNSURE)]
    round = screening_round(
        criteria(study, lead), issues, raters, said, phase=Phase.INDEPENDENT, settles_unanimous=says_so
    )
    close_round(round=round, by=lead)
    found = {row.round_issue.issue.number: (row.outcome, row.how, row.decided_by) for row in Resolution.objects.all()}
    assert found == {number: (outcome, "unanimous", lead) for number, outcome in expected.items()}
    assert by_number(study) == {number: expected.get(number, "undecided") for number in (1, 2, 3, 4)}


def test_a_round_tells_what_came_of_it(decided: Round, study: Study, lead: Any) -> None:
    result = result_of(decided)
    assert result
    counts = result.counts
    assert (counts.screened, counts.screened_in, counts.screened_out, counts.undecided) == (5, 1, 2, 2)
    assert (result.reasons, result.without_reason) == ([("Spam", 1)], 1)
    last = decided.round_issues.get(issue__number=6)
    resolve(round_issue=last, outcome=IN, how="lead", reason="I read it.", by=lead)
    counted = result_of(decided)
    assert counted
    assert (counted.counts.screened, counted.counts.undecided) == (6, 2)
    client = Client()
    client.force_login(lead)
    text = client.get(reverse("round", args=[study.slug, decided.number])).content.decode()
    assert "What screening says" in text
    assert result_of(factories.round_of(factories.taxonomy(study, by=lead), [], [], phase=Phase.DISCUSSION)) is None


def draw(study: Study, version: Any, rater: Any, by: Any, **asked: Any) -> Round:
    return draft_round(study=study, version=version, raters=[rater], by=by, **asked)


def test_a_round_draws_only_what_was_screened_in(decided: Round, study: Study, members: Any, lead: Any) -> None:
    version = factories.taxonomy(study, by=lead)
    round = draw(study, version, members["rater_a"], lead, size=1, screened_in=True)
    assert [row.issue.number for row in round.round_issues.all()] == [1]
    assert (round.sample["of"], round.sample["left_out_screening"]) == (1, 6)
    with pytest.raises(Invalid, match="has 1 issues screened in; draw 1 or fewer"):
        draw(study, version, members["rater_a"], lead, size=2, screened_in=True)


def test_a_frame_draws_only_what_was_screened_in(decided: Round, study: Study, members: Any, lead: Any) -> None:
    frame = create_frame(study=study, name="Screened", params={"screened": ["in", "undecided"]}, by=lead)
    round = draw(study, factories.taxonomy(study, by=lead), members["rater_a"], lead, size=3, frame=frame)
    assert sorted(row.issue.number for row in round.round_issues.all()) == [1, 4, 5]


def test_without_any_screened_in_nothing_can_be_drawn(closed: Round, study: Study, members: Any, lead: Any) -> None:
    with pytest.raises(Invalid, match="no issue was screened in"):
        draw(study, factories.taxonomy(study, by=lead), members["rater_a"], lead, size=1, screened_in=True)


def test_screened_is_not_coded_when_a_round_leaves_out_what_is(
    decided: Round, study: Study, members: Any, lead: Any
) -> None:
    rater, version = members["rater_a"], factories.taxonomy(study, by=lead)
    coding = draw(study, version, rater, lead, size=7, without_coded=True)
    assert (coding.sample["left_out_coded"], coding.round_issues.count()) == (0, 7)
    more = {"kind": Kind.SCREENING, "without_coded": True}
    screening = draw(study, decided.version, rater, lead, size=2, **more)
    assert sorted(row.issue.number for row in screening.round_issues.all()) == [6, 7]
    assert screening.sample["left_out_coded"] == 5


def test_the_next_of_an_order_passes_the_gate_too(decided: Round, study: Study, members: Any, lead: Any) -> None:
    version, rater = factories.taxonomy(study, by=lead), members["rater_a"]
    seed = next(
        seed for seed in range(50)
        if draw_numbers(study, version, rater, lead, seed) != [1]
    )  # fmt: skip
    first = Round.objects.filter(sample__seed=seed, kind=Kind.CODING).last()
    client = Client()
    client.force_login(lead)
    asked = {
        "kind": "coding", "version": version.pk, "raters": rater.pk, "method": "next", "after": first.pk, "size": 1,
        "several_codes": "several", "screened_in": "on", "each": "every",
    }  # fmt: skip
    answer = client.post(reverse("round_new", args=[study.slug]), asked)
    assert answer.status_code == 302
    last = Round.objects.order_by("-number").first()
    assert last
    assert [row.issue.number for row in last.round_issues.all()] == [1]


def draw_numbers(study: Study, version: Any, rater: Any, by: Any, seed: int) -> list[int]:
    round = draw(study, version, rater, by, size=1, seed=seed)
    return [row.issue.number for row in round.round_issues.all()]


def test_the_way_to_the_sample_tells_why(decided: Round, study: Study, lead: Any) -> None:
    first = create_frame(study=study, name="With a number", params={"created_from": ["2020-01-01"]}, by=lead)
    frame = create_frame(study=study, name="Screened in", params={"screened": ["in"]}, parent=first, by=lead)
    funnel = funnel_of(frame)
    assert [step.why for step in funnel.steps] == [
        (), (("screened out", 2), ("undecided in screening", 2), ("not screened", 2)),
    ]  # fmt: skip
    assert sentence(funnel).endswith(
        "Screened in (screened in): 1, 6 left out (screened out 2, undecided in screening 2, not screened 2)."
    )
    assert ">screened out 2</text>" in svg(funnel)
    client = Client()
    client.force_login(lead)
    page = client.get(reverse("frame", args=[study.slug, frame.pk])).content.decode()
    assert "left out: screened out 2, undecided in screening 2, not screened 2" in page


def test_the_counts_of_a_frozen_frame_stay(decided: Round, study: Study, members: Any, lead: Any) -> None:
    frame = create_frame(study=study, name="Screened in", params={"screened": ["in"]}, by=lead)
    draw(study, factories.taxonomy(study, by=lead), members["rater_a"], lead, size=1, frame=frame)
    fourth = decided.round_issues.get(issue__number=4)
    resolve(round_issue=fourth, outcome=OUT, how="lead", reason="So.", by=lead)
    count_again(study=study, by=lead)
    assert chains_of(study)[0].steps[0].reasons == ["screened out 2", "undecided in screening 2", "not screened 2"]


def test_the_overview_counts_the_way_from_import_to_label(
    decided: Round, study: Study, members: Any, lead: Any
) -> None:
    client = Client()
    client.force_login(lead)
    page = client.get(reverse("study", args=[study.slug])).content.decode()
    assert "2 screened out, 2 undecided" in page
    assert "1 of those screened in are in no coding round" in page
    issues = list(Issue.objects.filter(number__in=(1, 7)))
    factories.round_of(factories.taxonomy(study, by=lead), issues, [members["rater_a"]])
    page = client.get(reverse("study", args=[study.slug])).content.decode()
    assert "0 of those screened in are in no coding round; 1 drawn were not screened in" in page


def test_programs_draw_what_was_screened_in(decided: Round, study: Study, lead: Any) -> None:
    client = Client()
    client.force_login(lead)
    version = factories.taxonomy(study, by=lead)
    asked = {"version": version.pk, "raters": ["rater-1"], "size": 1, "screened_in": True, "settles_unanimous": True}
    made = client.post(reverse("api-rounds", args=[study.slug]), asked, content_type="application/json")
    assert (made.status_code, made.json()["settles_unanimous"]) == (201, True)
    assert made.json()["sample"]["left_out_screening"] == 6


def test_a_screening_round_is_resolved_like_others(decided: Round, lead: Any) -> None:
    for number in (4, 5):
        drawn = decided.round_issues.get(issue__number=number)
        resolve(round_issue=drawn, outcome=IN, how="lead", reason="So.", by=lead)
    assert mark_resolved(round=decided, by=lead).resolved_at is not None
