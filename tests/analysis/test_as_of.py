"""Figures and exports as of a later version: what is carried forward, what waits, and what is said of it."""

import io
import json
import zipfile
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.datasets import labels_as_of, ratings_as_of, ratings_upto, round_ratings, round_ratings_as_of
from analysis.exports.archive import archive
from analysis.exports.dataset import Options, build
from analysis.models import Export, Result
from analysis.queries import as_of_version, version_of_findings
from analysis.reports.agreement import sentence
from analysis.reports.findings import Viewpoint, findings_of, readability
from analysis.services.agreement import agreement_of
from analysis.services.comparison import ask_for_comparison, comparison_standing, current_key
from analysis.services.exports import folder, request_export
from annotator.models import Assignment, Resolution, ResolvedCode, Round
from annotator.services.recoding import draft_recoding_round
from annotator.states import Phase
from jobs.services import run
from studies.errors import Invalid, NotThere, Refused
from tests import factories
from tests.grown import next_version


@pytest.fixture
def grown(study, members):
    """Five issues coded by two raters under version 1, all decided; version 2 splits Loading and merges Output."""
    lead, a, b = (members[name] for name in ("lead", "rater_a", "rater_b"))
    repository = factories.repository(study)
    issues = [factories.issue(repository, number=number, days=number) for number in range(1, 6)]
    first = factories.taxonomy(study, by=lead.user)
    closed = factories.round_of(first, issues, [a, b], phase=Phase.DISCUSSION)
    said = {a.alias: ["Loading", "Output", "Memory", "", "Loading"], b.alias: ["Output", "Memory", "Memory", "", None]}
    factories.answers(closed, said)
    drawn = list(closed.round_issues.order_by("position"))
    for at, names in enumerate((["Loading"], ["Output"], ["Memory"], [], ["Output", "Memory"])):
        factories.resolution(drawn[at], names, by=lead.user)
    second = next_version(first, lead.user, split={"Loading": ["Slow", "Never"]}, merge={"Output": "Memory"})
    return SimpleNamespace(
        study=study, lead=lead.user, a=a, b=b, issues=issues, first=first, second=second, closed=closed, drawn=drawn
    )


def close(round):
    Round.objects.filter(pk=round.pk).update(phase=Phase.DISCUSSION, started_at=factories.NOW, closed_at=factories.NOW)


def names(codes):
    return [code.label for code in codes]


def recode(grown, code="Slow"):
    """A closed re-coding round in which all that waits is this code."""
    made = draft_recoding_round(version=grown.second, by=grown.lead)
    for assignment in Assignment.objects.filter(round_issue__round=made):
        factories.coding(assignment, [code])
    close(made)
    made.refresh_from_db()
    return made


class TestRatings:
    def test_merged_ones_agree_and_issues_of_which_one_waits_are_left_out(self, grown):
        found = round_ratings_as_of(grown.closed, grown.second)
        assert found.waiting == (grown.issues[0].pk, grown.issues[4].pk)
        assert found.matrix.cells == tuple([(frozenset({"Memory"}),) * 2] * 2 + [(frozenset(),) * 2])
        assert (found.codebook.version, found.given_under, found.issues, found.again) == (2, 1, 5, 0)
        assert (found.not_rated.absent, found.none_before) == (0, 2)

    def test_the_coding_as_given_stands_beside(self, grown):
        found = ratings_as_of(grown.closed, grown.second)
        first, second, *_ = found
        assert (names(first.codes), names(first.given), first.given_under, first.version) == ([], ["Loading"], 1, 2)
        assert first.waits == "“Loading” was split into “Slow”, “Never” in version 2: Two things."
        assert first.value is None
        assert (names(second.codes), names(second.given), second.waits) == (["Memory"], ["Output"], "")

    def test_as_of_its_own_version_is_the_round(self, grown):
        own, carried = round_ratings(grown.closed), round_ratings_as_of(grown.closed, grown.first)
        assert carried.matrix == own.matrix
        assert carried.waiting == ()

    def test_recodings_stand_in_for_what_waited(self, grown):
        made = recode(grown)
        found = round_ratings_as_of(grown.closed, grown.second)
        assert (found.waiting, found.again) == ((), 2)
        assert found.matrix.cells[0] == (frozenset({"Slow"}), frozenset({"Memory"}))
        assert found.matrix.cells[4] == (frozenset({"Slow"}), None)
        assert round_ratings(made).matrix.units == round_ratings_as_of(made, grown.second).matrix.units

    def test_a_running_recoding_round_tells_nothing(self, grown):
        made = draft_recoding_round(version=grown.second, by=grown.lead)
        for assignment in Assignment.objects.filter(round_issue__round=made):
            factories.coding(assignment, ["Slow"])
        assert len(round_ratings_as_of(grown.closed, grown.second).waiting) == 2
        with pytest.raises(Refused):
            round_ratings_as_of(made, grown.second)

    def test_later_rounds_are_not_carried_back(self, grown):
        later = factories.round_of(grown.second, grown.issues[:1], [grown.a], phase=Phase.DISCUSSION)
        factories.answers(later, {grown.a.alias: ["Slow"]})
        assert {rating.round for rating in ratings_upto(grown.study, grown.first)} == {1}
        assert {rating.round for rating in ratings_upto(grown.study, grown.second)} == {1, 2}


class TestAgreement:
    def test_the_sentence_says_what_is_left_out(self, grown):
        told = sentence(agreement_of(grown.closed, grown.second))
        assert told.endswith(
            "2 raters, 3 issues, 6 codings, round 1, version 1 as of version 2. "
            "2 of 5 issues wait for re-coding under version 2 and are left out."
        )
        assert "as of" not in sentence(agreement_of(grown.closed))

    def test_it_is_stored_beside_that_of_the_round_itself(self, grown):
        agreement_of(grown.closed)
        agreement_of(grown.closed, grown.first)
        agreement_of(grown.closed, grown.second)
        agreement_of(grown.closed, grown.second)
        assert sorted(Result.objects.values_list("subject", flat=True)) == ["Round 1", "Round 1 as of version 2"]

    def test_the_page_offers_later_versions(self, grown, client):
        client.force_login(grown.a.user)
        address = reverse("agreement", args=[grown.study.slug])
        assert "version 1, as given" in client.get(address, {"round": 1}).content.decode()
        shown = client.get(address, {"round": 1, "as_of": grown.second.pk}).content.decode()
        assert "2 of 5 issues wait for re-coding under version 2 and are left out." in shown
        assert "2 say none of these from before codes of version 2 were added; they stay so." in shown

    def test_the_issues_behind_a_cell_are_those_of_the_version(self, grown, client):
        client.force_login(grown.a.user)
        cell = {"round": 1, "as_of": grown.second.pk, "row": "Memory", "column": "Memory"}
        shown = client.get(reverse("agreement_issues", args=[grown.study.slug]), cell).content.decode()
        assert "2 pairs of ratings in 2 issues of round 1, as of version 2." in shown

    @pytest.mark.parametrize("asked", ["0", "nonsense"])
    def test_other_versions_are_not_there(self, grown, client, asked):
        client.force_login(grown.a.user)
        response = client.get(reverse("agreement", args=[grown.study.slug]), {"round": 1, "as_of": asked})
        assert response.status_code == 404

    def test_the_api_takes_it_too(self, grown, client):
        client.force_login(grown.a.user)
        address = reverse("api-agreement", args=[grown.study.slug, 1])
        report = client.get(address, {"as_of": grown.second.pk}).json()["report"]
        assert (report["version"], report["given_under"], report["waiting"]) == (2, 1, 2)

    def test_it_asks_as_often_for_more_issues(self, grown):
        counts = []
        for size in (1, 30):
            issues = [factories.issue(grown.issues[0].repository) for _ in range(size)]
            round = factories.round_of(grown.first, issues, [grown.a], phase=Phase.DISCUSSION)
            factories.answers(round, {grown.a.alias: ["Loading"] * size})
            with CaptureQueriesContext(connection) as asked:
                round_ratings_as_of(round, grown.second)
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestFindings:
    def test_labels_are_carried_and_those_that_wait_are_counted(self, grown):
        found = findings_of(grown.study, Viewpoint(grown.second, carried=True)).counts
        assert (found.issues, found.waiting, found.none, found.none_before, found.carried) == (4, 1, 1, 1, True)
        assert {row.category: row.issues for row in found.categories} == {
            "Memory": 3, "Slow": 0, "Never": 0, "None of these": 1,
        }  # fmt: skip
        assert readability(grown.study, grown.second).waiting == 1

    def test_folded_labels_are_one(self, grown):
        last = labels_as_of(grown.study, grown.second)[-1]
        assert (names(last.given), names(last.codes), last.given_under, last.version) == (
            ["Output", "Memory"],
            ["Memory"],
            1,
            2,
        )

    def test_a_version_alone_says_what_it_does_not_count(self, grown):
        found = findings_of(grown.study, Viewpoint(grown.second)).counts
        assert (found.issues, found.under_others, found.waiting) == (0, 5, 0)
        assert findings_of(grown.study, Viewpoint(grown.first)).counts.under_others == 0

    def test_a_new_decision_under_the_version_ends_the_wait_there_alone(self, grown):
        made = recode(grown)
        drawn = made.round_issues.get(issue=grown.issues[0])
        factories.resolution(drawn, ["Never"], by=grown.lead)
        assert findings_of(grown.study, Viewpoint(grown.second, carried=True)).counts.waiting == 0
        first = labels_as_of(grown.study, grown.first)[0]
        assert (names(first.codes), first.round) == (["Loading"], 1)

    def test_the_page_says_it(self, grown, client):
        client.force_login(grown.a.user)
        address = reverse("findings", args=[grown.study.slug])
        shown = client.get(address, {"version": grown.second.pk, "carried": "1"}).content.decode()
        assert "1 issue waits for re-coding under version 2 and is left out." in shown
        assert "1 of them is none of these, decided before codes of version 2 were added; it stays so." in shown
        alone = client.get(address, {"version": grown.second.pk}).content.decode()
        assert "5 more have their labels under another version and are not counted." in alone

    def test_tests_are_kept_for_each_viewpoint(self, grown, client):
        views = [Viewpoint(grown.first), Viewpoint(grown.first, carried=True), Viewpoint(grown.second, carried=True)]
        assert len({current_key(grown.study, view) for view in views}) == 3
        job = ask_for_comparison(study=grown.study, view=views[2], by=grown.a.user)
        assert job.arguments["carried"] is True
        run(job.pk)
        assert [comparison_standing(grown.study, view).is_current for view in views] == [False, False, True]

    def test_asking_by_page_keeps_the_viewpoint(self, grown, client):
        client.force_login(grown.a.user)
        asked = {"version": grown.second.pk, "carried": "1"}
        response = client.post(reverse("findings_refresh", args=[grown.study.slug]), asked)
        assert response["Location"].endswith(f"?version={grown.second.pk}&carried=1#tests")

    def test_the_api_takes_it_too(self, grown, client):
        client.force_login(grown.a.user)
        asked = {"version": grown.second.pk, "carried": "true"}
        counts = client.get(reverse("api-findings", args=[grown.study.slug]), asked).json()["counts"]
        assert (counts["issues"], counts["waiting"], counts["carried"]) == (4, 1, True)


class TestOverview:
    def test_agreement_as_of_a_version(self, grown, client):
        client.force_login(grown.a.user)
        factories.round_of(factories.taxonomy(grown.study, by=grown.lead), grown.issues, [grown.a])
        agreement_of(grown.closed, grown.second)
        shown = client.get(reverse("study", args=[grown.study.slug]), {"as_of": grown.second.pk})
        assert [(line.round, line.alpha.value) for line in shown.context["lines"]] == [(grown.closed, 1.0)]
        assert "1 of 5 labelled issues waits for re-coding under it." in shown.content.decode()
        own = client.get(reverse("study", args=[grown.study.slug]))
        assert [line.alpha for line in own.context["lines"]] == [None, None]

    def test_an_unknown_version_is_not_there(self, grown, client):
        client.force_login(grown.a.user)
        assert client.get(reverse("study", args=[grown.study.slug]), {"as_of": "7000"}).status_code == 404


class TestExport:
    def rows(self, grown, name, **options):
        data = build(grown.study, grown.first.taxonomy, Options(**options))
        with zipfile.ZipFile(io.BytesIO(archive(data))) as file:
            return [json.loads(line) for line in file.read(f"{name}.jsonl").decode().splitlines()]

    def readme(self, grown, **options):
        data = build(grown.study, grown.first.taxonomy, Options(**options))
        with zipfile.ZipFile(io.BytesIO(archive(data))) as file:
            return file.read("README.md").decode()

    def test_as_given_both_are_the_same(self, grown):
        for row in self.rows(grown, "codings") + self.rows(grown, "labels"):
            assert (row["codes"], row["version"], row["waits"]) == (row["codes_as_given"], row["version_as_given"], "")
        assert "`codes` and `codes_as_given` are the same" in self.readme(grown)

    def test_as_of_a_version_both_stand_there(self, grown):
        rows = self.rows(grown, "labels", as_of=grown.second)
        assert [(row["codes_as_given"], row["codes"], row["version"], row["version_as_given"]) for row in rows] == [
            (["Loading"], [], 2, 1), (["Output"], ["Memory"], 2, 1), (["Memory"], ["Memory"], 2, 1), ([], [], 2, 1),
            (["Output", "Memory"], ["Memory"], 2, 1),
        ]  # fmt: skip
        assert [bool(row["waits"]) for row in rows] == [True, False, False, False, False]

    def test_the_readme_says_how_many_wait_and_what_is_left_out(self, grown):
        later = factories.round_of(grown.second, grown.issues[:1], [grown.a], phase=Phase.DISCUSSION)
        factories.answers(later, {grown.a.alias: ["Slow"]})
        told = self.readme(grown, as_of=grown.second)
        assert "1 labels and 2 codings wait to be coded again" in told
        assert "round 2" in told
        assert "round 2" not in self.readme(grown, as_of=grown.first)
        assert len(self.rows(grown, "codings", as_of=grown.first)) == 9

    def test_a_version_of_another_taxonomy_is_refused(self, grown, client):
        other = factories.taxonomy(grown.study, by=grown.lead)
        with pytest.raises(Invalid):
            request_export(study=grown.study, taxonomy=grown.first.taxonomy, as_of=other, by=grown.lead)
        client.force_login(grown.lead)
        given = {"taxonomy": grown.first.taxonomy_id, "as_of": other.pk}
        shown = client.post(reverse("export_new", args=[grown.study.slug]), given).content.decode()
        assert "is no published version of" in shown

    def test_the_job_writes_it(self, grown):
        job = request_export(study=grown.study, taxonomy=grown.first.taxonomy, as_of=grown.second, by=grown.lead)
        run(job.pk)
        with zipfile.ZipFile(folder() / Export.objects.get(job=job).file) as file:
            assert "## As of version 2" in file.read("README.md").decode()


def test_a_round_is_not_read_as_of_an_earlier_version(grown):
    later = factories.round_of(grown.second, grown.issues[:1], [grown.a], phase=Phase.DISCUSSION)
    with pytest.raises(NotThere, match="a later one of it"):
        as_of_version(later, str(grown.first.pk))


def test_findings_open_where_labels_stand(grown):
    assert version_of_findings(grown.study) == grown.first
    later = factories.round_of(grown.second, [factories.issue(grown.issues[0].repository)], [grown.a])
    close(later)
    assert version_of_findings(grown.study) == grown.first
    factories.resolution(later.round_issues.get(), ["Slow"], by=grown.lead)
    assert version_of_findings(grown.study) == grown.second


def test_findings_open_at_the_version_used_last_while_nothing_is_decided(grown):
    ResolvedCode.objects.all().delete()
    Resolution.objects.all().delete()
    assert version_of_findings(grown.study) == grown.first
