"""428 real issues, imported and labelled through the services, and what the dashboard says of them.

Figures: README of the real data, computed there from closed_at − created_at; labels by one expert an issue.
"""

import csv
import json
import re
import uuid

import pytest
from django.core.files import File
from django.test import Client
from django.urls import reverse

from analysis.datasets import labels
from analysis.services.exports import folder, request_export
from annotator.models import Assignment
from annotator.services.coding import submit_coding
from annotator.services.phases import close_round, start_round
from annotator.services.resolution import resolve_unanimous
from annotator.services.rounds import draft_round
from annotator.states import Outcome
from corpus.services.imports import request_file_import
from jobs.models import Job, State
from jobs.services import run
from taxonomy.services.editing import add_code, create_taxonomy
from taxonomy.services.versions import publish
from tests.analysis.test_exports import files, lines
from tests.analysis.test_pages import rows, words

pytestmark = pytest.mark.shared_data


@pytest.fixture
def expert(shared_data):
    """The expert's label by the address of the issue."""
    with (shared_data / "npm_issues" / "labels.csv").open() as file:
        return {row["html_url"]: row["label"] for row in csv.DictReader(file)}


@pytest.fixture
def labelled(study, members, lead, shared_data, expert):
    """The whole path without the browser: import, publish, draw all, code twice the same, close, settle."""
    with (shared_data / "npm_issues" / "issues.jsonl").open("rb") as file:
        asked = request_file_import(study=study, issues=File(file, "issues.jsonl"), by=lead)
    run(asked.job_id)
    version = create_taxonomy(study=study, name="Causes of bugs", by=lead)
    for name in ("Intrinsic", "Extrinsic", "Not a Bug"):
        add_code(version=version, name=name, definition=f"{name}.", by=lead)
    version = publish(version=version, by=lead)
    raters = [members["rater_a"], members["rater_b"]]
    round = draft_round(study=study, version=version, size=428, raters=raters, several_codes=False, by=lead)
    start_round(round=round, by=lead)
    codes = {code.name: code.pk for code in version.codes.all()}
    for assignment in Assignment.objects.select_related("member__user", "round_issue__issue"):
        code = codes[expert[assignment.round_issue.issue.url]]
        submit_coding(
            assignment=assignment, outcome=Outcome.CODED, codes=[code], client_id=uuid.uuid4(),
            by=assignment.member.user,
        )  # fmt: skip
    round.refresh_from_db()
    close_round(round=round, by=lead)
    assert resolve_unanimous(round=round, by=lead) == 428
    return version


def test_the_dashboard_and_the_export_say_what_the_data_say(labelled, study, lead, expert, shared_data):
    client = Client()
    client.force_login(lead)
    findings = reverse("findings", args=[study.slug])
    client.post(reverse("findings_refresh", args=[study.slug]), {"version": labelled.pk})
    tests = Job.objects.get(kind="analysis.resolution_time")
    run(tests.pk)
    page = words(client.get(findings, {"first": "Extrinsic", "second": "Not a Bug"}))

    counted = rows(page, "Issues by category", "Resolution time by category")
    for line in ("Intrinsic 107 25.0 [", "Extrinsic 107 25.0 [", "Not a Bug 214 50.0 ["):
        assert line in counted
    times = rows(page, "Resolution time by category", "Tests among")
    medians = {name: re.search(rf"{name} \d+ \S+ (\S+) \S+ 0\b", times)[1] for name in ("Intrinsic", "Extrinsic")}
    assert medians == {"Intrinsic": "8.9", "Extrinsic": "10.6"}
    assert re.search(r"Not a Bug 214 \S+ 0\.756 \S+ 0\b", times)
    by_category = {}
    for label in labels(study, [labelled]):
        by_category.setdefault(label.codes[0].name, []).append(label.days)
    middle = {name: round(sorted(days)[len(days) // 2], 2) for name, days in by_category.items() if len(days) % 2}
    assert middle == {"Intrinsic": 8.89, "Extrinsic": 10.60}

    assert "H(2) = 43.317, p = 3.92 × 10⁻¹⁰, ε² = 0.101 [" in page
    assert (
        "Extrinsic (n = 107) and Not a Bug (n = 214): Mann–Whitney U = 15,631.0, p = 9.58 × 10⁻⁸; Cliff’s δ = 0.365 ["
        in page
    )
    tested = rows(page, "Closed issues only: 0 open left out", "Within repositories (103)")
    assert "Mann–Whitney U, pairs Intrinsic – Extrinsic 214 5,750.0 .956 .956 0.004 [" in tested
    assert "Mann–Whitney U, pairs Intrinsic – Not a Bug 321 15,688.0 6.40 × 10⁻⁸" in tested
    assert "Mann–Whitney U, pairs Extrinsic – Not a Bug 321 15,631.0 9.58 × 10⁻⁸" in tested
    assert "Extrinsic 107 107 10.6 [" in page
    assert "Intrinsic 107 107 8.9 [" in page
    assert "Not a Bug 214 214 0.756 [" in page

    answer = client.get(reverse("api-findings", args=[study.slug])).json()["tests"]["each"]
    rows_by_test = {(row["test"], *row["groups"]): row for row in answer["closed"] + answer["followed"]}
    whole = next(row for row in answer["closed"] if row["test"] == "kruskal_wallis")
    assert (whole["statistic"], whole["p"]) == (pytest.approx(43.3171149736), pytest.approx(3.92471384609e-10))
    pair = rows_by_test["mann_whitney", "Extrinsic", "Not a Bug"]
    assert (pair["statistic"], pair["p"]) == (15631, pytest.approx(9.57928059064e-08))
    assert pair["effect"] == pytest.approx(0.365272076)
    assert {group: rows_by_test["km", group]["effect"] for group in ("Intrinsic", "Extrinsic", "Not a Bug")} == {
        "Intrinsic": pytest.approx(8.894838, rel=1e-5), "Extrinsic": pytest.approx(10.603484, rel=1e-5),
        "Not a Bug": pytest.approx(0.756319, rel=1e-4),
    }  # fmt: skip

    job = request_export(study=study, taxonomy=labelled.taxonomy, by=lead)
    run(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE
    held = files((folder() / job.export.file).read_bytes())
    assert {row["url"]: row["codes"] for row in lines(held["labels.jsonl"])} == {
        url: [label] for url, label in expert.items()
    }
    given = [json.loads(line) for line in (shared_data / "npm_issues" / "issues.jsonl").read_text().split("\n") if line]
    assert {(row["url"], row["closed_at"]) for row in lines(held["labels.jsonl"])} == {
        (one["html_url"], one["closed_at"]) for one in given
    }
    assert len(lines(held["codings.jsonl"])) == 856

    agreement = words(client.get(reverse("agreement", args=[study.slug])))
    assert "Krippendorff’s α = 1.00 [1.00, 1.00], nominal, 2 raters, 428 issues, 856 codings" in agreement
