"""Where codings differ, and what is decided about it."""

import threading
from typing import Any

import pytest
from django.db import connections

from annotator.models import AppliedCode, Assignment, Coding, Resolution, Round
from annotator.queries.disagreements import (
    case_of,
    cases_of,
    disagreements_of,
    get_round_issue,
    majority,
    unanimous_open,
)
from annotator.queries.labels import labels_of
from annotator.services.resolution import can_resolve, resolve, resolve_unanimous
from annotator.states import Outcome, Phase
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Event, Membership, Role, Study
from tests import factories

SKIP, UNCLEAR = "skip", "unclear"


@pytest.fixture
def raters(study: Study, members: dict[str, Membership]) -> list[Membership]:
    third = factories.member(study, factories.user("rater_c"), Role.RATER)
    return [members["rater_a"], members["rater_b"], third]


@pytest.fixture
def version(study: Study, lead: Any) -> Any:
    return factories.taxonomy(study, by=lead)


def closed_round(version: Any, raters: Any, rows: list[list[Any]], **fields: Any) -> Round:
    """One row an issue: what each rater said: a list of code names, SKIP, UNCLEAR, or None for missing."""
    repository = factories.repository(version.taxonomy.study)
    issues = [factories.issue(repository) for _ in rows]
    round = factories.round_of(version, issues, raters, phase=Phase.DISCUSSION, **fields)
    for position, row in enumerate(rows):
        for rater, said in zip(raters, row, strict=True):
            assignment = Assignment.objects.get(round_issue__round=round, member=rater, round_issue__position=position)
            if said in (SKIP, UNCLEAR):
                factories.coding(assignment, outcome={SKIP: Outcome.SKIPPED, UNCLEAR: Outcome.UNCLEAR}[said], memo="?")
            elif said is not None:
                factories.coding(assignment, said)
    return round


L, O, M = ["Loading"], ["Output"], ["Memory"]  # noqa: E741

STANDINGS = [
    ([L, L, L], "unanimous"),
    ([[], [], []], "unanimous"),
    ([L, L, None], "unanimous"),
    ([["Loading", "Memory"], ["Memory", "Loading"], None], "unanimous"),
    ([L, O, L], "differ"),
    ([L, [], L], "differ"),
    ([["Loading", "Memory"], L, L], "differ"),
    ([L, L, UNCLEAR], "differ"),
    ([L, L, SKIP], "differ"),
    ([UNCLEAR, UNCLEAR, UNCLEAR], "differ"),
    ([SKIP, None, None], "differ"),
    ([L, None, None], "single"),
    ([[], None, None], "single"),
    ([None, None, None], "nobody"),
]


def test_standing_of_every_mixture(version: Any, raters: Any) -> None:
    round = closed_round(version, raters, [row for row, _ in STANDINGS])
    cases = cases_of(round)
    assert [case.standing for case in cases] == [standing for _, standing in STANDINGS]
    assert [case.round_issue.position for case in disagreements_of(cases)] == list(range(4, 14))
    assert [case.round_issue.position for case in unanimous_open(cases)] == list(range(4))
    assert [case_of(case.round_issue) for case in cases] == cases


def test_last_revision_counts(version: Any, raters: Any) -> None:
    round = closed_round(version, raters, [[L, O, None]])
    factories.coding(Assignment.objects.get(member=raters[1]), L)
    (case,) = cases_of(round)
    assert case.standing == "unanimous"


def test_cases_take_the_same_number_of_queries_for_one_and_thirty(
    version: Any, raters: Any, django_assert_num_queries: Any
) -> None:
    for rows in (1, 30):
        round = closed_round(version, raters, [[L, O, None]] * rows)
        for drawn in round.round_issues.all():
            factories.resolution(drawn, L, by=raters[0].user)
        with django_assert_num_queries(7):
            assert [len(case.answers) + bool(case.majority) + case.is_open for case in cases_of(round)] == [2] * rows


CODED, NONE = Outcome.CODED, Outcome.NONE
MAJORITIES = [
    ([], None),
    ([{1}], None),
    ([{1}, {1}], {1}),
    ([{1}, {2}], None),
    ([{1}, {1}, {2}], {1}),
    ([{1}, {2}, {3}], None),
    ([{1, 2}, {1}, {1, 3}], {1}),
    ([{1, 2}, {1, 2}, set()], {1, 2}),
    ([{1, 2}, {1}], None),
    ([set(), set(), {1}], set()),
    ([set(), {1}], None),
    ([set(), {1}, {2}], None),
]


@pytest.mark.parametrize(("said", "expected"), MAJORITIES)
def test_majority_is_taken_code_by_code(said: list[set[int]], expected: set[int] | None) -> None:
    answers = [(CODED if codes else NONE, frozenset(codes)) for codes in said]
    wanted = None if expected is None else (CODED if expected else NONE, frozenset(expected))
    assert majority(answers) == wanted


@pytest.fixture
def codes(version: Any) -> dict[str, int]:
    return {code.name: code.pk for code in version.codes.all()}


def decide(round: Round, by: Any, *, position: int = 0, **fields: Any) -> Resolution:
    drawn = round.round_issues.get(position=position)
    return resolve(round_issue=drawn, by=by, **{"outcome": "coded", "how": "lead", "reason": "", **fields})


def test_decision_keeps_what_how_why_and_who(version: Any, raters: Any, codes: Any, lead: Any) -> None:
    round = closed_round(version, raters, [[L, O, M]])
    before = list(Coding.objects.values()), list(AppliedCode.objects.values())
    made = decide(round, lead, codes=[codes["Loading"], codes["Memory"]], reason=" Both. ", seen=0)
    made.refresh_from_db()
    assert (made.revision, made.how, made.outcome, made.reason, made.decided_by) == (1, "lead", "coded", "Both.", lead)
    assert {code.name for code in made.codes.all()} == {"Loading", "Memory"}
    assert (list(Coding.objects.values()), list(AppliedCode.objects.values())) == before
    event = Event.objects.get(verb="resolved")
    assert event.target == f"{made.round_issue.issue} in round 1"
    assert event.data == {"revision": 1, "how": "lead", "outcome": "coded", "codes": ["Loading", "Memory"]}


def test_later_decision_is_a_revision_and_counts(version: Any, raters: Any, codes: Any, lead: Any) -> None:
    round = closed_round(version, raters, [[L, O, M]])
    decide(round, lead, codes=[codes["Loading"]], reason="First.")
    second = decide(round, lead, outcome="none", reason="On reflection.", seen=1)
    assert second.revision == 2
    (case,) = cases_of(round)
    assert case.resolution == second
    assert list(labels_of(round.study)) == [second]
    assert Resolution.objects.count() == 2


def test_decision_that_another_lead_overtook_is_refused(version: Any, raters: Any, codes: Any, lead: Any) -> None:
    round = closed_round(version, raters, [[L, O, M]])
    decide(round, lead, codes=[codes["Loading"]], reason="First.")
    with pytest.raises(Conflict, match=r"was decided by lead at \d\d:\d\d UTC"):
        decide(round, lead, outcome="none", reason="Second.", seen=0)
    assert Resolution.objects.count() == 1


WAYS = [
    # what the raters said, decision, how, reason, the field that is refused (None: recorded)
    ([L, L, O], ["Loading"], "majority", "", None),
    ([L, L, O], ["Output"], "majority", "I say so", "how"),
    ([L, O, M], ["Loading"], "majority", "I say so", "how"),
    ([L, L, None], ["Loading"], "unanimous", "", None),
    ([L, L, None], ["Output"], "unanimous", "", "how"),
    ([L, L, UNCLEAR], ["Loading"], "unanimous", "", "how"),
    ([L, O, M], ["Loading"], "negotiated", "", None),
    ([L, L, O], ["Loading"], "negotiated", "", None),
    ([L, L, O], ["Output"], "negotiated", " ", "reason"),
    ([L, L, O], ["Output"], "negotiated", "We talked.", None),
    ([L, L, O], ["Loading"], "lead", "", "reason"),
    ([L, L, O], ["Loading"], "lead", "Clear case.", None),
    ([L, None, None], ["Loading"], "lead", "One coding only.", None),
    ([None, None, None], ["Loading"], "lead", "Read it myself.", None),
    ([L, L, O], ["Loading"], "dice", "Fair.", "how"),
    ([L, L, O], [], "lead", "No code given.", "codes"),
]


@pytest.mark.parametrize(("said", "names", "how", "reason", "refused"), WAYS)
def test_every_way_to_decide(
    version: Any, raters: Any, codes: Any, lead: Any, said: Any, names: Any, how: str, reason: str, refused: str | None
) -> None:
    round = closed_round(version, raters, [said])
    chosen = [codes[name] for name in names]
    if refused is None:
        assert decide(round, lead, codes=chosen, how=how, reason=reason).how == how
        return
    with pytest.raises(Invalid) as refusal:
        decide(round, lead, codes=chosen, how=how, reason=reason)
    assert set(refusal.value.message_dict) == {refused}
    assert not Resolution.objects.exists()


@pytest.mark.parametrize("outcome", ["unclear", "skipped", "maybe"])
def test_decision_is_a_label(version: Any, raters: Any, lead: Any, outcome: str) -> None:
    round = closed_round(version, raters, [[L, O, M]])
    with pytest.raises(Invalid, match="A decision is codes"):
        decide(round, lead, outcome=outcome, reason="Because.")


def test_decision_follows_a_one_code_round(version: Any, raters: Any, codes: Any, lead: Any) -> None:
    round = closed_round(version, raters, [[L, O, M]], several_codes=False)
    with pytest.raises(Invalid, match="one code an issue"):
        decide(round, lead, codes=list(codes.values()), reason="All.")


@pytest.mark.parametrize("phase", [Phase.DRAFTED, Phase.INDEPENDENT])
def test_nothing_is_decided_before_the_round_is_closed(version: Any, raters: Any, lead: Any, phase: str) -> None:
    round = factories.round_of(
        version, [factories.issue(factories.repository(version.taxonomy.study))], raters, phase=phase
    )
    assert not can_resolve(round)
    with pytest.raises(Refused, match="Close it first"):
        decide(round, lead, outcome="none", reason="Early.")
    with pytest.raises(Refused, match="Close it first"):
        resolve_unanimous(round=round, by=lead)


def test_only_a_lead_decides(version: Any, raters: Any, members: Any, stranger: Any) -> None:
    round = closed_round(version, raters, [[L, L, L]])
    assert can_resolve(round)
    for person, refusal in ((raters[0].user, Refused), (members["observer"].user, Refused), (stranger, NotThere)):
        with pytest.raises(refusal):
            decide(round, person, outcome="none", reason="Mine.")
        with pytest.raises(refusal):
            resolve_unanimous(round=round, by=person)
    assert not Resolution.objects.exists()


def test_unanimous_ones_are_settled_in_one_step_once(version: Any, raters: Any, codes: Any, lead: Any) -> None:
    round = closed_round(version, raters, [row for row, _ in STANDINGS])
    decide(round, lead, position=0, codes=[codes["Memory"]], reason="The raters overlooked it.")
    assert resolve_unanimous(round=round, by=lead) == 3
    settled = {
        row.round_issue.position: (row.how, row.outcome, {code.name for code in row.codes.all()})
        for row in Resolution.objects.select_related("round_issue")
    }
    assert settled == {
        0: ("lead", "coded", {"Memory"}),
        1: ("unanimous", "none", set()),
        2: ("unanimous", "coded", {"Loading"}),
        3: ("unanimous", "coded", {"Loading", "Memory"}),
    }
    assert resolve_unanimous(round=round, by=lead) == 0
    assert Resolution.objects.count() == 4
    assert list(Event.objects.filter(verb="settled").values_list("target", flat=True)) == [
        "3 unanimous issues of Round 1"
    ]


def test_label_is_the_last_decision_under_each_taxonomy(version: Any, raters: Any, study: Study, lead: Any) -> None:
    issue = factories.issue(factories.repository(study))
    other = factories.taxonomy(study, ["Fault"], by=lead)
    first, second, third = (
        factories.round_of(using, [issue], raters, phase=Phase.DISCUSSION) for using in (version, version, other)
    )
    factories.resolution(first.round_issues.get(), L, by=lead)
    later = factories.resolution(second.round_issues.get(), O, by=lead)
    under_other = factories.resolution(third.round_issues.get(), ["Fault"], by=lead)
    assert list(labels_of(study)) == [later, under_other]
    assert list(labels_of(factories.study("Other", "other"))) == []


def test_labels_are_two_queries(version: Any, raters: Any, lead: Any, django_assert_num_queries: Any) -> None:
    round = closed_round(version, raters, [[L, L, L]] * 7)
    resolve_unanimous(round=round, by=lead)
    with django_assert_num_queries(2):
        assert [[code.name for code in label.codes.all()] for label in labels_of(round.study)] == [L] * 7


def test_issue_of_another_round_is_not_there(version: Any, raters: Any) -> None:
    round = closed_round(version, raters, [[L, L, L]])
    drawn = round.round_issues.get()
    assert get_round_issue(round, drawn.issue_id) == drawn
    with pytest.raises(NotThere):
        get_round_issue(closed_round(version, raters, [[L, L, L]]), drawn.issue_id)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connections['default'].vendor == 'sqlite'", reason="SQLite's memory database is shared")
def test_settling_twice_at_once_settles_once(version: Any, raters: Any, lead: Any) -> None:
    round = closed_round(version, raters, [[L, L, L]] * 3)
    gate, told = threading.Barrier(2), []

    def settle() -> None:
        gate.wait()
        try:
            told.append(resolve_unanimous(round=round, by=lead))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=settle) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0, 3]
    assert Resolution.objects.count() == 3
