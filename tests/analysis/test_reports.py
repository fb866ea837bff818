"""Reports against published figures and computations made another way."""

import json
from dataclasses import replace
from itertools import combinations

import krippendorff
import numpy as np
import pytest

from analysis.datasets import Codebook, CodeEntry, LabelledIssue, NotRated, RoundRatings
from analysis.reports.agreement import agreement_report, coefficient, issue_id, sentence
from analysis.reports.comparison import comparison_report
from analysis.reports.counts import counts_report
from analysis.reports.findings import Viewpoint, findings_of
from analysis.reports.resolution_time import resolution_time_report
from analysis.reports.stored import from_payload, to_payload
from analysis.stats.proportions import wilson
from analysis.stats.ratings import RatingMatrix
from analysis.stats.resolution import Definition
from analysis.stats.statistic import ONE_GROUP
from tests import factories
from tests.factories import NOW

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: 12 units, 4 observers, nominal α = 0.743.
KRIPPENDORFF = [
    "11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3.",
]  # fmt: skip


def entry(name, parents=(), colour=0):
    return CodeEntry(f"uid-{name}", name, name, parents, colour, "", "", "", "")


def book(*names):
    return Codebook("Faults", 2, tuple(entry(name, colour=place) for place, name in enumerate(names, start=1)))


def round_of(rows, codes, **fields):
    """Rows of one character a rater: a code, "-" for none of these, "." for no rating."""
    known = {".": None, "-": frozenset()}
    cells = tuple(tuple(known.get(mark, frozenset({mark})) for mark in row) for row in rows)
    raters = tuple(f"rater-{number}" for number in range(1, len(rows[0]) + 1))
    matrix = RatingMatrix(tuple(range(len(rows))), raters, cells)
    defaults = {
        "number": 3, "kind": "coding", "closed_at": NOW, "several_codes": False, "issues": len(rows),
        "codebook": codes, "matrix": matrix, "not_rated": NotRated(0, 0, 0), "given_under": 2,
    }  # fmt: skip
    return RoundRatings(**defaults | fields)


@pytest.fixture(scope="module")
def published():
    return agreement_report(round_of(KRIPPENDORFF, book(*"12345")))


class TestAgreement:
    def test_alpha_of_the_published_table(self, published):
        assert published.alpha.value == pytest.approx(0.743, abs=0.0005)
        assert (published.alpha.n_units, published.alpha.n_ratings, published.codings) == (11, 40, 41)

    def test_the_sentence_names_what_a_paper_needs(self, published):
        low, high = published.alpha.interval.low, published.alpha.interval.high
        assert sentence(published) == (
            f"Krippendorff’s α = 0.74 [{low:.2f}, {high:.2f}], nominal, 4 raters, 11 issues, 40 codings, "
            "round 3, version 2."
        )

    def test_alpha_by_code_is_that_of_used_and_not_used(self, published):
        table = np.array([[np.nan if mark == "." else int(mark) for mark in row] for row in KRIPPENDORFF]).T
        for code in published.codes:
            presence = np.where(np.isnan(table), np.nan, table == int(code.label))
            expected = krippendorff.alpha(presence, level_of_measurement="nominal")
            assert code.alpha.value == pytest.approx(expected), code.label
            assert code.prevalence == pytest.approx(np.nanmean(presence))
            assert code.issues == int((presence == 1).any(axis=0).sum())

    def test_every_pair_has_kappa_over_the_issues_both_rated(self, published):
        assert [(pair.first, pair.second) for pair in published.pairs] == list(combinations(published.raters, 2))
        first = published.pairs[0]
        both = [(row[0], row[1]) for row in KRIPPENDORFF if "." not in row[:2]]
        observed = sum(a == b for a, b in both) / len(both)
        expected = sum(
            sum(a == value for a, _ in both) * sum(b == value for _, b in both) for value in "12345"
        ) / len(both) ** 2  # fmt: skip
        assert first.percent.value == pytest.approx(observed)
        assert first.kappa.value == pytest.approx((observed - expected) / (1 - expected))

    def test_two_raters_stand_in_rows_and_columns(self):
        report = agreement_report(round_of(["aa", "ab", "ab", "ba", "-a", "--", "a."], book("a", "b")))
        (table,) = report.confusions
        assert table.values == ("a", "b", "None of these")
        assert [[cell.count for cell in row] for row in table.cells] == [[1, 2, 0], [1, 0, 0], [1, 0, 1]]
        assert table.cells[0][1].issues == (1, 2)
        assert [cell.same for cell in table.cells[0]] == [True, False, False]
        assert (table.rows, table.columns, table.issues) == ("rater-1", "rater-2", 6)

    def test_more_raters_are_pooled_in_both_orders(self):
        report = agreement_report(round_of(["aab", "bbb"], book("a", "b")))
        counts = [[cell.count for cell in row] for row in report.confusions[0].cells]
        assert counts == [[2, 2], [2, 6]]

    def test_a_parent_counts_as_used_with_its_children(self):
        tree = Codebook("Faults", 1, (entry("top"), entry("a", ("top",)), entry("b", ("top",)), entry("c")))
        cells = [("a", "b"), ("a", "a"), ("c", "c"), ("c", "a")]
        matrix = RatingMatrix(
            tuple(range(4)), ("rater-1", "rater-2"), tuple(tuple(frozenset({one}) for one in row) for row in cells)
        )
        report = agreement_report(replace(round_of(["aa"], tree), matrix=matrix))
        assert {code.label: (code.issues, code.prevalence) for code in report.codes} == {
            "top": (3, 5 / 8), "a": (3, 4 / 8), "b": (1, 1 / 8), "c": (2, 3 / 8),
        }  # fmt: skip
        assert {code.label: code.percent.value for code in report.codes}["top"] == 0.75
        assert [table.level for table in report.confusions] == ["top", "codes"]
        assert report.confusions[0].values == ("top", "c")

    def test_undefined_has_a_reason(self):
        report = agreement_report(round_of(["aa", "aa"], book("a", "b")))
        assert report.alpha.value is None
        assert sentence(report).startswith("Krippendorff’s α is undefined for round 3, version 2. Every rating is")
        unused = report.codes[1]
        assert (unused.issues, unused.alpha.value, unused.warning) == (0, None, "")

    def test_one_rater_has_no_table_and_no_pair(self):
        report = agreement_report(round_of(["a", "b"], book("a", "b")))
        assert (report.pairs, report.confusions, report.alpha.value) == ((), (), None)

    @pytest.mark.parametrize(("issues", "warning"), [(1, "few: 1 issue"), (9, "few: 9 issues"), (10, "")])
    def test_few_issues_are_warned_of(self, issues, warning):
        report = agreement_report(round_of(["aa"] * issues + ["bb"] * 20, book("a", "b")))
        assert report.codes[0].warning == warning

    def test_a_report_survives_storage(self, published):
        payload = json.loads(json.dumps(to_payload(published)))
        assert from_payload(type(published), payload) == published

    @pytest.mark.parametrize(
        ("value", "shown"), [(0.74, "0.74"), (-0.012, "−0.01"), (-0.001, "0.00"), (1, "1.00"), (0.005, "0.01")]
    )
    def test_coefficients_have_two_decimals_and_a_true_minus(self, value, shown):
        assert coefficient(value) == shown

    def test_only_ids_are_units(self):
        with pytest.raises(TypeError, match="'x' is not the id of an issue"):
            issue_id("x")


def issue(number, codes, days, state="closed"):
    return LabelledIssue(
        number, f"a/b#{number}", "", "", state, NOW, NOW, days, "coded" if codes else "none", tuple(map(entry, codes)),
        "lead", "", NOW, "lead-1", "lead", 1, "Faults", 2, (), 2,
    )  # fmt: skip


LABELLED = [
    issue(1, ["a"], 1.0), issue(2, ["a"], 3.0), issue(3, ["a", "b"], 5.0), issue(4, ["b"], None),
    issue(5, [], 2.0), issue(6, ["b"], -1.0), issue(7, ["b"], 9.0),
]  # fmt: skip


class TestFindings:
    def test_shares_with_wilson_intervals(self):
        report = counts_report(LABELLED, book("a", "b", "c"), undecided=4)
        assert {row.category: row.issues for row in report.categories} == {
            "a": 3, "b": 4, "c": 0, "None of these": 1,
        }  # fmt: skip
        assert (report.issues, report.labels, report.several, report.none, report.open, report.undecided) == (
            7, 7, 1, 1, 1, 4,
        )  # fmt: skip
        first = report.categories[0]
        assert (first.share, first.low, first.high) == (3 / 7, *wilson(3, 7))

    def test_wilson_intervals_of_the_literature(self):
        # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3 (score without correction).
        for count, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
                                    (1, 29, 0.0061, 0.1718)):  # fmt: skip
            assert wilson(count, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
        assert wilson(20, 20)[1] == 1.0

    @pytest.mark.parametrize(("count", "n"), [(0, 0), (3, 2), (-1, 2)])
    def test_a_share_needs_cases(self, count, n):
        with pytest.raises(ValueError, match="at least one case"):
            wilson(count, n)

    def test_without_labels_shares_are_undefined(self):
        report = counts_report([], book("a"), undecided=0)
        assert [(row.issues, row.share, row.low) for row in report.categories] == [(0, None, None)]

    def test_open_and_impossible_issues_are_counted_and_named_but_not_in_the_figures(self):
        report = resolution_time_report(LABELLED, book("a", "b", "c"), Definition())
        figures = {row.category: (row.summary.n, row.summary.median, row.summary.open) for row in report.categories}
        assert figures == {"a": (3, 3.0, 0), "b": (2, 7.0, 1), "c": (0, None, 0)}
        assert [(row.issue, row.categories) for row in report.open] == [("a/b#4", ("b",))]
        assert [(row.issue, row.categories) for row in report.impossible] == [("a/b#6", ("b",))]
        assert (report.overall.n, report.several) == (5, 1)

    def test_two_views_tell_what_each_leaves_out(self):
        followed = replace(issue(9, ["a"], None), watched=4.0, seen_at=NOW)
        report = resolution_time_report([*LABELLED, followed], book("a", "b", "c"), Definition(zone="Europe/Berlin"))
        assert (report.closed_without, report.followed_without) == (3, 2)
        a, b, c = report.curves
        assert (a.n, a.ended, a.still_open, a.median) == (4, 3, 1, 4.0)
        assert (b.n, b.undefined_because) == (2, "A curve needs 3 issues.")
        assert (c.n, c.at) == (0, ())
        assert [(each.name, each.at_risk, each.share) for each in a.at[:3]] == [
            ("1 h", 4, 1), ("1 d", 4, 0.75), ("1 w", 0, 0),
        ]  # fmt: skip
        assert report.seen.endswith("(Europe/Berlin)")

    def test_more_than_half_open_have_no_median(self):
        given = [replace(issue(at, ["a"], None), watched=4.0) for at in (1, 2)] + [issue(3, ["a"], 1.0)]
        curve = resolution_time_report(given, book("a"), Definition()).curves[0]
        assert (curve.median, curve.undefined_because) == (None, "More than half were not resolved when last watched.")

    def test_an_issue_of_several_categories_is_in_each_and_can_be_left_out(self):
        given = [*LABELLED, issue(8, ["b"], 6.0), *(issue(at, ["a"], 2.0 * at) for at in (11, 12))]
        report = comparison_report(given, book("a", "b", "c"), Definition())
        assert (report.several, report.each.n, report.single.n, report.topic) == (1, 8, 6, None)
        assert (report.each.overall.n, report.each.overall.left_out) == (8, ("c",))
        assert {pair.groups: pair.sizes for pair in report.each.pairs} == {
            ("a", "b"): (5, 3), ("a", "c"): (5, 0), ("b", "c"): (3, 0),
        }  # fmt: skip
        assert {row.test for row in report.each.followed} >= {"km", "logrank", "cox"}
        assert (report.each.repositories, report.each.within) == (1, ())
        assert report.each.pairs[1].undefined_because == "Too few observations for a test: c has 0; each group needs 3."

    def test_repositories_are_strata_and_open_issues_are_followed(self):
        def at(number, code, days, repository, **fields):
            return replace(issue(number, [code], days), issue=f"a/{repository}#{number}", **fields)

        given = [at(n, "ab"[n % 2], 1.0 + n % 5, "xy"[n // 10]) for n in range(20)]
        given.append(at(20, "a", None, "x", watched=30.0, because="still open"))
        tests = comparison_report(given, book("a", "b"), Definition()).each
        assert (tests.n, tests.still_open, tests.repositories) == (21, 1, 2)
        assert [row.test for row in tests.within][:2] == ["van_elteren", "stratified_logrank"]
        logrank = next(row for row in tests.followed if row.test == "logrank")
        assert (logrank.n, tests.overall.n) == (21, 20)

    def test_issues_about_the_topic_are_compared_with_the_others(self):
        off = [replace(issue(20 + at, [], 10.0 + at), outcome="off_topic") for at in range(4)]
        report = comparison_report([*LABELLED, *off], book("a", "b"), Definition())
        u, shift, *followed = [*report.topic.closed, *report.topic.followed]
        assert (u.groups, u.sizes, u.test) == (("about the topic", "not about the topic"), (5, 4), "mann_whitney")
        assert (u.statistic, shift.effect < 0) == (0, True)
        assert [row.test for row in followed] == ["km", "km", "logrank", "rmst"]
        assert report.each.n == 5

    def test_one_category_each_needs_no_second_test(self):
        report = comparison_report(LABELLED[:2], book("a", "b"), Definition())
        assert report.single is None
        assert report.each.overall.undefined_because == ONE_GROUP

    def test_the_tests_survive_storage(self):
        report = comparison_report(LABELLED, book("a", "b", "c"), Definition())
        assert from_payload(type(report), json.loads(json.dumps(to_payload(report)))) == report

    def test_findings_are_read_from_one_set_of_labels(self, decided):
        found = findings_of(decided.study, Viewpoint(decided.version))
        assert (found.counts.issues, found.times.overall.n) == (5, 3)

    def test_an_empty_study_has_empty_findings(self, study, lead):
        found = findings_of(study, Viewpoint(factories.taxonomy(study, by=lead)))
        assert (found.counts.issues, found.times.overall.n) == (0, 0)
