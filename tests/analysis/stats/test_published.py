"""Every published figure: value, standard error, interval, test, at the tolerance stated."""

import pytest

from analysis.stats.coefficients import agreement
from analysis.stats.distances import masi
from analysis.stats.intervals import Analytic
from analysis.stats.specific import against_none
from tests.analysis.stats.published import golden, matrix_of_case, setting_of

GOLDEN = golden("agreement.json")
FIGURES = [case for case in GOLDEN["cases"] if case["method"] != "masi_distance"]


def name(case):
    return f"{case['name']}-{case['method']}".replace(" ", "_")


@pytest.mark.parametrize("case", FIGURES, ids=name)
def test_published_figure(case):
    matrix, setting = matrix_of_case(case, GOLDEN["data"]), setting_of(case)
    result = agreement(matrix, case["method"], setting=setting, sure=Analytic())
    if case["value"] is None:
        assert result.value is None
        assert result.undefined_because
        return
    assert result.value == pytest.approx(case["value"], abs=case["tolerance"])
    if "pa" in case:
        assert (result.observed, result.expected) == pytest.approx((case["pa"], case["pe"]), abs=case["tolerance"])


@pytest.mark.parametrize("case", [case for case in FIGURES if "se" in case], ids=name)
def test_published_standard_error_and_interval(case):
    """Printed to as many digits as stand in the file: half of the last one is the tolerance."""
    matrix, setting = matrix_of_case(case, GOLDEN["data"]), setting_of(case)
    result = agreement(matrix, case["method"], setting=setting, sure=Analytic())
    assert result.se == pytest.approx(case["se"], abs=half_of_last(case["se"]))
    ends = (result.interval.low, result.interval.high)
    assert ends == pytest.approx(tuple(case["ci95"]), abs=half_of_last(*case["ci95"]))


def half_of_last(*figures):
    """Of the longest, because JSON drops zeros at the end; nothing was printed with fewer than three digits."""
    digits = max(3, *(len(str(figure).partition(".")[2]) for figure in figures))
    return 0.5001 * 10**-digits


@pytest.mark.parametrize("case", [case for case in FIGURES if "z" in case], ids=name)
def test_published_test_of_no_agreement(case):
    found = against_none(matrix_of_case(case, GOLDEN["data"]), setting_of(case))
    assert found.z == pytest.approx(case["z"], abs=1e-6)
    assert found.p == pytest.approx(case["p_value"], abs=1e-7)


def test_masi_distance_of_two_sets():
    [case] = [case for case in GOLDEN["cases"] if case["method"] == "masi_distance"]
    values = tuple(frozenset(map(str, codes)) for codes in GOLDEN["data"][case["data"]]["sets"])
    assert masi(values)[0, 1] == pytest.approx(case["value"], abs=case["tolerance"])


@pytest.mark.shared_data
def test_nothing_of_the_reference_is_missing_here(shared_data):
    """The file of references has the same data and figures under other names of options."""
    reference = golden(shared_data / "reference" / "agreement.json")
    keys = ("value", "tolerance", "se", "ci95", "z", "p_value", "pa", "pe")
    ours = {(case["name"], *(str(case.get(key)) for key in keys)) for case in GOLDEN["cases"]}
    theirs = {(case["name"], *(str(case.get(key)) for key in keys)) for case in reference["cases"]}
    assert ours == theirs
    assert len(theirs) == 96
    kinds = ("ratings", "table", "counts", "sets")
    assert {(at, str(data.get(kind))) for at, data in GOLDEN["data"].items() for kind in kinds} == {
        (at, str(data.get(kind))) for at, data in reference["datasets"].items() for kind in kinds
    }
