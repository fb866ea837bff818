"""New codes in coding order and the stop rule, against published and hand-made figures and by what must always hold."""

import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.saturation import StopRule, cumulative, last_new, new_by_issue, rule_state, runs

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "saturation.json").read_text())
CODED = st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=40)
COUNTS = st.lists(st.integers(0, 5), max_size=40)
RULES = st.builds(StopRule, st.integers(1, 12), st.integers(1, 8), st.sampled_from([0, 0.05, 0.2, 0.5]))


@pytest.mark.parametrize("name", ["guest_namey_chen_2020", "by_hand"])
def test_rule_says_what_was_published_or_computed_by_hand(name):
    case = GOLDEN[name]
    rule = StopRule(**case["rule"])
    state = rule_state(case["new"], rule)
    assert (state.base_codes, state.reached_at, state.issues) == (
        case["base_codes"],
        case["reached_at"],
        len(case["new"]),
    )
    found = [{"end": run.end, "new": run.new, "percent": round(run.share * 100)} for run in runs(case["new"], rule)]
    assert found[: len(case["runs"])] == case["runs"]


@pytest.mark.shared_data
def test_six_real_rounds_give_the_published_counts(shared_data):
    rounds = [final_tags(shared_data / "dl_faults" / f"round_{number}.xlsx") for number in range(1, 7)]
    new = new_by_issue([tags for tags_of_round in rounds for tags in tags_of_round])
    counts, at = [], 0
    for tags_of_round in rounds:
        counts.append(sum(map(len, new[at : at + len(tags_of_round)])))
        at += len(tags_of_round)
    assert counts == GOLDEN["dl_faults"]["new_by_round"]


def final_tags(path):
    """The final tag of each row of the first sheet, as a set of one or of none; a dash stands for no tag."""
    book = openpyxl.load_workbook(path)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    head = [str(cell or "").strip().casefold() for cell in rows[0]]
    tags = [str(row[head.index("final tag")] or "").strip().casefold() for row in rows[1:]]
    return [{tag} - {"", "-", "false positive", "generic", "unclear"} for tag in tags]


def test_new_codes_are_those_that_no_earlier_issue_had():
    coded = [["b", "a", "b"], [], ["a"], ["c", "a", "d"]]
    assert new_by_issue(coded) == [["b", "a"], [], [], ["c", "d"]]
    assert cumulative([2, 0, 0, 2]) == [2, 2, 2, 4]
    assert (last_new([2, 0, 0, 2, 0]), last_new([0, 0]), last_new([])) == (4, 0, 0)


@pytest.mark.parametrize(
    ("new", "reached", "last"),
    [
        ([], None, None),
        ([3, 0, 0], None, None),
        ([3, 0, 0, 0], 4, (4, 0, 0.0)),
        ([3, 0, 0, 1], None, (4, 1, 1 / 3)),
        ([0, 0, 0, 0], None, (4, 0, None)),
    ],
)
def test_rule_waits_for_a_whole_run_and_for_codes_in_the_base(new, reached, last):
    state = rule_state(new, StopRule(2, 2, 0))
    told = state.last and (state.last.end, state.last.new, state.last.share)
    assert (state.reached_at, told) == (reached, last)


@pytest.mark.parametrize("rule", [StopRule(0, 1, 0), StopRule(1, 0, 0), StopRule(1, 1, 1), StopRule(1, 1, -0.1)])
def test_rule_that_nothing_could_keep_is_refused(rule):
    with pytest.raises(ValueError, match="at least 1 issue"):
        rule_state([1], rule)


@given(CODED)
def test_each_code_is_new_once(coded):
    new = new_by_issue(coded)
    told = [code for codes in new for code in codes]
    assert sorted(told) == sorted({code for codes in coded for code in codes})
    assert all(set(codes) <= set(coded[at]) for at, codes in enumerate(new))


@given(COUNTS, RULES)
def test_the_first_run_that_keeps_to_the_threshold_counts(new, rule):
    state, base = rule_state(new, rule), sum(new[: rule.base])
    keeping = [
        end
        for end in range(1, len(new) + 1)
        if end >= rule.base + rule.run and base and sum(new[end - rule.run : end]) <= rule.threshold * base + 1e-12
    ]
    assert state.reached_at == (keeping[0] if keeping else None)


@given(COUNTS, RULES, COUNTS)
def test_what_was_reached_stays_reached_when_more_is_coded(new, rule, more):
    reached = rule_state(new, rule).reached_at
    if reached is not None:
        assert rule_state(new + more, rule).reached_at == reached
