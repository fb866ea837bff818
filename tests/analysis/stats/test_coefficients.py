import pytest

from analysis.stats.coefficients import COEFFICIENTS, MOST_RATERS_IN_PAIRS, agreement, agreements, resampled
from analysis.stats.intervals import Analytic, Bootstrap
from analysis.stats.ratings import Agreement, NotOnScale, RatingMatrix
from analysis.stats.scales import Setting
from tests.analysis.stats.published import golden, matrix_of, one, points, rate

GOLDEN = golden("agreement.json")
FIGURES = ("value", "observed", "expected", "se", "interval")
FLEISS = matrix_of(GOLDEN["data"]["fleiss_1971_diagnoses"])


def test_everything_that_a_result_tells():
    matrix = rate("aa.", "ab.", "bbb", "a..")
    assert agreement(matrix, "krippendorff_alpha") == Agreement(
        method="krippendorff_alpha",
        value=pytest.approx(1 - (2 / 7) / (24 / 42)),
        observed=pytest.approx(5 / 7),
        expected=pytest.approx(1 - 24 / 42),
        se=pytest.approx((1.5 * (32**2 + 59**2 + 27**2)) ** 0.5 / 144),  # influences by hand, in 144ths
        interval=None,
        n_units=3,
        n_raters=3,
        n_ratings=7,
        n_left_out=1,
        undefined_because=None,
    )


def test_percent_agreement_has_no_expected_agreement_and_is_defined_on_one_category():
    result = agreement(rate("aa", "aa"), "percent_agreement")
    assert (result.value, result.observed, result.expected, result.undefined_because) == (1, 1, None, None)


def test_percent_agreement_weighs_units_alike_whatever_the_number_of_their_ratings():
    assert agreement(rate("aab", "aa."), "percent_agreement").value == pytest.approx((1 / 3 + 1) / 2)


def test_fleiss_takes_every_rating_and_percent_agreement_the_issues_rated_twice():
    """Gwet's generalisation: shares of values over all issues, agreement over those with two ratings."""
    result = agreement(rate("aaa", "abb", "bbb", "ab.", "b.."), "fleiss_kappa")
    shares = (1 + 1 / 3 + 0 + 1 / 2 + 0) / 5
    observed, expected = (1 + 1 / 3 + 1 + 0) / 4, shares**2 + (1 - shares) ** 2
    assert (result.observed, result.expected) == pytest.approx((observed, expected))
    assert (result.n_units, result.n_ratings, result.n_left_out) == (5, 12, 0)
    percent = agreement(rate("aaa", "abb", "bbb", "ab.", "b.."), "percent_agreement")
    assert (percent.observed, percent.n_units, percent.n_ratings, percent.n_left_out) == (
        pytest.approx(observed),
        4,
        11,
        1,
    )


def test_none_of_these_is_a_value_and_missing_is_not():
    both = agreement(rate("--", "aa", "a-"), "cohen_kappa")
    assert (both.observed, both.n_units) == (pytest.approx(2 / 3), 3)
    one_missing = agreement(rate("--", "aa", "a."), "cohen_kappa")
    assert (one_missing.observed, one_missing.n_units, one_missing.n_left_out) == (1, 2, 1)


def test_code_sets_agree_only_when_they_are_the_same():
    sets = [
        (0, "x", frozenset("ab")),
        (0, "y", frozenset("a")),
        (1, "x", frozenset("b")),
        (1, "y", frozenset("b")),
    ]
    assert agreement(RatingMatrix.from_ratings(sets), "krippendorff_alpha").observed == 0.5


ALL = set(COEFFICIENTS)
CORRECTED = ALL - {"percent_agreement"}
UNDEFINED = [
    (rate(), ALL, "No issue has been rated."),
    (rate("a", "b"), ALL, "Agreement needs two raters; only one has rated."),
    (rate("a.", ".b"), ALL, "No issue has been rated by two raters."),
    (
        rate("aa", "aa"),
        CORRECTED,
        "Every rating is the same (a), so chance explains all agreement: the coefficient is 0/0.",
    ),
    (
        rate("--", "--", "b."),
        {"cohen_kappa", "light_kappa", "krippendorff_alpha"},
        "Every rating is the same (none of these), so chance explains all agreement: the coefficient is 0/0.",
    ),
    (rate("aba", "bbb"), {"cohen_kappa"}, "Cohen's κ compares two raters; there are 3 here."),
    (rate("aba", "bbb"), {"scott_pi"}, "Scott's π compares two raters; there are 3 here."),
    (
        rate("aab", "aab"),
        {"light_kappa"},
        "κ of at least one pair of raters is undefined, so their mean is.",
    ),
]


@pytest.mark.parametrize(("matrix", "methods", "reason"), UNDEFINED)
def test_undefined_has_a_reason_and_no_figure(matrix, methods, reason):
    results = {m: agreement(matrix, m, sure=Bootstrap(draws=10)) for m in COEFFICIENTS}
    assert {m for m, result in results.items() if result.undefined_because == reason} == methods
    assert {getattr(results[m], figure) for m in methods for figure in FIGURES} == {None}


def test_a_single_unit_has_a_value_without_standard_error_or_interval():
    result = agreement(rate("ab"), "krippendorff_alpha", sure=Bootstrap(draws=10))
    assert (result.value, result.se, result.interval) == (0, None, None)


def test_an_unknown_coefficient_is_refused_in_words():
    with pytest.raises(ValueError, match=r"no coefficient kapa\. Known: percent_agreement, cohen_kappa"):
        agreement(rate("aa"), "kapa")


def test_a_scale_with_unused_points_gives_a_value_where_chance_is_known_beforehand():
    """Only one of two categories in use: κ, π and α are 0/0; Brennan–Prediger and AC1 take chance from the scale."""
    same, setting = rate("aa", "aa"), Setting(categories=points("a", "b"))
    results = {method: agreement(same, method, setting=setting).value for method in COEFFICIENTS}
    assert {method for method, value in results.items() if value == 1} == {
        "percent_agreement",
        "brennan_prediger",
        "randolph_kappa",
        "gwet_ac",
    }
    assert {value for value in results.values() if value != 1} == {None}


def test_weights_that_take_no_disagreement_for_one_leave_0_over_0():
    all_alike = Setting(weights=[[1, 1], [1, 1]], categories=points("a", "b"))
    reason = agreement(rate("ab", "ba"), "fleiss_kappa", setting=all_alike).undefined_because
    assert reason == "No disagreement is expected by chance under these weights: the coefficient is 0/0."


def test_weights_of_ones_own_equal_the_named_ones():
    own = Setting(weights=[[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]], categories=points("a", "b", "c"))
    named = Setting(weights="linear", categories=points("a", "b", "c"))
    matrix = rate("ab", "cc", "ba", "ac", "bb")
    for method in ("cohen_kappa", "gwet_ac", "krippendorff_alpha"):
        assert agreement(matrix, method, setting=own) == agreement(matrix, method, setting=named)


def test_randolph_has_no_weights_and_is_brennan_prediger_without():
    assert agreement(FLEISS, "randolph_kappa").value == agreement(FLEISS, "brennan_prediger").value
    weighted = agreement(FLEISS, "randolph_kappa", setting=Setting(weights="linear"))
    assert (weighted.value, weighted.undefined_because) == (None, "Randolph's κ has no weights. Take Brennan–Prediger.")


def test_light_is_the_mean_of_the_pairs():
    matrix = rate("aab", "abb", "bcb", "cc.", "a.c", ".bb")
    pairs = [agreement(matrix.pair(a, b), "cohen_kappa") for a, b in (("r0", "r1"), ("r0", "r2"), ("r1", "r2"))]
    light = agreement(matrix, "light_kappa")
    assert light.value == pytest.approx(sum(pair.value for pair in pairs) / 3)
    assert light.observed == pytest.approx(sum(pair.observed for pair in pairs) / 3)


def test_several_coefficients_of_one_table_are_what_each_is_alone():
    plan = Bootstrap(draws=300)
    together = agreements(FLEISS, list(COEFFICIENTS), sure=plan)
    assert together == [agreement(FLEISS, method, sure=plan) for method in COEFFICIENTS]


def test_an_ordered_scale_refuses_what_has_no_place_on_it():
    for setting, words in [
        (Setting(weights="linear"), "none of these” has no place on an ordered scale"),
        (Setting(level="ordinal"), "none of these” has no place on an ordered scale"),
        (Setting(level="interval"), "not a number"),
        (Setting(categories=points("b")), "“a” is not among the categories b"),
    ]:
        with pytest.raises(NotOnScale, match=words):
            agreement(rate("a-", "ab"), "krippendorff_alpha", setting=setting)


def test_a_thousand_raters():
    """Light's κ would be the mean of half a million pairs and says so; the others answer."""
    matrix = rate(*["ab" * 500, "aaab" * 250, "b" * 1_000])
    results = {each.method: each for each in agreements(matrix, list(COEFFICIENTS), sure=Analytic())}
    undefined = {method for method, result in results.items() if result.value is None}
    assert undefined == {"cohen_kappa", "scott_pi", "light_kappa"}
    assert results["light_kappa"].undefined_because == (
        f"Light's κ is the mean over all pairs of raters and is computed for up to {MOST_RATERS_IN_PAIRS}; "
        "there are 1000 here. Take Conger's κ."
    )
    assert results["fleiss_kappa"].n_raters == 1_000
    assert results["conger_kappa"].value == pytest.approx(0.39959, abs=1e-5)


def test_a_bootstrap_that_would_take_minutes_gives_way_to_the_analytic_interval(monkeypatch):
    monkeypatch.setattr("analysis.stats.coefficients.MOST_WORK", 100)
    interval = agreement(FLEISS, "fleiss_kappa", sure=Bootstrap()).interval
    assert interval == agreement(FLEISS, "fleiss_kappa", sure=Analytic()).interval
    assert (interval.kind, interval.draws) == ("analytic, Student’s t, 29 degrees of freedom", 0)


def test_a_share_of_a_finite_population_takes_the_error_down():
    plain, some, all_of_it = (agreement(FLEISS, "gwet_ac", population=population).se for population in (None, 120, 30))
    assert (some / plain, all_of_it) == (pytest.approx((1 - 30 / 120) ** 0.5), 0)
    with pytest.raises(ValueError, match="population of 20 cannot be smaller than the 30 issues"):
        agreement(FLEISS, "gwet_ac", population=20)


def test_jackknife_leaves_each_issue_out_once():
    without = [agreement(matrix_without(FLEISS, at), "krippendorff_alpha").value for at in range(len(FLEISS.units))]
    mean = sum(without) / 30
    result, found = resampled(FLEISS, "krippendorff_alpha")
    assert found.se == pytest.approx((29 / 30 * sum((value - mean) ** 2 for value in without)) ** 0.5)
    assert found.bias == pytest.approx(29 * (mean - result.value))
    assert found.undefined == 0


def matrix_without(matrix, at):
    keep = [unit for unit in range(len(matrix.units)) if unit != at]
    return RatingMatrix(tuple(keep), matrix.raters, tuple(matrix.cells[unit] for unit in keep))


def test_jackknife_counts_tables_without_a_value_and_needs_two_with_one():
    assert resampled(rate("aa", "aa", "bb"), "cohen_kappa")[1].undefined == 1
    assert resampled(rate("aa", "bb"), "cohen_kappa")[1] is None
    assert resampled(rate("aa", "aa"), "cohen_kappa")[1] is None
    assert resampled(rate("aab"), "cohen_kappa")[1] is None


def test_categories_may_be_whole_answers_too():
    presence = Setting(categories=(frozenset(), one("a")))
    assert agreement(rate("--", "--"), "gwet_ac", setting=presence).value == 1


def test_one_rating_beside_the_pairs_makes_chance_of_other_values_known():
    """The b enters the shares of π, κ and AC, so they are not 0/0; it cannot enter α."""
    assert agreement(rate("--", "--", "b."), "fleiss_kappa").value == 1


def test_more_sets_than_issues_give_the_interval_that_the_values_give(monkeypatch):
    """Draws are then summed over pairs of patterns instead of pairs of values: the same numbers."""
    sets = [frozenset("abcdef"[at : at + size]) for at in range(5) for size in (1, 2, 3)]
    rows = [(unit, rater, sets[(unit * (7 if rater == "y" else 1)) % 15]) for unit in range(9) for rater in "xyz"]
    matrix, setting = RatingMatrix.from_ratings(rows), Setting(level="masi")
    assert len(matrix.values) > 9 > 1
    by_patterns = agreement(matrix, "krippendorff_alpha", setting=setting, sure=Bootstrap(draws=50))
    monkeypatch.setattr("analysis.stats.batches.Quadratic.by_patterns", lambda *_: False)
    by_values = agreement(matrix, "krippendorff_alpha", setting=setting, sure=Bootstrap(draws=50))
    assert by_patterns.interval.low == pytest.approx(by_values.interval.low)
    assert by_patterns.interval.high == pytest.approx(by_values.interval.high)


def test_a_table_too_large_for_memory_is_refused_in_words(monkeypatch):
    monkeypatch.setattr("analysis.stats.coefficients.MOST_NUMBERS", 50)
    assert agreement(FLEISS, "fleiss_kappa").undefined_because == (
        "Fleiss' κ is not computed for 24 different rows of 6 raters with 5 different answers at once. "
        "Take a sample of the issues, or fewer raters."
    )
    monkeypatch.setattr("analysis.stats.scales.MOST_VALUES", 4)
    with pytest.raises(NotOnScale, match="There are 5 different answers, and 4 can be compared"):
        agreement(FLEISS, "krippendorff_alpha", setting=Setting(level="interval"))


def test_observed_agreement_stays_between_0_and_1_at_every_level():
    for level in ("ordinal", "interval", "ratio"):
        found = agreement(FLEISS, "krippendorff_alpha", setting=Setting(level=level))
        assert 0 <= found.expected <= found.observed <= 1
        assert found.value == pytest.approx((found.observed - found.expected) / (1 - found.expected))
