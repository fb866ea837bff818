"""Agreement coefficients, ours and three libraries on the same ratings: `.venv/bin/python -m bench.agreement`.

One core. `krippendorff` and `statsmodels` are development dependencies; irrCAC is measured where it is installed.
"""

import importlib
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import numpy as np  # noqa: E402 - the number of threads is read when it is loaded

from analysis.stats.coefficients import agreements  # noqa: E402
from analysis.stats.intervals import BCA, Bootstrap  # noqa: E402
from analysis.stats.ratings import RatingMatrix  # noqa: E402
from analysis.stats.scales import Setting  # noqa: E402

THREE = ["percent_agreement", "fleiss_kappa", "conger_kappa", "gwet_ac", "krippendorff_alpha"]
TWO = ["percent_agreement", "cohen_kappa", "brennan_prediger", "gwet_ac", "krippendorff_alpha"]
TIMES = 3


def made(issues: int, raters: int, codes: int, *, several: bool = False, seed: int = 1) -> RatingMatrix:
    """Each rater keeps three of four codes of the truth; one rating of twenty is missing."""
    random = np.random.default_rng(seed)
    ratings = []
    for issue in range(issues):
        truth = random.integers(0, codes, size=random.integers(1, 4) if several else 1)
        for rater in range(raters):
            if random.random() < 0.05:
                continue
            said = np.where(random.random(len(truth)) < 0.25, random.integers(0, codes, len(truth)), truth)
            ratings.append((issue, f"rater {rater}", frozenset(map(str, said))))
    return RatingMatrix.from_ratings(ratings)


def seconds(work: Callable[[], Any]) -> float:
    """The fastest of three, in processor seconds, which others on a busy machine change least."""
    found = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def ours(matrix: RatingMatrix, methods: list[str], plan: Bootstrap | None, level: str | None = None) -> float:
    def fresh() -> Any:
        again = RatingMatrix(matrix.units, matrix.raters, matrix.cells)
        return agreements(again, methods, setting=Setting(level=level), sure=plan)

    return seconds(fresh)


def library(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ImportError:
            return None


def numbers(matrix: RatingMatrix) -> Any:
    table = matrix.coded().astype(float)
    table[table < 0] = np.nan
    return table


def by_krippendorff(matrix: RatingMatrix, draws: int = 0) -> float | None:
    found = library("krippendorff")
    table = numbers(matrix).T
    if not found or not draws:
        return seconds(lambda: found.alpha(reliability_data=table, level_of_measurement="nominal")) if found else None
    random = np.random.default_rng(1)
    n = table.shape[1]

    def drawn() -> Any:
        return [
            found.alpha(reliability_data=table[:, random.integers(0, n, n)], level_of_measurement="nominal")
            for _ in range(100)
        ]

    return seconds(drawn) * draws / 100


def by_statsmodels(matrix: RatingMatrix) -> float | None:
    found = library("statsmodels.stats.inter_rater")
    table = matrix.coded()
    whole = table[(table >= 0).all(axis=1)]
    return seconds(lambda: found.fleiss_kappa(found.aggregate_raters(whole)[0])) if found else None


def by_irrcac(matrix: RatingMatrix) -> float | None:
    found, pandas = library("irrCAC.raw"), library("pandas")
    if not found or not pandas:
        return None
    frame = pandas.DataFrame(numbers(matrix))

    def five() -> None:
        for method in ("gwet", "fleiss", "conger", "bp", "krippendorff"):
            getattr(found.CAC(frame), method)()

    return seconds(five)


def main() -> None:
    drawn = Bootstrap()
    three, two = made(840, 3, 12), made(8_373, 2, 12)
    sets = made(840, 3, 40, several=True)
    rows: list[tuple[str, float | None, float | None]] = [
        ("ours: five coefficients with analytic errors, 840 × 3", ours(three, THREE, None), 0.05),
        ("ours: five with 10,000 draws each, 840 × 3", ours(three, THREE, drawn), 2),
        ("ours: five with 10,000 draws each, BCa, 840 × 3", ours(three, THREE, Bootstrap(kind=BCA)), None),
        ("ours: five with analytic errors, 8,373 × 2", ours(two, TWO, None), None),
        ("ours: five with 10,000 draws each, 8,373 × 2", ours(two, TWO, drawn), 6),
        ("ours: set-valued α (MASI, 40 codes), 840 × 3", ours(sets, ["krippendorff_alpha"], None, "masi"), None),
        ("ours: the same with 10,000 draws", ours(sets, ["krippendorff_alpha"], drawn, "masi"), 5),
        ("krippendorff: α, 840 × 3", by_krippendorff(three), None),
        ("krippendorff: α, 10,000 draws in a loop, 840 × 3 (from 100)", by_krippendorff(three, 10_000), None),
        ("krippendorff: α, 8,373 × 2", by_krippendorff(two), None),
        ("statsmodels: Fleiss’ κ, complete issues of 840 × 3", by_statsmodels(three), None),
        ("irrCAC: five with analytic errors, 840 × 3", by_irrcac(three), None),
        ("irrCAC: five with analytic errors, 8,373 × 2", by_irrcac(two), None),
    ]
    print(f"{'CPU s':>9}  {'budget':>6}  ")
    for what, value, budget in rows:
        shown = "–" if value is None else f"{value:9.3f}"
        print(f"{shown:>9}  {budget or '':>6}  {what}{'' if value is not None else ' (not installed)'}")


if __name__ == "__main__":
    main()
