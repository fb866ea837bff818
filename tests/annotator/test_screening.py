"""Screening: belongs, does not, or unsure, with criteria beside it. It is agreed on, disagreed on and decided like
codes, and no coding."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Coding, Resolution, Round
from annotator.queries.disagreements import answer_with, cases_of
from annotator.queries.palette import flat, palette_of
from annotator.queries.recoding import consequences, given_codings, queue_of
from annotator.services.coding import submit_coding
from annotator.services.recoding import draft_recoding_round
from annotator.services.resolution import resolve, resolve_unanimous
from annotator.services.rounds import draft_round
from annotator.states import Kind, Outcome, Phase
from studies.errors import Invalid
from studies.models import Membership, Study
from taxonomy.carrying import Step
from taxonomy.models import Code, Purpose
from taxonomy.services.editing import create_taxonomy
from tests import factories
from tests.screening import IN, OUT, UNSURE, criteria, screened_study, screening_round


@pytest.fixture
def closed(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    return screened_study(study, members, lead)


@pytest.fixture
def running(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    issues = [factories.issue(factories.repository(study), number=number) for number in (1, 2)]
    return screening_round(criteria(study, lead), issues, [members["rater_a"]], phase=Phase.INDEPENDENT)


@pytest.fixture
def mine(running: Round) -> list[Assignment]:
    return list(Assignment.objects.filter(round_issue__round=running).order_by("position"))


def submit(assignment: Assignment, outcome: str, *names: str, **fields: Any) -> Coding:
    codes = [code.pk for code in factories.codes_of(assignment.round_issue.round.version, names)]
    by = assignment.member.user
    return submit_coding(assignment=assignment, outcome=outcome, codes=codes, client_id=uuid.uuid4(), by=by, **fields)


@pytest.mark.parametrize("outcome", [IN, OUT, UNSURE])
def test_an_answer_needs_no_reason_and_takes_criteria(mine: Any, outcome: str) -> None:
    assert submit(mine[0], outcome).codes.count() == 0
    again = submit(mine[0], outcome, "About a model", "A question", memo="Both.")
    assert ([code.name for code in again.codes.order_by("position")], again.memo, again.revision) == (
        ["About a model", "A question"], "Both.", 2,
    )  # fmt: skip


@pytest.mark.parametrize("outcome", [Outcome.CODED, Outcome.NONE, Outcome.OFF_TOPIC, "odd"])
def test_a_screening_round_takes_no_other_answer(mine: Any, outcome: str) -> None:
    with pytest.raises(Invalid, match="does not say whether it belongs"):
        submit(mine[0], outcome)
    assert Coding.objects.count() == 0


def test_skipping_asks_why_and_takes_no_criteria(mine: Any) -> None:
    with pytest.raises(Invalid, match="why you skip"):
        submit(mine[0], Outcome.SKIPPED)
    with pytest.raises(Invalid, match="takes no codes"):
        submit(mine[0], Outcome.SKIPPED, "Spam", memo="Cannot read it.")
    assert submit(mine[0], Outcome.SKIPPED, memo="Cannot read it.").outcome == "skipped"


def test_one_criterion_where_the_version_takes_one(mine: Any, running: Round) -> None:
    Round.objects.filter(pk=running.pk).update(several_codes=False)
    with pytest.raises(Invalid, match="takes one code an issue"):
        submit(mine[0], OUT, "Spam", "A question")


def test_a_coding_round_is_not_answered_by_screening(study: Study, members: Any, lead: Any) -> None:
    issue = factories.issue(factories.repository(study))
    factories.round_of(factories.taxonomy(study, by=lead), [issue], [members["rater_a"]])
    with pytest.raises(Invalid, match="in is not an answer"):
        submit(Assignment.objects.get(), IN)


@pytest.mark.parametrize(("kind", "screens"), [(Kind.SCREENING, False), (Kind.CODING, True), (Kind.OPEN, True)])
def test_kind_and_taxonomy_belong_together(study: Study, members: Any, lead: Any, kind: str, screens: bool) -> None:
    version = criteria(study, lead) if screens else factories.taxonomy(study, by=lead)
    factories.issue(factories.repository(study))
    with pytest.raises(Invalid, match="screening criteria") as refusal:
        draft_round(study=study, version=version, size=1, raters=[members["rater_a"]], kind=kind, by=lead)
    assert set(refusal.value.message_dict) == {"version"}


def test_a_screening_round_is_drawn_with_a_version_and_takes_no_proposals(
    study: Study, members: Any, lead: Any
) -> None:
    version = criteria(study, lead)
    factories.issue(factories.repository(study))
    round = draft_round(
        study=study, version=version, size=1, raters=[members["rater_a"]], kind=Kind.SCREENING, allows_proposals=True,
        by=lead,
    )  # fmt: skip
    assert (round.version, round.is_screening, round.allows_proposals) == (version, True, False)


def test_standing_is_of_the_answers_alone(closed: Round) -> None:
    first = closed.round_issues.get(issue__number=1)
    coding = Coding.objects.filter(assignment__round_issue=first).order_by("pk").first()
    assert coding
    coding.codes.add(*factories.codes_of(closed.version, ["Spam"]))
    cases = cases_of(closed)
    assert [case.standing for case in cases] == ["unanimous", "unanimous", "differ", "differ", "single", "nobody"]
    assert [case.majority for case in cases[:3]] == [(IN, frozenset()), (OUT, frozenset()), None]
    assert answer_with(Outcome.CODED, [1]) == (Outcome.CODED, frozenset([1]))


def test_unanimous_ones_are_settled_with_the_criteria_that_all_name(closed: Round, lead: Any) -> None:
    out = closed.round_issues.get(issue__number=2)
    for names, coding in zip((["A question", "Spam"], ["Spam"]), Coding.objects.filter(
        assignment__round_issue=out), strict=True):  # fmt: skip
        coding.codes.set(factories.codes_of(closed.version, names))
    assert resolve_unanimous(round=closed, by=lead) == 2
    found = {row.round_issue.issue.number: row for row in Resolution.objects.all()}
    assert {number: (row.outcome, row.how) for number, row in found.items()} == {
        1: ("in", "unanimous"), 2: ("out", "unanimous"),
    }  # fmt: skip
    assert [code.name for code in found[2].codes.all()] == ["Spam"]


def test_the_lead_decides_with_a_reason(closed: Round, lead: Any) -> None:
    differ = closed.round_issues.get(issue__number=3)
    spam = factories.codes_of(closed.version, ["Spam"])[0].pk
    with pytest.raises(Invalid, match="belongs” or “does not belong"):
        resolve(round_issue=differ, outcome=UNSURE, how="lead", reason="So.", by=lead)
    made = resolve(round_issue=differ, outcome=OUT, codes=[spam], how="lead", reason="An advertisement.", by=lead)
    assert (made.outcome, [code.name for code in made.codes.all()]) == ("out", ["Spam"])


def test_a_majority_is_of_the_answers_whatever_the_criteria(closed: Round, lead: Any) -> None:
    spam = factories.codes_of(closed.version, ["Spam"])[0].pk
    both_out = closed.round_issues.get(issue__number=2)
    assert resolve(round_issue=both_out, outcome=OUT, codes=[spam], how="unanimous", by=lead).outcome == "out"
    with pytest.raises(Invalid, match="not what most raters said"):
        resolve(round_issue=both_out, outcome=IN, how="negotiated", by=lead)


def test_a_coding_round_is_not_decided_by_screening(study: Study, members: Any, lead: Any) -> None:
    issue = factories.issue(factories.repository(study))
    version = factories.taxonomy(study, by=lead)
    round = factories.round_of(version, [issue], [members["rater_a"]], phase=Phase.DISCUSSION)
    with pytest.raises(Invalid, match="none of these"):
        resolve(round_issue=round.round_issues.get(), outcome=IN, how="lead", reason="So.", by=lead)


def test_new_criteria_make_nothing_wait(closed: Round, lead: Any) -> None:
    taxonomy = closed.version.taxonomy
    assert given_codings(closed.version) == []
    assert queue_of(closed.version) == []
    assert consequences(taxonomy, Step(None, ())) == []
    with pytest.raises(Invalid, match="screening criteria"):
        draft_recoding_round(version=closed.version, by=lead)


def test_letters_that_answer_are_no_criterions_keys(study: Study, lead: Any) -> None:
    version, coding = factories.taxonomy(study), factories.taxonomy(study)
    version.taxonomy.kind = Purpose.SCREENING
    for each in (version, coding):
        Code.objects.filter(version=each, position=1).update(key="y")
        Code.objects.filter(version=each, position=2).update(key="q")
    assert [entry.key for entry in flat(palette_of(version))] == ["1", "2", "q"]
    assert [entry.key for entry in flat(palette_of(coding))] == ["1", "y", "q"]


def test_a_taxonomy_of_criteria_is_begun(study: Study, lead: Any) -> None:
    assert (
        create_taxonomy(study=study, name="Who belongs", kind=Purpose.SCREENING, by=lead).taxonomy.kind == "screening"
    )
    client = Client()
    client.force_login(lead)
    client.post(reverse("taxonomy_new", args=[study.slug]), {"name": "Others", "kind": "screening"})
    client.post(reverse("taxonomy_new", args=[study.slug]), {"name": "Codes"})
    assert dict(study.taxonomies.values_list("name", "kind")) == {
        "Who belongs": "screening", "Others": "screening", "Codes": "coding",
    }  # fmt: skip


def test_the_screen_asks_with_three_buttons(running: Round, mine: Any, study: Study, rater_a: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    page = reverse("coding", args=[study.slug, running.number])
    text = client.get(page).content.decode()
    assert [f'data-answer="{outcome}"' in text for outcome in ("in", "out", "unclear", "none")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert "What Spam means." in text
    assert "Sure?" not in text
    spam = str(factories.codes_of(running.version, ["Spam"])[0].pk)
    given = {"assignment": mine[0].pk, "client_id": uuid.uuid4(), "seen": 0, "answer": [spam], "act": "out"}
    following = client.post(page, given)
    assert following["Location"].endswith(f"?issue={mine[1].pk}")
    made = Coding.objects.get()
    assert (made.outcome, [code.name for code in made.codes.all()]) == ("out", ["Spam"])
    again = client.get(f"{page}?issue={mine[0].pk}").content.decode()
    assert 'data-answer="out" aria-keyshortcuts="n" aria-pressed="true"' in again
    refused = client.post(page, given | {"client_id": uuid.uuid4(), "act": "", "seen": 1})
    assert refused.status_code == 409


def test_the_lead_decides_on_the_page(closed: Round, study: Study, lead: Any) -> None:
    client = Client()
    client.force_login(lead)
    differ = closed.round_issues.get(issue__number=4)
    page = reverse("disagreement", args=[study.slug, closed.number, differ.issue_id])
    text = client.get(page).content.decode()
    assert ["unsure" in text, "None of these" in text, "Does not belong" in text] == [True, False, True]
    spam = str(factories.codes_of(closed.version, ["Spam"])[0].pk)
    decision = {"screened": "out", "answer": [spam], "how": "lead", "reason": "An advertisement.", "seen": 0}
    assert client.post(page, decision).status_code == 302
    made = Resolution.objects.get()
    assert (made.outcome, [code.name for code in made.codes.all()]) == ("out", ["Spam"])


def test_programs_screen_too(running: Round, mine: Any, study: Study, rater_a: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    address = reverse("api-codings", args=[study.slug, running.number])
    given = {"assignment": mine[0].pk, "outcome": "in", "client_id": str(uuid.uuid4())}
    answer = client.post(address, given, content_type="application/json")
    assert (answer.status_code, answer.json()["outcome"]) == (201, "in")
