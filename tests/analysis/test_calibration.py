"""A calibration round judged: by gold answers or the other raters, by rater and by code, with each miss."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analysis.datasets.calibration import exam_of, shortened
from analysis.reports.calibration import LEAST, LEAST_OF_A_CODE, exam_report, state_of, state_of_alpha
from analysis.services.calibration import judged_by, result_of
from analysis.stats.coefficients import agreement
from analysis.stats.ratings import RatingMatrix
from annotator.models import Assignment, Gold, Round
from annotator.queries.target import target_state
from annotator.states import Kind, Outcome, Phase
from studies.errors import Refused
from studies.models import Membership, Study
from tests import factories

BY_GOLD = {"against": "gold", "measure": "share", "threshold": 80, "at_once": False}


@pytest.fixture
def world(study: Study, members: dict[str, Membership], lead: Any) -> SimpleNamespace:
    """Twelve issues. Gold: six Loading, five Output, one not about the topic. rater_a has eleven right and takes
    Loading for Output once; rater_b says Output to all but the last, which is unclear."""
    a, b = members["rater_a"], members["rater_b"]
    version = factories.taxonomy(study, ["Loading", "Output", "Memory"], by=lead)
    body = "Word " * 100
    issues = [
        factories.issue(factories.repository(study), number=n, title=f"Title {n}", body=body) for n in range(1, 13)
    ]
    round = factories.round_of(version, issues, [a, b], phase=Phase.DISCUSSION, kind=Kind.CALIBRATION)
    right = ["Loading"] * 6 + ["Output"] * 5 + [Outcome.OFF_TOPIC]
    for place, (drawn, name) in enumerate(zip(round.round_issues.order_by("position"), right, strict=True)):
        off = name == Outcome.OFF_TOPIC
        gold = Gold.objects.create(
            round_issue=drawn, revision=1, outcome=name if off else "coded", reason=f"Reason {place}", set_by=lead,
            set_at=factories.NOW,
        )  # fmt: skip
        gold.codes.set(factories.codes_of(version, [] if off else [name]))
        mine, theirs = (Assignment.objects.get(round_issue=drawn, member=member) for member in (a, b))
        if off:
            factories.coding(mine, outcome=Outcome.OFF_TOPIC)
            factories.coding(theirs, outcome=Outcome.UNCLEAR)
        else:
            factories.coding(mine, ["Loading"] if place == 10 else [name], memo="Hm." if place == 10 else "")
            factories.coding(theirs, ["Output"])
    return SimpleNamespace(study=study, round=round, version=version, lead=lead, members=members, issues=issues)


def test_each_rater_is_judged_by_gold(world: SimpleNamespace) -> None:
    report = exam_report(exam_of(world.round, "gold"))
    assert [(row.rater, row.judged, row.right, row.missed, row.is_too_few) for row in report.raters] == [
        ("rater-1", 12, 11, 1, False), ("rater-2", 12, 5, 7, False),
    ]  # fmt: skip
    assert [row.share for row in report.raters] == [pytest.approx(11 / 12), pytest.approx(5 / 12)]
    assert report.raters[0].kappa.n_units == 12
    assert report.raters[1].kappa.n_units == 11  # unclear is no answer
    assert report.raters[1].kappa.value == pytest.approx(0.0)
    assert (report.exam.golds, report.exam.unjudged, report.is_too_few) == (12, 0, False)


def test_each_code_has_hits_misses_and_what_was_too_much(world: SimpleNamespace) -> None:
    report = exam_report(exam_of(world.round, "gold"))
    assert [(row.code.name, row.issues, row.expected, row.hits, row.missed, row.extra) for row in report.codes] == [
        ("Loading", 6, 12, 6, 6, 1), ("Output", 5, 10, 9, 1, 6),
    ]  # fmt: skip
    assert [row.is_too_few for row in report.codes] == [False, False]


def test_a_miss_has_its_text_and_both_answers_with_their_definitions(world: SimpleNamespace) -> None:
    report = exam_report(exam_of(world.round, "gold"))
    mine = [each for each in report.misses if each.rater == "rater-1"]
    assert [(each.title, each.memo, each.right.reason) for each in mine] == [("Title 11", "Hm.", "Reason 10")]
    said, right = mine[0].said.codes[0], mine[0].right.codes[0]
    assert [(code.name, code.definition) for code in (said, right)] == [
        ("Loading", "What Loading means."), ("Output", "What Output means."),
    ]  # fmt: skip
    assert (len(mine[0].excerpt), mine[0].excerpt[-7:]) == (321, " Word …")
    assert len(report.misses) == 8
    unclear = report.misses[-1]
    assert (unclear.said.outcome, unclear.right.outcome) == ("unclear", "off_topic")


def test_an_excerpt_ends_at_a_word() -> None:
    assert shortened("a\n b") == "a b"
    assert shortened("abcd " * 80) == "abcd " * 64 + "…"


def test_who_set_gold_answers_is_not_judged_by_them(world: SimpleNamespace, rater_b: Any) -> None:
    Gold.objects.filter(round_issue__issue=world.issues[0]).update(set_by=rater_b)
    report = exam_report(exam_of(world.round, "gold"))
    assert [row.knows for row in report.raters] == [False, True]
    assert {each.rater for each in report.misses} == {"rater-1"}
    assert [(row.code.name, row.expected) for row in report.codes] == [("Loading", 6), ("Output", 5)]
    assert state_of(report, "share", 80, None).reached is True
    assert state_of(report, "share", 80, None).words == "by 1 of 1 raters"
    against_others = exam_report(exam_of(world.round, "raters"))
    assert [row.knows for row in against_others.raters] == [False, False]


def test_without_gold_the_others_are_the_measure(world: SimpleNamespace) -> None:
    report = exam_report(exam_of(world.round, "raters"))
    # The two agree on issues 7 to 10; unclear says nothing by which the last one of rater_a could be judged.
    assert [(row.rater, row.judged, row.right) for row in report.raters] == [("rater-1", 11, 4), ("rater-2", 12, 4)]
    assert report.exam.unjudged == 1


def test_of_three_the_measure_is_what_more_than_half_of_the_others_say(
    study: Study, members: dict[str, Membership], lead: Any
) -> None:
    raters = [members[name] for name in ("rater_a", "rater_b", "lead")]
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    issues = [factories.issue(factories.repository(study), number=number) for number in (1, 2, 3)]
    round = factories.round_of(version, issues, raters, phase=Phase.DISCUSSION, kind=Kind.CALIBRATION)
    factories.answers(round, {
        "rater-1": ["Loading", "Loading", "Loading"], "rater-2": ["Output", "Output", None],
        "lead-1": ["Output", "Loading", None],
    })  # fmt: skip
    report = exam_report(exam_of(round, "raters"))
    assert {row.rater: (row.judged, row.right) for row in report.raters} == {
        "rater-1": (1, 0), "rater-2": (1, 0), "lead-1": (0, 0),
    }  # fmt: skip
    assert report.exam.unjudged == 5
    assert [row.share for row in report.raters if row.rater == "lead-1"] == [None]
    assert report.is_too_few


def test_a_coding_with_a_proposal_is_not_right(world: SimpleNamespace) -> None:
    drawn = world.round.round_issues.get(issue=world.issues[0])
    mine = Assignment.objects.get(round_issue=drawn, member__alias="rater-1")
    proposal = factories.proposal(drawn, mine.member, "Tokens")
    factories.coding(mine, ["Loading"], [proposal])
    report = exam_report(exam_of(world.round, "gold"))
    assert (report.raters[0].right, report.raters[0].kappa.n_units) == (10, 11)


def test_skipped_ones_are_not_judged(world: SimpleNamespace) -> None:
    mine = Assignment.objects.get(round_issue__issue=world.issues[0], member__alias="rater-1")
    factories.coding(mine, outcome=Outcome.SKIPPED, memo="Broken.")
    assert exam_report(exam_of(world.round, "gold")).raters[0].judged == 11


@pytest.mark.parametrize(("measure", "threshold", "reached", "words"), [
    ("share", 40, True, "by 2 of 2 raters"), ("share", 90, False, "by 1 of 2 raters"),
    ("share", 95, False, "by 0 of 2 raters"), ("coefficient", 0.8, False, "by 1 of 2 raters"),
])  # fmt: skip
def test_the_target_is_reached_when_every_rater_reaches_it(
    world: SimpleNamespace, measure: str, threshold: float, reached: bool, words: str
) -> None:
    world.round.target = BY_GOLD | {"measure": measure, "threshold": threshold}
    state = target_state(world.round)
    assert state
    assert (state.reached, state.words) == (reached, words)


def test_too_few_issues_tell_nothing(world: SimpleNamespace) -> None:
    for drawn in world.round.round_issues.order_by("position")[:3]:
        Gold.objects.filter(round_issue=drawn).update(outcome="")
    report = exam_report(exam_of(world.round, "gold"))
    state = state_of(report, "share", 10, None)
    assert state.reached is None
    assert state.words == f"too few issues to judge; {LEAST} a rater are needed: rater-1 9, rater-2 9"
    assert [row.is_too_few for row in report.codes] == [True, False]
    assert LEAST_OF_A_CODE == 5


def test_nobody_is_left_when_the_only_rater_set_the_gold(world: SimpleNamespace, rater_a: Any, rater_b: Any) -> None:
    Gold.objects.filter(round_issue__issue=world.issues[0]).update(set_by=rater_a)
    Gold.objects.filter(round_issue__issue=world.issues[1]).update(set_by=rater_b)
    state = state_of(exam_report(exam_of(world.round, "gold")), "share", 10, None)
    assert (state.reached, state.words) == (None, "nobody but who set the gold answers has coded")


def test_a_coefficient_of_all_raters(world: SimpleNamespace) -> None:
    world.round.target = {"against": "raters", "measure": "coefficient", "threshold": 0.8, "at_once": False}
    state = target_state(world.round)
    assert state
    assert (state.reached, state.words[:4], state.words[-14:]) == (False, "α = ", "over 11 issues")


@pytest.mark.parametrize(("pairs", "words", "reached"), [
    ([("x", "x")] * 12, "α is undefined", None),
    ([("x", "x"), ("y", "y")], "too few issues to judge", None),
    ([("x", "x"), ("y", "y")] * 6, "α = 1.00 over 12 issues", True),
])  # fmt: skip
def test_alpha_is_told_undefined_or_too_few(pairs: Any, words: str, reached: bool | None) -> None:
    cells = tuple(tuple(frozenset([code]) for code in row) for row in pairs)
    found = agreement(RatingMatrix(tuple(range(len(pairs))), ("a", "b"), cells), "krippendorff_alpha")
    state = state_of_alpha(found, 0.8)
    assert (state.words.startswith(words), state.reached) == (True, reached)


def test_what_it_is_judged_by_follows_the_target_else_the_gold(world: SimpleNamespace) -> None:
    assert judged_by(world.round) == "gold"
    Gold.objects.all().delete()
    assert judged_by(world.round) == "raters"
    world.round.target = BY_GOLD
    assert (judged_by(world.round), result_of(world.round, "raters").exam.against) == ("gold", "raters")


def test_an_open_round_is_not_judged(world: SimpleNamespace) -> None:
    open_round = factories.round_of(world.version, world.issues[:1], [], kind=Kind.CALIBRATION)
    with pytest.raises(Refused):
        exam_of(open_round, "gold")


def test_the_page_shows_all_of_it(world: SimpleNamespace, rater_a: Any) -> None:
    Round.objects.filter(pk=world.round.pk).update(target=BY_GOLD)
    client = Client()
    client.force_login(rater_a)
    page = reverse("calibration", args=[world.study.slug, world.round.number])
    text = client.get(page).content.decode()
    for said in ("12 gold answers", "Not reached: by 1 of 2 raters", "Reason 10", "What Output means.", "Memo: Hm."):
        assert said in text
    assert [len(client.get(f"{page}?rater={who}").context["misses"]) for who in ("", "rater-1", "rater-2")] == [8, 1, 7]
    assert "more than half of the other raters" in client.get(f"{page}?against=raters").content.decode()
    shown = client.get(reverse("round", args=[world.study.slug, world.round.number])).content.decode()
    assert ["not reached" in shown, "by 1 of 2 raters" in shown] == [True, True]


def test_the_page_of_a_round_without_answers(world: SimpleNamespace) -> None:
    empty = factories.round_of(world.version, [], [], phase=Phase.DISCUSSION, kind=Kind.CALIBRATION)
    client = Client()
    client.force_login(world.lead)
    text = client.get(reverse("calibration", args=[world.study.slug, empty.number])).content.decode()
    assert "There is nothing to judge by." in text
