import pytest

from analysis.stats.coefficients import COEFFICIENTS, agreement
from analysis.stats.intervals import Bootstrap
from analysis.stats.ratings import Agreement, RatingMatrix
from tests.analysis.stats.published import golden, matrix_of

GOLDEN = golden("agreement.json")
FIGURES = ("value", "observed", "expected", "se", "interval")


def rate(*rows):
    """Rows of words, one letter a rater; "." is missing, "-" is none of these."""
    codes = {"-": frozenset()}
    return RatingMatrix.from_ratings(
        (unit, f"r{rater}", codes.get(letter, frozenset(letter)))
        for unit, row in enumerate(rows)
        for rater, letter in enumerate(row)
        if letter != "."
    )


def case_name(case):
    return f"{case['data']}-{case['method']}-{case['value']}"


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=case_name)
def test_published_figure(case):
    matrix = matrix_of(GOLDEN["data"][case["data"]])
    if "raters" in case:
        matrix = matrix.pair(*case["raters"])
    result = agreement(matrix, case["method"])
    if case["value"] is None:
        assert result.value is None
        return
    assert result.value == pytest.approx(case["value"], abs=case["tolerance"])
    if "se" in case:
        assert result.se == pytest.approx(case["se"], abs=0.00005)


# Generalised to unequal numbers of ratings (Gwet); ours leaves such units out, as docs/method.md says.
OTHER_FLEISS = {"krippendorff_2011_4x12", "irrcac_raw5obser", "irrcac_ben_gerry"}


def in_scope(case):
    options = case.get("options", {})
    wanted = options.get("weights", "unweighted") == "unweighted" and options.get("level", "nominal") == "nominal"
    ours = case["coefficient"] in COEFFICIENTS and wanted and "distance" not in options
    return ours and not (case["coefficient"] == "fleiss_kappa" and case["data"] in OTHER_FLEISS)


@pytest.mark.shared_data
def test_every_reference_case_of_these_coefficients(shared_data):
    reference = golden(shared_data / "reference" / "agreement.json")
    cases = [case for case in reference["cases"] if in_scope(case)]
    far = {}
    for case in cases:
        matrix = matrix_of(reference["datasets"][case["data"]])
        raters = case.get("options", {}).get("raters")
        value = agreement(matrix.pair(*raters) if raters else matrix, case["coefficient"]).value
        if abs(value - case["value"]) > case["tolerance"]:
            far[case["name"]] = value
    assert far == {}
    assert len(cases) == 16


@pytest.mark.parametrize(("data", "published"), [("fleiss_1971_diagnoses", 0.0542), ("irrcac_ben_gerry", 0.18007)])
def test_se_of_alpha_is_gwets_times_the_small_sample_factor_of_alpha(data, published):
    """R irrCAC gives the error of α without its factor (n − 1)/n; the same number of ratings a unit."""
    result = agreement(matrix_of(GOLDEN["data"][data]), "krippendorff_alpha")
    n = result.n_ratings
    assert result.se * n / (n - 1) == pytest.approx(published, abs=0.00005)


def test_everything_that_a_result_tells():
    matrix = rate("aa.", "ab.", "bbb", "a..")
    assert agreement(matrix, "krippendorff_alpha") == Agreement(
        method="krippendorff_alpha",
        value=pytest.approx(1 - (2 / 7) / (24 / 42)),
        observed=pytest.approx(5 / 7),
        expected=pytest.approx(1 - 24 / 42),
        se=pytest.approx((1.5 * (7**2 + 12.5**2 + 5.5**2) / 36**2) ** 0.5),  # influences by hand, in 36ths
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


def test_fleiss_leaves_out_units_with_another_number_of_ratings_and_counts_them():
    result = agreement(rate("aaa", "abb", "bbb", "ab.", "b.."), "fleiss_kappa")
    assert result.value == agreement(rate("aaa", "abb", "bbb"), "fleiss_kappa").value
    assert (result.n_units, result.n_ratings, result.n_left_out) == (3, 9, 2)


def test_fleiss_needs_equal_numbers_and_not_the_same_raters():
    result = agreement(rate("aa.", ".ab", "b.b", "abc"), "fleiss_kappa")
    assert (result.n_units, result.n_raters, result.n_ratings, result.n_left_out) == (3, 3, 6, 1)


def test_fleiss_takes_the_larger_of_two_equally_common_numbers():
    assert agreement(rate("aab", "abb", "ab.", "aa."), "fleiss_kappa").n_ratings == 6


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
        CORRECTED,
        "Every rating is the same (none of these), so chance explains all agreement: the coefficient is 0/0.",
    ),
    (rate("aba", "bbb"), {"cohen_kappa"}, "Cohen's κ compares two raters; there are 3 here."),
]


@pytest.mark.parametrize(("matrix", "methods", "reason"), UNDEFINED)
def test_undefined_has_a_reason_and_no_figure(matrix, methods, reason):
    results = {m: agreement(matrix, m, bootstrap=Bootstrap(draws=10)) for m in COEFFICIENTS}
    assert {m for m, result in results.items() if result.undefined_because == reason} == methods
    assert {getattr(results[m], figure) for m in methods for figure in FIGURES} == {None}


def test_a_single_unit_has_a_value_without_standard_error_or_interval():
    result = agreement(rate("ab"), "krippendorff_alpha", bootstrap=Bootstrap(draws=10))
    assert (result.value, result.se, result.interval) == (0, None, None)


def test_an_unknown_coefficient_is_refused_in_words():
    with pytest.raises(ValueError, match=r"no coefficient kapa\. Known: percent_agreement, cohen_kappa"):
        agreement(rate("aa"), "kapa")
