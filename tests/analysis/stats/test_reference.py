"""Every published figure at its tolerance: from the golden file, and all of the shared reference."""

import csv
import json
from datetime import datetime

import pytest

from tests.analysis.stats.published import golden
from tests.analysis.stats.reference import figures

GOLDEN = golden("statistics.json")


def expected(case):
    return {name: near(value, case["rtol"]) if is_number(value) else value
            for name, value in case["expected"].items()}  # fmt: skip


def near(value, rtol):
    """Intervals are printed with seven decimals, which allows half a unit of the last one."""
    return pytest.approx(value, rel=rtol, abs=5e-8 if isinstance(value, list) else None)


def is_number(value):
    return isinstance(value, int | float | list)


def among(found, case):
    """Of what was found, what the case tells; all that it tells must have been computed."""
    return {name: found[name] for name in case["expected"]}


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_published_figures(case):
    assert among(figures(case, GOLDEN["datasets"][case["data"]]), case) == expected(case)


@pytest.mark.shared_data
def test_all_of_the_shared_reference_with_the_issues_themselves(shared_data):
    """The 428 issues are read from their dates, so that golden seconds and real dates hold each other to account."""
    reference = golden(shared_data / "reference" / "statistics.json")
    datasets = {**reference["datasets"], "npm_issues": real_issues(shared_data / "npm_issues")}
    found = {case["name"]: among(figures(case, datasets[case["data"]]), case) for case in reference["cases"]}
    assert found == {case["name"]: expected(case) for case in reference["cases"]}
    assert {case["name"] for case in reference["cases"]} <= {case["name"] for case in GOLDEN["cases"]}


def real_issues(folder):
    with (folder / "labels.csv").open(encoding="utf-8") as rows:
        labels = {row["html_url"]: row["label"] for row in csv.DictReader(rows)}
    groups = {"Extrinsic": [], "Intrinsic": [], "Not a Bug": []}
    for line in (folder / "issues.jsonl").read_text(encoding="utf-8").splitlines():
        issue = json.loads(line)
        created, done = (datetime.fromisoformat(issue[key]) for key in ("created_at", "closed_at"))
        groups[labels[issue["html_url"]]].append((done - created).total_seconds())
    return {"divide_by": 86_400, "named": groups}
