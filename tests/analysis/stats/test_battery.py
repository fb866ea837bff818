import pytest

from analysis.stats import names
from analysis.stats.adjustment import ADJUSTMENTS
from analysis.stats.battery import run, usual
from analysis.stats.names import NAMES, ROWS
from analysis.stats.samples import Observed, Sample
from analysis.stats.statistic import ONE_GROUP
from analysis.stats.survival import LIMITS


def sample(groups="abc", blocks=("r", "s"), still_open=1):
    rows = [
        Observed(1.0 + 2 * place + step * 1.7, step > still_open - 1, group, blocks[step % len(blocks)])
        for place, group in enumerate(groups)
        for step in range(8)
    ]
    return Sample.of(rows)


def test_every_name_gives_rows_whose_names_are_known():
    rows = run(sample(), NAMES)
    assert {row.test for row in rows} <= set(ROWS)
    assert {row.test for row in rows} >= set(NAMES)
    assert [row.undefined_because for row in rows] == [None] * len(rows)


def test_names_of_choices_are_those_that_are_computed():
    assert set(names.ADJUSTMENTS) == set(ADJUSTMENTS)
    assert tuple(names.LIMITS) == LIMITS


def test_pairs_come_in_the_order_of_the_groups_and_are_adjusted_together():
    rows = run(sample(), ["mann_whitney", "rmst"], how="bonferroni")
    assert [row.groups for row in rows] == [("a", "b"), ("a", "c"), ("b", "c")] * 2
    assert [row.p_adjusted for row in rows] == pytest.approx([min(1, 3 * row.p) for row in rows])


def test_tests_on_ranks_say_how_many_open_ones_they_left_out():
    rows = run(sample(still_open=2), ["kruskal_wallis", "mann_whitney", "van_elteren"])
    assert [row.method.split(" Of what has ended; ")[1] for row in rows] == [
        "6 still open, left out.", *["4 still open, left out."] * 3, "6 still open, left out.",
    ]  # fmt: skip
    assert "still open" not in run(sample(still_open=0), ["kruskal_wallis"])[0].method


def test_log_rank_is_whole_and_within_strata_by_its_name():
    whole, within, *cox = run(sample(), ["logrank", "stratified_logrank", "cox"])
    assert (whole.test, within.test) == ("logrank", "stratified_logrank")
    assert "strat" not in whole.method
    assert {"stratified (2 strata)" in row.method for row in [within, *cox]} == {True}


def test_the_limits_of_the_curve_can_be_chosen():
    log, loglog = (run(sample("a"), ["km"], limits=limits)[0] for limits in LIMITS)
    assert (log.ci_low, log.ci_high) != (loglog.ci_low, loglog.ci_high)


def test_one_group_has_a_curve_and_nothing_else():
    rows = run(sample("a"), ["dunn", "km", "logrank"])
    assert [(row.test, row.undefined_because) for row in rows] == [
        ("dunn", ONE_GROUP), ("km", None), ("logrank", ONE_GROUP),
    ]  # fmt: skip


def test_what_is_usual_depends_on_groups_and_strata():
    assert usual(1, blocks=False) == ("km",)
    assert usual(2, blocks=False) == ("mann_whitney", "hodges_lehmann", "km", "logrank", "rmst", "cox")
    assert usual(3, blocks=True) == (
        "kruskal_wallis", "dunn", "cliffs_delta", "km", "logrank", "rmst", "van_elteren", "stratified_logrank", "cox",
    )  # fmt: skip
    assert all(run(sample(), usual(3, blocks=True)))


def test_a_wrong_name_and_strata_that_are_not_there_are_refused():
    with pytest.raises(ValueError, match=r"There is no test “anova”\. There are: mann_whitney, "):
        run(sample(), ["anova"])
    with pytest.raises(ValueError, match="“van_elteren” compares within strata"):
        run(sample(blocks=("",)), ["van_elteren"])
