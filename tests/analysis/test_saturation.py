"""Saturation as rows, report, page and picture; blind, and honest about when the rule was set."""

import uuid
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.datasets.coding_order import CodedIssue, in_coding_order, rounds_under
from analysis.models import StopRule as StoredRule
from analysis.reports.saturation import saturation_report, standing, words
from analysis.services.saturation import set_stop_rule
from analysis.stats.saturation import StopRule
from annotator.models import Coding, Proposal, ProposalGroup, Round
from annotator.states import Phase
from studies.errors import Invalid, Refused
from studies.models import Event
from taxonomy.exchange.shelf import take
from taxonomy.services.published import add_published
from tests import factories
from tests.analysis.test_pages import words as text_of


def order(*codes, round=1):
    return [
        CodedIssue(round, at, f"a/b#{at}", tuple(each), {code: code.upper() for code in each})
        for at, each in enumerate(codes, start=1)
    ]


@pytest.fixture
def visit(ground, lead):
    client = Client()
    client.force_login(lead)

    def get(name="saturation", *args, **query):
        return client.get(reverse(name, args=[ground.study.slug, *args]), query)

    get.client = client
    return get


def test_issues_come_by_the_first_submit_of_any_rater(ground):
    moments = {3: 1, 0: 2, 1: 3, 2: 4, 4: 5}
    for at, minutes in moments.items():
        for coding in Coding.objects.filter(assignment__round_issue=ground.drawn[at]):
            Coding.objects.filter(pk=coding.pk).update(submitted_at=factories.NOW + timedelta(minutes=minutes))
    again = ground.answer(ground.b, 3, ["Output"])
    Coding.objects.filter(pk=again.pk).update(submitted_at=factories.NOW + timedelta(hours=9))
    found = in_coding_order(rounds_under(ground.version.taxonomy))
    assert [(issue.issue_id, sorted(issue.names.values())) for issue in found] == [
        (ground.issues[3].pk, ["Output"]),
        (ground.issues[0].pk, ["Loading"]),
        (ground.issues[1].pk, ["Memory", "Output"]),
        (ground.issues[2].pk, ["Loading", "Output", "Slow loading"]),
        (ground.issues[4].pk, []),
    ]


def test_nothing_of_a_running_round_enters(ground):
    assert [round.number for round in rounds_under(ground.version.taxonomy)] == [1]
    assert {issue.round for issue in in_coding_order(list(Round.objects.all()))} == {1}


def test_proposals_of_closed_rounds_count_until_they_are_declined(ground):
    code, group = (
        ground.version.codes.get(name="Memory").uid,
        ProposalGroup.objects.create(round=ground.closed, name="G"),
    )

    def propose(at, name, drawn=ground.drawn, **fields):
        Proposal.objects.create(
            round_issue=drawn[at], member=ground.a, name=name, made_at=factories.NOW, client_id=uuid.uuid4(), **fields
        )

    propose(0, "Slow")
    propose(1, "slow")
    propose(1, "one", group=group)
    propose(2, "other", group=group)
    propose(3, "Full", state="accepted", became=code)
    propose(4, "Bad", state="declined")
    propose(0, "Hidden", drawn=list(ground.running.round_issues.order_by("position")))
    found = saturation_report(in_coding_order([ground.closed, ground.running]), None)
    assert [(row.issue_id, set(row.names)) for row in found.steps] == [
        (ground.issues[0].pk, {"Slow", "Loading"}),
        (ground.issues[1].pk, {"G", "Output", "Memory"}),
        (ground.issues[2].pk, {"Slow loading"}),
    ]


def test_report_counts_by_issue_and_by_round():
    report = saturation_report(order(["a", "b"], [], ["a"]) + order(["b", "c"], ["c"], round=2), StopRule(2, 2, 0.5))
    assert (report.issues, report.codes, report.last_new, report.after_last) == (5, 3, 4, 1)
    assert [(row.place, row.round, row.names, row.total) for row in report.steps] == [
        (1, 1, ("A", "B"), 2),
        (4, 2, ("C",), 3),
    ]
    assert [(row.number, row.issues, row.new, row.total, row.last_place) for row in report.rounds] == [
        (1, 3, 2, 2, 3),
        (2, 2, 1, 3, 5),
    ]
    assert report.state.reached_at == 4
    assert saturation_report([], None).state is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (StopRule(20, 10, 0), "After a base of 20 issues, stop when 10 issues in a row bring no new code."),
        (StopRule(1, 1, 0), "After a base of 1 issue, stop when the next issue brings no new code."),
        (
            StopRule(4, 2, 0.05),
            "After a base of 4 issues, stop when 2 issues in a row bring at most 5 % "
            "of the codes of the base as new ones.",
        ),
    ],
)
def test_rule_is_said_in_words(rule, said):
    assert words(rule) == said


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ([1], "Not yet: 1 of the 4 issues that the rule needs are coded."),
        ([0, 0, 1, 0], "Cannot be told: the issues of the base have no code."),
        ([2, 0, 1, 1], "Not yet, after 4 issues: 2 new codes in the last 2 issues, 100.0 % of 2 of the base."),
        ([2, 0, 1, 0, 0], "Reached at issue 5 of 5 (3+2): 0 new codes in the run, 0.0 % of 2 of the base."),
    ],
)
def test_state_is_told_in_a_sentence(new, said):
    codes = iter("abcdefgh")
    report = saturation_report(order(*([next(codes) for _ in range(count)] for count in new)), StopRule(2, 2, 0))
    assert standing(report.state, StopRule(2, 2, 0)) == said


class TestRule:
    def test_it_is_kept_with_an_event(self, ground, lead):
        set_stop_rule(taxonomy=ground.version.taxonomy, base=20, run=10, threshold_percent=5, by=lead)
        set_stop_rule(taxonomy=ground.version.taxonomy, base=30, run=10, threshold_percent=0, by=lead)
        told = [(event.verb, event.target, event.data) for event in Event.objects.order_by("pk")]
        target = f"the stop rule of {ground.version.taxonomy}"
        assert told == [
            ("set", target, {"base": 20, "run": 10, "threshold_percent": 5}),
            ("set", target, {"base": 30, "run": 10, "threshold_percent": 0}),
        ]
        assert list(StoredRule.objects.order_by("pk").values_list("base", flat=True)) == [20, 30]

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("base", {"base": 0}),
            ("run", {"run": 0}),
            ("threshold_percent", {"threshold_percent": 100}),
            ("threshold_percent", {"threshold_percent": float("nan")}),
        ],
    )
    def test_what_nothing_could_keep_is_refused(self, field, given, ground, lead):
        rule = {"base": 1, "run": 1, "threshold_percent": 0} | given
        with pytest.raises(Invalid) as refusal:
            set_stop_rule(taxonomy=ground.version.taxonomy, by=lead, **rule)
        assert set(refusal.value.message_dict) == {field}
        assert not StoredRule.objects.exists()

    def test_it_is_the_leads(self, ground, rater_a):
        with pytest.raises(Refused):
            set_stop_rule(taxonomy=ground.version.taxonomy, base=1, run=1, threshold_percent=0, by=rater_a)


class TestPage:
    def test_before_anything_is_published(self, visit, lead):
        empty = factories.study("Empty", "empty")
        factories.member(empty, lead, "lead")
        page = visit.client.get(reverse("saturation", args=["empty"]))
        assert "No taxonomy is published yet." in text_of(page)

    def test_it_tells_curve_rounds_and_issues(self, visit):
        text = text_of(visit())
        assert "4 codes in 5 issues." in text
        assert "Round 1 5 4 4" in text
        assert "No rule is set." in text
        assert "secret" not in text

    def test_a_rule_set_before_is_told_as_such(self, visit, ground, lead):
        Round.objects.update(started_at=factories.NOW + timedelta(days=9999), closed_at=None, phase=Phase.INDEPENDENT)
        set_stop_rule(taxonomy=ground.version.taxonomy, base=2, run=1, threshold_percent=0, by=lead)
        text = text_of(visit())
        assert "before any round started." in text
        assert "Not yet: 0 of the 3 issues that the rule needs are coded." in text
        assert "No closed round has a coding under this taxonomy yet." in text

    def test_a_rule_set_late_and_changed_is_told_as_such(self, visit, ground, lead):
        here = reverse("stop_rule", args=[ground.study.slug])
        sent = {"base": 2, "run": 1, "threshold_percent": 0}
        visit.client.post(here, sent)
        page = visit.client.post(here, sent | {"base": 3, "taxonomy": ground.version.taxonomy_id}, follow=True)
        text = text_of(page)
        assert "After a base of 3 issues, stop when the next issue brings no new code." in text
        assert "by lead, after rounds 1, 2 had started." in text
        assert "Changed with codings at hand: it was not beforehand for these rounds." in text
        assert "1 earlier rule After a base of 2 issues" in text

    def test_a_rule_that_cannot_be_read_keeps_what_was_typed(self, visit, ground):
        here = reverse("stop_rule", args=[ground.study.slug])
        page = visit.client.post(here, {"base": "0", "run": "7", "threshold_percent": "x"})
        assert "<details open>" in page.content.decode()
        assert 'value="7"' in page.content.decode()
        assert not StoredRule.objects.exists()

    def test_taxonomies_are_chosen(self, visit, ground, lead):
        other = factories.taxonomy(ground.study, by=lead).taxonomy
        assert f'value="{other.pk}" selected' in visit(taxonomy=other.pk).content.decode()
        assert visit(taxonomy=0).status_code == 404
        factories.taxonomy(factories.study("Other", "other"), by=lead)
        book = take("herzig2013")
        add_published(study=ground.study, name="A", citation=book.citation, codes=book.codes, by=lead)
        assert {each.pk for each in visit().context["taxonomies"]} == {ground.version.taxonomy_id, other.pk}

    def test_programs_get_the_same(self, visit, ground, lead):
        set_stop_rule(taxonomy=ground.version.taxonomy, base=2, run=1, threshold_percent=0, by=lead)
        here = reverse("api-saturation", args=[ground.study.slug, ground.version.taxonomy_id])
        answer = visit.client.get(here).json()
        assert answer["rule"] == "After a base of 2 issues, stop when the next issue brings no new code."
        assert answer["set_at"][:2] == "20"
        assert answer["started"] == [1, 2]
        assert (answer["report"]["issues"], answer["report"]["codes"]) == (5, 4)
        assert [row["total"] for row in answer["report"]["steps"]] == [
            row.total for row in visit().context["report"].steps
        ]
        StoredRule.objects.all().delete()
        answer = visit.client.get(here).json()
        assert (answer["rule"], answer["standing"], answer["set_at"], answer["started"]) == ("", "", None, [])

    def test_findings_lead_there(self, visit, ground):
        assert reverse("saturation", args=[ground.study.slug]) in visit("findings").content.decode()

    def test_as_many_queries_for_one_issue_as_for_thirty(self, visit, ground):
        counts = []
        for more in (1, 29):
            issues = [factories.issue(ground.repository, number=1000 * more + at) for at in range(more)]
            closed = factories.round_of(ground.version, issues, [ground.a], phase=Phase.DISCUSSION)
            factories.answers(closed, {"rater-1": ["Memory"] * more})
            with CaptureQueriesContext(connection) as queries:
                assert visit().status_code == 200
            counts.append(len(queries))
            Round.objects.filter(pk=closed.pk).update(phase=Phase.INDEPENDENT, closed_at=None)
        assert counts[0] == counts[1]


class TestPicture:
    def test_svg_holds_the_names_of_the_axes_and_no_token(self, visit):
        response = visit("saturation_picture", "svg")
        assert response["Content-Type"] == "image/svg+xml"
        text = response.content.decode()
        ElementTree.fromstring(text)
        assert "Issues in coding order" in text
        assert "round 1" in text
        assert '"--' not in text

    def test_png_is_one(self, visit):
        assert visit("saturation_picture", "png").content.startswith(b"\x89PNG")

    def test_there_is_no_other_and_none_of_nothing(self, visit, ground, lead):
        assert visit("saturation_picture", "pdf").status_code == 404
        other = factories.taxonomy(ground.study, by=lead).taxonomy
        assert visit("saturation_picture", "svg", taxonomy=other.pk).status_code == 404
