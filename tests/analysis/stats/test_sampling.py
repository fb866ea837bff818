"""Sample sizes: published values, and the error of κ as statsmodels computes it."""

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.stats.sampling import kappa_variance, size_for_kappa, size_for_share, z_of


def test_size_for_the_studied_corpus() -> None:
    assert size_for_share(0.05, population=8373) == 368


@pytest.mark.parametrize(
    ("population", "size"),
    [(100, 80), (500, 218), (1000, 278), (10_000, 370), (100_000, 383), (1_000_000, 384)],
)
def test_sizes_of_krejcie_and_morgan(population: int, size: int) -> None:
    """Their table of 1970 is this formula, rounded to the nearest: ours rounds up and may ask for one more."""
    assert size_for_share(0.05, population=population) - size in (0, 1)


def test_an_endless_population_needs_most() -> None:
    assert (size_for_share(0.05), size_for_share(0.05, share=0.1), size_for_share(0.05, confidence=0.99)) == (
        385,
        139,
        664,
    )


def test_never_more_than_there_are() -> None:
    assert [size_for_share(0.01, population=n) for n in (1, 2, 50)] == [1, 2, 50]


@pytest.mark.parametrize(("kappa", "prevalence"), [(0.6, 0.3), (0.7, 0.2), (0.4, 0.5), (0.8, 0.05), (0, 0.3)])
def test_the_error_of_kappa_is_that_of_fleiss_cohen_and_everitt(kappa: float, prevalence: float) -> None:
    both = prevalence**2 + kappa * prevalence * (1 - prevalence)
    one, neither = prevalence - both, 1 - 2 * prevalence + both
    table = np.array([[both, one], [one, neither]]) * 10**6
    assert kappa_variance(kappa, prevalence) == pytest.approx(cohens_kappa(table).var_kappa * 10**6)


def test_size_for_kappa_is_pinned() -> None:
    assert size_for_kappa(0.1, kappa=0.7, prevalence=0.2) == 314
    assert size_for_kappa(0.1, kappa=0.6, prevalence=0.3) == 296
    assert size_for_kappa(0.1, kappa=0.7, prevalence=0.2) > size_for_kappa(0.1, kappa=0.7, prevalence=0.5)


def test_z() -> None:
    assert z_of(0.95) == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: size_for_share(0), lambda: size_for_share(1), lambda: size_for_share(0.1, share=0),
        lambda: size_for_share(0.1, population=0), lambda: size_for_share(0.1, confidence=1),
        lambda: kappa_variance(1, 0.5), lambda: kappa_variance(0.5, 0), lambda: kappa_variance(-0.1, 0.5),
        lambda: size_for_kappa(0, kappa=0.5, prevalence=0.5),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):
        wrong()  # type: ignore[operator]
