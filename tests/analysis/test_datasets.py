"""Rows become ratings and labels: missing, none, unclear and skipped stay four things; open rounds never enter."""

import pytest

from analysis.datasets import closed_rounds, codebook, labels, ratings, round_ratings
from analysis.datasets.labels import undecided
from analysis.datasets.ratings import matrix, natural
from annotator.states import Outcome, Phase
from studies.errors import Refused
from taxonomy.models import Code
from tests import factories

NONE = frozenset()


def cells(round):
    found = round_ratings(round).matrix
    return dict(zip(found.units, found.cells, strict=True)), found.raters


class TestRatings:
    def test_none_is_a_rating_and_unclear_skipped_and_absent_are_not(self, ground):
        found, raters = cells(ground.closed)
        assert raters == ("rater-1", "rater-2")
        assert found == {
            ground.issues[0].pk: (frozenset({"Loading"}), frozenset({"Loading"})),
            ground.issues[1].pk: (frozenset({"Output"}), frozenset({"Memory"})),
            ground.issues[2].pk: (frozenset({"Slow loading"}), frozenset({"Loading", "Output"})),
            ground.issues[3].pk: (NONE, NONE),
        }

    def test_what_is_not_rated_is_counted_apart(self, ground):
        missing = round_ratings(ground.closed).not_rated
        assert (missing.unclear, missing.skipped, missing.absent) == (1, 1, 2)

    def test_one_raters_silence_leaves_a_hole_in_the_row(self, ground):
        ground.answer(ground.a, 5, ["Memory"])
        found, _ = cells(ground.closed)
        assert found[ground.issues[5].pk] == (frozenset({"Memory"}), None)

    def test_the_last_revision_counts(self, ground):
        ground.answer(ground.b, 1, ["Output"])
        found, _ = cells(ground.closed)
        assert found[ground.issues[1].pk] == (frozenset({"Output"}), frozenset({"Output"}))
        ground.answer(ground.b, 1, outcome=Outcome.UNCLEAR)
        found, _ = cells(ground.closed)
        assert found[ground.issues[1].pk] == (frozenset({"Output"}), None)

    @pytest.mark.parametrize("phase", [Phase.INDEPENDENT, Phase.DRAFTED])
    def test_a_round_that_is_not_closed_is_refused(self, ground, phase):
        round = factories.round_of(ground.version, ground.issues, [ground.a, ground.b], phase=phase)
        with pytest.raises(Refused, match="hidden until the lead closes it"):
            round_ratings(round)

    def test_open_rounds_never_enter_even_when_asked_for_by_name(self, ground):
        every_round = list(ground.study.rounds.select_related("version__taxonomy"))
        assert {rating.round for rating in ratings(every_round)} == {ground.closed.number}
        assert list(closed_rounds(ground.study)) == [ground.closed]

    def test_a_round_without_codings_gives_an_empty_matrix(self, ground):
        empty = factories.round_of(ground.version, ground.issues[:2], [ground.a], phase=Phase.DISCUSSION)
        found = round_ratings(empty)
        assert (found.matrix.units, found.matrix.raters, found.not_rated.absent) == ((), (), 2)

    def test_a_rating_tells_everything_of_a_coding(self, ground):
        ground.answer(ground.a, 5, ["Slow loading"], memo="slow", confidence="low", flagged=True)
        found = next(rating for rating in ratings([ground.closed]) if rating.memo == "slow")
        assert (found.issue, found.rater, found.name, found.outcome) == (
            "tidewater/captioner#6", "rater-1", "rater_a", "coded",
        )  # fmt: skip
        assert (found.confidence, found.flagged, found.revision, found.round, found.version) == ("low", True, 1, 1, 1)
        assert [code.label for code in found.codes] == ["Slow loading"]

    def test_raters_come_in_the_order_of_their_numbers(self):
        assert sorted(["rater-10", "rater-2", "lead-1", "guest"], key=natural) == [
            "guest", "lead-1", "rater-2", "rater-10",
        ]  # fmt: skip

    def test_no_codings_no_matrix(self):
        assert matrix([]).units == ()

    @pytest.mark.parametrize("times", [1, 6])
    def test_queries_do_not_grow_with_issues(self, ground, django_assert_num_queries, times):
        more = [factories.issue(ground.repository) for _ in range(5 * times)]
        round = factories.round_of(ground.version, more, [ground.a, ground.b], phase=Phase.DISCUSSION)
        factories.answers(round, {"rater-1": ["Loading"] * len(more)})
        round = closed_rounds(ground.study).get(pk=round.pk)
        with django_assert_num_queries(7):
            round_ratings(round)


class TestCodebook:
    def test_codes_come_in_the_order_of_the_tree_with_the_colour_of_their_top(self, ground):
        found = codebook(ground.version)
        assert [(code.label, code.parents, code.colour, code.top) for code in found.codes] == [
            ("Loading", (), 1, "Loading"),
            ("Slow loading", ("Loading",), 1, "Loading"),
            ("Output", (), 2, "Output"),
            ("Memory", (), 3, "Memory"),
        ]
        assert found.to_tops(frozenset({"Slow loading", "Output"})) == {"Loading", "Output"}
        assert found.with_parents(frozenset({"Slow loading"})) == {"Slow loading", "Loading"}

    def test_names_that_occur_twice_are_told_apart_by_their_parent(self, ground):
        for top in ("Output", "Memory"):
            parent = ground.version.codes.get(name=top)
            Code.objects.create(version=ground.version, name="Wrong", parent=parent, position=0)
        assert [code.label for code in codebook(ground.version).codes][-4:] == [
            "Output", "Output / Wrong", "Memory", "Memory / Wrong",
        ]  # fmt: skip

    def test_the_eighth_category_has_the_colour_of_other(self, study, lead):
        version = factories.taxonomy(study, [f"Code {number}" for number in range(1, 10)], by=lead)
        assert [code.colour for code in codebook(version).codes] == [1, 2, 3, 4, 5, 6, 7, 0, 0]


class TestLabels:
    def test_one_row_an_issue_with_its_days(self, decided):
        found = labels(decided.study, [decided.version])
        assert [(label.issue, [code.label for code in label.codes], label.days, label.how) for label in found] == [
            ("tidewater/captioner#1", ["Loading"], 1.0, "unanimous"),
            ("tidewater/captioner#2", ["Output"], 2.0, "lead"),
            ("tidewater/captioner#3", ["Slow loading", "Output"], 4.0, "negotiated"),
            ("tidewater/captioner#5", ["Memory"], None, "lead"),
            ("tidewater/captioner#6", ["Memory"], -1.0, "lead"),
        ]
        assert found[2].tops == {"Loading", "Output"}
        assert [label.is_open for label in found] == [False, False, False, True, False]
        assert [label.is_impossible for label in found] == [False, False, False, False, True]
        assert {label.decided_by for label in found} == {"lead-1"}

    def test_the_latest_decision_counts_within_a_round_and_across_rounds(self, decided):
        factories.resolution(decided.drawn[0], ["Memory"], by=decided.lead)
        again = factories.round_of(decided.version, decided.issues[1:2], [decided.a], phase=Phase.DISCUSSION)
        factories.resolution(again.round_issues.get(), [], by=decided.lead)
        found = {label.issue[-1]: label for label in labels(decided.study, [decided.version])}
        assert [code.label for code in found["1"].codes] == ["Memory"]
        assert (found["2"].outcome, found["2"].codes, found["2"].round) == ("none", (), again.number)

    def test_a_reopened_issue_is_open_whatever_its_times_say(self, decided):
        decided.issues[0].state = "open"
        decided.issues[0].save()
        assert labels(decided.study, [decided.version])[0].days is None

    def test_decisions_under_another_taxonomy_do_not_enter(self, decided):
        other = factories.taxonomy(decided.study, ("Other",), by=decided.lead)
        round = factories.round_of(other, decided.issues[:1], [decided.a], phase=Phase.DISCUSSION)
        factories.resolution(round.round_issues.get(), ["Other"], by=decided.lead)
        assert [label.issue for label in labels(decided.study, [other])] == ["tidewater/captioner#1"]
        assert len(labels(decided.study, [decided.version])) == 5

    def test_coded_issues_of_closed_rounds_without_a_decision_are_counted(self, ground, decided):
        assert undecided(decided.study, [decided.version]) == 1

    def test_before_any_decision_every_coded_issue_waits(self, ground):
        assert labels(ground.study, [ground.version]) == []
        assert undecided(ground.study, [ground.version]) == 5

    def test_a_study_sees_only_its_own(self, decided):
        other = factories.study("Another", "another")
        assert labels(other, [decided.version]) == []
        assert undecided(other, [decided.version]) == 0
