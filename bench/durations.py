"""How long the tests on durations take, by number of issues: `python -m bench.durations [SIZE …]`.

One table, in seconds of this process; 15 % are open, 7 categories, 31 repositories.
"""

import sys
import time
from collections.abc import Iterator

import numpy as np

from analysis.stats.battery import run
from analysis.stats.names import NAMES
from analysis.stats.samples import Observed, Sample

SIZES = (840, 8_373, 100_000)
CATEGORIES, REPOSITORIES, CLOSED = 7, 31, 0.85


def sample(size: int) -> Sample:
    return Sample.of(observations(size))


def observations(size: int) -> Iterator[Observed]:
    random = np.random.default_rng(1)
    for _ in range(size):
        days, closed = float(random.lognormal(2, 2)), bool(random.random() < CLOSED)
        category, repository = random.integers(CATEGORIES), random.integers(REPOSITORIES)
        yield Observed(days, closed, f"category {category}", f"repository {repository}")


def seconds(given: Sample, test: str) -> float:
    begun = time.process_time()
    run(given, [test])
    return time.process_time() - begun


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    samples = [sample(size) for size in sizes]
    print(f"{'test':<22}" + "".join(f"{size:>12,}" for size in sizes))
    for test in NAMES:
        print(f"{test:<22}" + "".join(f"{seconds(given, test):>12.2f}" for given in samples), flush=True)


if __name__ == "__main__":
    main()
