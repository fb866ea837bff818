import math

from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.durations import DurationSummary, LogBox, closed, log_box, summarise
from tests.analysis.stats.tables import few

EVERYTHING = [4.0, None, 1.0, -2.0, 2.0, None, 3.0, math.nan]


def test_summary_counts_open_and_impossible_and_uses_neither():
    assert summarise("bug", EVERYTHING) == DurationSummary(
        group="bug",
        n=4,
        open=2,
        impossible=2,
        median=2.5,
        q1=1.75,
        q3=3.25,
        mean=2.5,
        minimum=1,
        maximum=4,
        undefined_because=None,
    )


def test_a_group_without_closed_issues_has_a_reason_and_keeps_its_counts():
    reason = "No issue of this group has been closed."
    assert summarise("bug", [None, -1.0]) == DurationSummary("bug", 0, 1, 1, *[None] * 6, reason)


def test_closed_keeps_what_is_known_and_possible():
    assert closed([*EVERYTHING, 0.0]).tolist() == [4, 1, 2, 3, 0]


def test_published_medians_of_real_issues(npm_days):
    medians = {group: round(summarise(group, days).median, 6) for group, days in npm_days.items()}
    assert medians == {"Extrinsic": 10.603484, "Intrinsic": 8.894838, "Not a Bug": 0.756319}
    assert {group: len(days) for group, days in npm_days.items()} == {
        "Extrinsic": 107,
        "Intrinsic": 107,
        "Not a Bug": 214,
    }


def test_box_measures_its_reach_on_the_logarithms():
    """Quartiles 1 and 100: the fences are at 10⁻³ and 10⁵, not at −147.5 and 248.5."""
    days = [0.0001, 0.002, 1, 1, 1, 10, 100, 100, 100, 20_000, 200_000]
    assert log_box("bug", days) == LogBox(
        group="bug",
        n=11,
        zeros=0,
        low=0.002,
        q1=1,
        median=10,
        q3=100,
        high=20_000,
        outliers=(0.0001, 200_000),
        undefined_because=None,
    )


def test_box_leaves_out_durations_of_zero_and_counts_them():
    box = log_box("bug", [0.0, 0.0, 5.0, None])
    assert (box.n, box.zeros, box.low, box.median, box.high, box.outliers) == (1, 2, 5, 5, 5, ())


def test_box_of_nothing_above_zero_has_a_reason():
    reason = "No duration of this group is above zero."
    assert log_box("bug", [0.0, None]) == LogBox("bug", 0, 1, *[None] * 5, (), reason)


def test_a_whisker_never_ends_inside_the_box():
    box = log_box("bug", [0.001, 100.0])
    assert (box.low, box.outliers) == (box.q1, (0.001,))


@few
@given(st.lists(st.floats(min_value=1e-4, max_value=1e4), min_size=1))
def test_box_is_ordered_and_loses_no_value(days):
    box, summary = log_box("bug", days), summarise("bug", days)
    assert box.low <= box.q1 <= box.median <= box.q3 <= box.high
    assert (box.q1, box.median, box.q3) == (summary.q1, summary.median, summary.q3)
    within = [day for day in days if box.low <= day <= box.high]
    assert len(within) + len(box.outliers) == len(days)
    assert all(outlier in days for outlier in box.outliers)
