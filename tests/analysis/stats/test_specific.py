import pytest

from analysis.stats.ratings import RatingMatrix
from analysis.stats.specific import NoAgreement, TwoByTwo, against_none, specific_agreement, two_by_two
from tests.analysis.stats.published import one, rate

TABLE = rate(*["aa"] * 40, *["ab"] * 9, *["ba"] * 6, *["bb"] * 45, "a.")


def test_two_by_two_of_a_published_table():
    """Byrt, Bishop & Carlin 1993 write the indices as (a − d)/n and (b − c)/n."""
    assert two_by_two(TABLE, "a") == TwoByTwo(
        both=40,
        first_only=9,
        second_only=6,
        neither=45,
        positive=pytest.approx(80 / 95),
        negative=pytest.approx(90 / 105),
        prevalence_index=pytest.approx(-0.05),
        bias_index=pytest.approx(0.03),
    )


def test_two_by_two_without_what_it_needs():
    assert two_by_two(rate("a.", ".b"), "a") == TwoByTwo(0, 0, 0, 0, None, None, None, None)
    assert two_by_two(rate("bb"), "a") == TwoByTwo(0, 0, 0, 1, None, 1, -1, 0)
    with pytest.raises(ValueError, match="of two raters; there are 3"):
        two_by_two(rate("aab"), "a")


def test_specific_agreement_of_two_is_that_of_the_two_by_two():
    found = {each.value: each.share for each in specific_agreement(TABLE)}
    assert found == {one("a"): pytest.approx(80 / 95), one("b"): pytest.approx(90 / 105)}


def test_specific_agreement_of_several_is_over_all_pairs():
    """a: of 6 pairs of a rating "a" with another of the same issue, 4 agree; c was only given alone."""
    found = {each.value: each.share for each in specific_agreement(rate("aab", "aa.", "c.."))}
    assert found == {one("a"): pytest.approx(4 / 6), one("b"): 0, one("c"): None}


def test_no_test_where_kappa_is_undefined_or_cannot_vary():
    for rows in (rate("aa", "aa"), rate("a.", ".b"), rate("aa", "ab")):
        assert against_none(rows) == NoAgreement(None, None)
    with pytest.raises(ValueError, match="two raters; there are 3"):
        against_none(rate("aab"))


def test_perfect_agreement_is_far_from_none():
    found = against_none(RatingMatrix.from_ratings((u, r, one(u % 2)) for u in range(50) for r in "xy"))
    assert found.z == pytest.approx(50**0.5)
    assert found.p == pytest.approx(1.5e-12, rel=0.1)
