"""What stands on an imported round afterwards: exports, findings, the list of issues."""

import csv
import io

import pytest
from django.urls import reverse

from analysis.datasets import ratings
from analysis.exports.archive import archive
from analysis.exports.dataset import Options, build
from analysis.reports.findings import Viewpoint, findings_of
from annotator.models import Round
from annotator.queries.pace import courses_of
from annotator.queries.told import text_has_changed
from corpus.models import Issue
from taxonomy.models import Taxonomy
from tests import factories
from tests.analysis.test_exports import files
from tests.annotator.importing.brought import LONG, bring, sheet


@pytest.fixture
def imported(study, lead):
    factories.issue(factories.repository(study), number=1, days=2)
    return bring(study, lead)


def test_exports_name_the_file(study, imported):
    assert {rating.imported_from for rating in ratings([imported.round])} == {"codings.csv"}
    written = files(archive(build(study, Taxonomy.objects.get(), Options())))
    rows = list(csv.DictReader(io.StringIO(written["codings.csv"])))
    assert {row["imported_from"] for row in rows} == {"codings.csv"}
    assert {row["how"] for row in csv.DictReader(io.StringIO(written["labels.csv"]))} == {"imported"}
    assert "codings imported from codings.csv" in written["README.md"]


def test_no_duration_counts_what_has_no_times(study, imported):
    version = imported.round.version
    report = findings_of(study, Viewpoint(version, carried=False)).times
    assert (report.overall.n, report.overall.open, len(report.open), report.untimed) == (1, 0, 0, 2)
    assert (report.closed_without, report.followed_without) == (2, 2)


def test_no_text_is_said_to_have_changed_since(study, imported):
    drawn = imported.round.round_issues.first()
    Issue.objects.filter(pk=drawn.issue_id).update(body=factories.text("Another text"))
    assert not text_has_changed(drawn)


def test_the_findings_say_what_is_left_out(client, study, lead, imported):
    client.force_login(lead)
    page = " ".join(client.get(reverse("findings", args=[study.slug])).content.decode().split())
    assert "2 issues left out: coded elsewhere" in page


def test_no_pace_is_told_of_codings_that_were_made_elsewhere(client, study, lead, imported):
    assert [course.times for course in courses_of(imported.round)] == [[], []]
    client.force_login(lead)
    page = client.get(reverse("round", args=[study.slug, 1])).content.decode()
    assert "Submitted by day" not in page


def test_a_running_round_stays_blind_beside_an_imported_one(client, study, lead, rater_a, members):
    """Who codes an issue now is not told where the list of issues stands what an import says of it."""
    issue = factories.issue(factories.repository(study), number=1)
    bring(study, lead, sheet([LONG[0], ("tidewater/captioner#1", "Ben", "Loading", "", "Loading", "")]))
    version = Round.objects.get().version
    factories.round_of(version, [issue], [members["rater_a"]])
    client.force_login(rater_a)
    shown = client.get(reverse("issues", args=[study.slug]), {"columns": "coded_as", "coded_as": "Loading"})
    assert issue.title not in shown.content.decode()
