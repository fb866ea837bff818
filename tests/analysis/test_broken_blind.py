"""Figures and files of rounds whose blind was broken: what is marked, what is computed live, what is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from analysis.datasets import ratings, ratings_as_of, round_ratings
from analysis.exports.columns import CODINGS, record
from analysis.exports.dataset import Options, build
from analysis.exports.readme import readme
from analysis.models import Result
from analysis.reports.agreement import sentence
from analysis.reports.findings import Viewpoint, broken_in, findings_of
from analysis.services.agreement import agreement_of
from annotator.models import Coding
from annotator.services.phases import close_round
from studies.errors import Refused
from studies.models import Role
from tests import factories

LATER = factories.NOW + timedelta(hours=1)


@pytest.fixture
def looking(ground):
    """A lead who codes in the closed round too: the first issue blind, the second after breaking the blind."""
    member = factories.member(ground.study, factories.user("looking"), Role.LEAD)
    for at, name in enumerate(("Loading", "Memory")):
        assignment = ground.drawn[at].assignments.create(member=member, position=at)
        factories.coding(assignment, [name])
    Coding.objects.filter(assignment=assignment).update(submitted_at=LATER)
    factories.broken_blind(ground.closed, member, at=LATER, codings=9, given=14, reason="To see\nif it works.")
    return member


@pytest.fixture
def live(ground):
    """A lead who broke the blind of the running round."""
    member = factories.member(ground.study, factories.user("live"), Role.LEAD)
    factories.broken_blind(ground.running, member)
    return member


def show(user, name, *args, **asked):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=args), asked)


class TestMarks:
    def test_ratings_of_that_lead_from_then_on_are_marked(self, ground, looking):
        marked = {(rating.rater, rating.issue_id) for rating in ratings([ground.closed]) if rating.unblinded}
        assert marked == {(looking.alias, ground.issues[1].pk)}

    def test_agreement_counts_them_and_tells_alpha_without_them(self, ground, looking):
        found = round_ratings(ground.closed)
        assert found.unblinded == 1
        cells = sum(cell is not None for row in found.matrix.cells for cell in row)
        assert sum(cell is not None for row in found.blind.cells for cell in row) == cells - 1
        report = agreement_of(ground.closed)
        assert report.unblinded == 1
        assert report.alpha_blind.n_ratings == report.alpha.n_ratings - 1
        assert sentence(report).endswith(" 1 of the codings was given after the blind was broken.")

    def test_stored_report_keeps_them(self, ground, looking):
        first = agreement_of(ground.closed)
        assert agreement_of(ground.closed) == first
        assert Result.objects.filter(kind="agreement").count() == 1

    def test_without_a_broken_blind_nothing_is_said(self, ground):
        report = agreement_of(ground.closed)
        assert (report.unblinded, report.alpha_blind) == (0, None)
        assert "blind" not in sentence(report)

    def test_several_are_told_in_the_plural(self, ground, looking):
        Coding.objects.filter(assignment__member=looking).update(submitted_at=LATER)
        assert sentence(agreement_of(ground.closed)).endswith("2 of the codings were given after the blind was broken.")

    def test_only_unclear_ones_count_for_nothing(self, ground, looking):
        Coding.objects.filter(assignment__member=looking, submitted_at=LATER).update(outcome="unclear")
        assert round_ratings(ground.closed).unblinded == 0
        assert agreement_of(ground.closed).alpha_blind.value == agreement_of(ground.closed).alpha.value

    def test_page_tells_alpha_without_them(self, ground, looking):
        shown = show(ground.lead, "agreement", ground.study.slug, round=ground.closed.number).content.decode()
        assert "Without what was coded after the blind was broken" in shown
        assert "looking broke the blind on 1 Mar 2026, 13:00 UTC, when 9 of 14 codings were in" in shown


class TestLive:
    def test_agreement_of_a_running_round_is_for_that_lead_alone(self, ground, live):
        assert agreement_of(ground.running, None, live).codings == 2
        for viewer in (None, ground.a, factories.member(ground.study, factories.user("other"), Role.LEAD)):
            with pytest.raises(Refused):
                agreement_of(ground.running, None, viewer)
            assert list(ratings([ground.running], viewer)) == []

    def test_it_moves_with_the_codings_and_is_never_stored(self, ground, live):
        agreement_of(ground.running, None, live)
        second = ground.running.round_issues.order_by("position")[1].assignments.get(member=ground.a)
        factories.coding(second, ["Loading"])
        assert agreement_of(ground.running, None, live).codings == 3
        assert not Result.objects.exists()
        close_round(round=ground.running, by=ground.lead)
        ground.running.refresh_from_db()
        agreement_of(ground.running, None, live)
        assert Result.objects.count() == 1

    def test_issues_behind_a_cell_are_for_that_lead_alone(self, ground, live):
        cell = {"round": ground.running.number, "row": "Memory", "column": "Memory"}
        assert show(live.user, "agreement_issues", ground.study.slug, **cell).status_code == 200
        assert show(ground.lead, "agreement_issues", ground.study.slug, **cell).status_code == 403

    def test_as_of_its_own_version(self, ground, live):
        found = ratings_as_of(ground.running, ground.version, live)
        assert [(rating.rater, rating.memo) for rating in found] == [("rater-1", "secret"), ("rater-2", "secret")]
        with pytest.raises(Refused):
            ratings_as_of(ground.running, ground.version)

    def test_api_says_that_it_is_live_and_who_broke_the_blind(self, ground, live):
        told = show(live.user, "api-agreement", ground.study.slug, ground.running.number).json()
        assert told["live"] is True
        assert told["blind_broken"] == [
            {"by": live.alias, "at": "2026-03-01T12:00:00Z", "reason": "A definition may be misread.",
             "codings": 0, "given": 0},
        ]  # fmt: skip
        closed = show(live.user, "api-agreement", ground.study.slug, ground.closed.number).json()
        assert (closed["live"], closed["blind_broken"]) == (False, [])

    def test_overview_and_findings_show_nothing_of_it(self, ground, live):
        show(live.user, "agreement", ground.study.slug, round=ground.running.number)
        shown = show(live.user, "study", ground.study.slug)
        lines = {line.round.number: line for line in shown.context["lines"]}
        assert (lines[ground.running.number].alpha, lines[ground.running.number].broken) == (None, True)
        assert lines[ground.closed.number].broken is False


class TestFindings:
    def test_issues_of_such_rounds_are_counted(self, decided, looking):
        found = findings_of(decided.study, Viewpoint(decided.version))
        told = [(each.round, each.issues, each.by, each.codings, each.given) for each in found.blind_broken]
        assert told == [(decided.closed.number, 5, looking.alias, 9, 14)]

    def test_rounds_without_a_label_are_not_told(self, decided, live):
        assert findings_of(decided.study, Viewpoint(decided.version)).blind_broken == ()
        assert broken_in(decided.study, []) == ()

    def test_page_and_api_tell(self, decided, looking):
        shown = show(decided.lead, "findings", decided.study.slug).content.decode()
        assert "5 of these 5 issues have their label from" in shown
        assert "of which looking broke the blind on 1 Mar 2026" in shown
        told = show(decided.lead, "api-findings", decided.study.slug).json()["blind_broken"]
        assert [(each["round"], each["issues"], each["by"]) for each in told] == [(1, 5, looking.alias)]


class TestExport:
    def test_codings_say_which_were_given_afterwards(self, decided, looking):
        data = build(decided.study, decided.version.taxonomy, Options())
        rows = [record(CODINGS, row) for row in data.codings]
        marked = {(row["rater"], row["issue"]) for row in rows if row["after_blind_broken"]}
        assert marked == {(looking.alias, decided.issues[1].key)}

    @pytest.mark.parametrize(("real_names", "who"), [(False, "lead-2"), (True, "looking")])
    def test_readme_says_who_broke_it_when_and_why(self, decided, looking, real_names, who):
        text = readme(build(decided.study, decided.version.taxonomy, Options(real_names=real_names)))
        told = "broke the blind on 2026-03-01 13:00 UTC, when 9 of 14 codings were in: To see if it works."
        assert f"- Round 1: {who} {told}" in text
        assert "in the same round afterwards: 1 of 12." in text

    def test_readme_is_silent_where_no_blind_was_broken(self, decided, live):
        assert "Broken blinds" not in readme(build(decided.study, decided.version.taxonomy, Options()))
