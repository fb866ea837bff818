import csv
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.comparisons import (
    CliffsDelta,
    KruskalWallis,
    MannWhitney,
    cliffs_delta,
    compare_pairs,
    holm,
    kruskal_wallis,
    mann_whitney,
)
from analysis.stats.durations import summarise
from tests.analysis.stats.published import golden
from tests.analysis.stats.tables import few

GOLDEN = golden("statistics.json")
EMPTY = "One of the groups has no value."
EQUAL = "All values are equal, so there are no ranks to compare."


def groups_of(case):
    data = GOLDEN["data"][case["data"]]
    return {g: [v / data.get("divide_by", 1) for v in values] for g, values in data["groups"].items()}


def named(test):
    return [case for case in GOLDEN["cases"] if case["test"] == test]


def label(case):
    return "-".join([case["data"], *case.get("groups", [])])


@pytest.mark.parametrize("case", named("kruskal_wallis"), ids=label)
def test_published_kruskal_wallis(case):
    groups = groups_of(case)
    n = sum(map(len, groups.values()))
    near = {name: pytest.approx(case[name], rel=case["rtol"]) for name in ("h", "p")}
    epsilon = pytest.approx(case["h"] / (n - 1), rel=case["rtol"])
    assert kruskal_wallis(groups) == KruskalWallis(near["h"], case["df"], near["p"], epsilon, n, (), None)


@pytest.mark.parametrize("case", named("mann_whitney"), ids=label)
def test_published_mann_whitney(case):
    first, second = (groups_of(case)[name] for name in case["groups"])
    assert mann_whitney(first, second) == MannWhitney(case["u"], pytest.approx(case["p"], rel=case["rtol"]), None)


@pytest.mark.parametrize("case", named("cliffs_delta"), ids=label)
def test_published_cliffs_delta(case):
    effect = cliffs_delta(*(groups_of(case)[name] for name in case["groups"]))
    assert effect.value == pytest.approx(case["value"], rel=case["rtol"])
    assert case.get("magnitude", effect.magnitude) == effect.magnitude


@pytest.mark.shared_data
def test_real_issues_give_the_published_figures(shared_data):
    """Read from the issues themselves, so that golden seconds and real dates hold each other to account."""
    with (shared_data / "npm_issues" / "labels.csv").open(encoding="utf-8") as rows:
        labels = {row["html_url"]: row["label"] for row in csv.DictReader(rows)}
    groups = {"Extrinsic": [], "Intrinsic": [], "Not a Bug": []}
    for line in (shared_data / "npm_issues" / "issues.jsonl").read_text(encoding="utf-8").splitlines():
        issue = json.loads(line)
        created, done = (datetime.fromisoformat(issue[key]) for key in ("created_at", "closed_at"))
        groups[labels[issue["html_url"]]].append((done - created).total_seconds() / 86_400)
    reference = golden(shared_data / "reference" / "statistics.json")["cases"]
    expected = {case["name"]: case["expected"] for case in reference if case["data"] == "npm_issues"}
    medians = {group: summarise(group, days).median for group, days in groups.items()}
    assert medians == pytest.approx(expected["InEx v3 medians (days)"], rel=1e-5)
    whole = kruskal_wallis(groups)
    assert {"H": whole.h, "df": whole.df, "p": whole.p} == pytest.approx(expected["InEx v3 Kruskal-Wallis"], rel=1e-6)
    pairs = {
        f"InEx v3 Mann-Whitney {pair.first} vs {pair.second}": {
            "U": pair.test.u,
            "p": pair.test.p,
            "delta": pair.effect.value,
        }
        for pair in compare_pairs(groups)
    }
    assert pairs == {name: pytest.approx(expected[name], rel=1e-6) for name in pairs}
    assert len(pairs) == 3


def test_delta_is_positive_when_the_first_group_tends_to_be_larger():
    assert cliffs_delta([5, 6], [1, 2]) == CliffsDelta(1, None)
    assert cliffs_delta([1, 2], [5, 6]) == CliffsDelta(-1, None)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0, "negligible"),
        (-0.146, "negligible"),
        (0.147, "small"),
        (-0.33, "medium"),
        (0.474, "large"),
        (None, None),
    ],
)
def test_magnitude_words_begin_at_their_thresholds(value, word):
    assert CliffsDelta(value, None).magnitude == word


@pytest.mark.parametrize(("first", "second"), [([], [1.0]), ([1.0], []), ([], [])])
def test_an_empty_group_is_undefined_with_a_reason(first, second):
    assert mann_whitney(first, second) == MannWhitney(None, None, EMPTY)
    assert cliffs_delta(first, second) == CliffsDelta(None, EMPTY)


def test_equal_values_have_no_rank_test_but_an_effect_of_zero():
    assert mann_whitney([2, 2], [2]) == MannWhitney(None, None, EQUAL)
    assert cliffs_delta([2, 2], [2]) == CliffsDelta(0, None)
    assert kruskal_wallis({"a": [2, 2], "b": [2]}) == KruskalWallis(None, None, None, None, 3, (), EQUAL)


def test_kruskal_wallis_names_groups_without_values_and_goes_on_with_the_rest():
    some = {"a": [1, 3, 5], "b": [], "c": [2, 9]}
    with_all = kruskal_wallis({"a": some["a"], "c": some["c"]})
    result = kruskal_wallis(some)
    assert (result.h, result.df, result.left_out) == (with_all.h, 1, ("b",))


def test_kruskal_wallis_of_one_group_is_undefined_with_a_reason():
    reason = "A comparison needs two groups with values."
    assert kruskal_wallis({"a": [1, 2], "b": []}) == KruskalWallis(None, None, None, None, 2, ("b",), reason)


def test_published_holm_adjustment_in_the_order_given():
    p = [0.0286, 0.0001, 0.2, 0.0131, 0.0047]  # shuffled; R 4.2.2, p.adjust(p, "holm")
    assert holm(p) == pytest.approx((0.0572, 0.0005, 0.2, 0.0393, 0.0188))
    assert holm([0.9, 0.8]) == (1, 1)
    assert holm([]) == ()


def test_pairs_are_adjusted_over_those_that_have_a_p(npm_days):
    pairs = compare_pairs({**npm_days, "Unlabelled": []})
    tested = [pair for pair in pairs if pair.p_holm is not None]
    assert [(pair.first, pair.second, pair.n_first, pair.n_second) for pair in tested] == [
        ("Extrinsic", "Intrinsic", 107, 107),
        ("Extrinsic", "Not a Bug", 107, 214),
        ("Intrinsic", "Not a Bug", 107, 214),
    ]
    adjusted = (0.955980288709, 2 * 9.57928059064e-08, 3 * 6.4000989716e-08)
    assert [pair.p_holm for pair in tested] == pytest.approx([adjusted[0], max(adjusted[1:]), adjusted[2]])
    assert {pair.second for pair in pairs if pair.p_holm is None} == {"Unlabelled"}
    assert {pair.test.undefined_because for pair in pairs} == {None, EMPTY}


values = st.lists(st.integers(0, 6), min_size=1, max_size=15)


@few
@given(values, values)
def test_delta_counts_pairs_and_agrees_with_u(first, second):
    pairs = [(a > b) - (a < b) for a in first for b in second]
    delta = cliffs_delta(first, second).value
    assert delta == pytest.approx(sum(pairs) / len(pairs))
    u = mann_whitney(first, second).u
    assert u is None or delta == pytest.approx(2 * u / len(pairs) - 1)
