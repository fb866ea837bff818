"""What a crosswalk says: covered, new, not seen, by code and by issue; and how far two who mapped agree."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from analysis.datasets import labels_as_of
from analysis.exports.crosswalk_table import as_csv, as_latex, escaped
from analysis.models import Result
from analysis.reports.agreement import PLAN
from analysis.reports.crosswalk import Ours, Theirs, crosswalk_report, mapping_agreement, sentence
from analysis.services.crosswalks import agreement_of_mappers
from annotator.states import Phase
from taxonomy.crosswalks import Link, get_crosswalk, open_for_all
from taxonomy.models import Code
from taxonomy.services.crosswalks import begin_crosswalk, finish_mapping, map_code
from tests import factories
from tests.grown import next_version


@pytest.fixture
def labelled(study, members, ours, lead):
    """Loading 2 issues, Output 1, Loading and Memory 1, none of these 1."""
    repository = factories.repository(study)
    issues = [factories.issue(repository) for _ in range(5)]
    round = factories.round_of(ours, issues, [members["rater_a"]], phase=Phase.DISCUSSION)
    said = [["Loading"], ["Loading"], ["Output"], ["Loading", "Memory"], []]
    for drawn, names in zip(round.round_issues.order_by("position"), said, strict=True):
        factories.resolution(drawn, names, by=lead)
    return study


def report_of(study, crosswalk):
    found = open_for_all(get_crosswalk(study, crosswalk.pk))
    return crosswalk_report(found, labels_as_of(study, found.crosswalk.left))


def statuses(report):
    return (
        {line.node.code.name: (line.status, line.issues) for line in report.ours},
        {line.node.code.name: line.status for line in report.theirs},
    )


@pytest.mark.parametrize(
    ("relation", "here", "there"),
    [
        ("exact", Ours.COVERED, Theirs.SEEN),
        ("close", Ours.COVERED, Theirs.SEEN),
        ("broader", Ours.COVERED, Theirs.PARTLY),
        ("narrower", Ours.PARTLY, Theirs.SEEN),
        ("related", Ours.RELATED, Theirs.RELATED),
    ],
)
def test_each_relation_has_its_meaning_on_either_side(relation, here, there, study, alone, say, rater_a):
    say(alone, rater_a, Loading={"Usage": relation}, Output={})
    ours_said, theirs_said = statuses(report_of(study, alone))
    assert ours_said == {"Loading": (here, 0), "Output": (Ours.NEW, 0), "Memory": (Ours.OPEN, 0)}
    assert theirs_said == {"Hardware": Theirs.UNSEEN, "GPU": Theirs.UNSEEN, "Usage": there}


def test_relation_that_covers_best_counts(study, alone, say, rater_a):
    say(alone, rater_a, Loading={"Usage": "related", "GPU": "narrower"}, Output={"Usage": "broader", "GPU": "related"})
    ours_said, theirs_said = statuses(report_of(study, alone))
    assert (ours_said["Loading"][0], ours_said["Output"][0]) == (Ours.PARTLY, Ours.COVERED)
    assert (theirs_said["Usage"], theirs_said["GPU"]) == (Theirs.PARTLY, Theirs.SEEN)


def test_codes_of_theirs_are_seen_through_what_stands_below_and_above(study, alone, say, theirs, rater_a):
    say(alone, rater_a, Loading={"GPU": "close"})
    assert statuses(report_of(study, alone))[1]["Hardware"] == Theirs.BELOW
    say(alone, rater_a, Loading={"Hardware": "close"})
    assert statuses(report_of(study, alone))[1]["GPU"] == Theirs.WITHIN
    say(alone, rater_a, Loading={"Hardware": "broader"})
    assert statuses(report_of(study, alone))[1]["GPU"] == Theirs.UNSEEN
    say(alone, rater_a, Loading={"GPU": "related"})
    assert statuses(report_of(study, alone))[1]["Hardware"] == Theirs.UNSEEN
    Code.objects.bulk_create([Code(version=theirs, name="Driver", position=0, parent=theirs.codes.get(name="GPU"))])
    say(alone, rater_a, Loading={"Hardware": "exact"})
    assert statuses(report_of(study, alone))[1]["Driver"] == Theirs.WITHIN


def test_issue_counts_once_by_its_least_covered_code(labelled, alone, say, rater_a):
    say(alone, rater_a, Loading={"Usage": "exact"}, Output={"GPU": "narrower"}, Memory={})
    report = report_of(labelled, alone)
    assert statuses(report)[0] == {
        "Loading": (Ours.COVERED, 3), "Output": (Ours.PARTLY, 1), "Memory": (Ours.NEW, 1)
    }  # fmt: skip
    assert (report.issues, report.without) == (4, 1)
    assert {share.status: (share.codes, share.issues) for share in report.our_shares} == {
        Ours.COVERED: (1, 2), Ours.PARTLY: (1, 1), Ours.RELATED: (0, 0), Ours.NEW: (1, 1)
    }  # fmt: skip
    assert sum(share.codes for share in report.their_shares) == 3


def test_labels_are_carried_to_the_version_that_is_compared(labelled, ours, theirs, members, lead):
    second = next_version(ours, lead, split={"Loading": ["Slow", "Never"]}, merge={"Output": "Memory"})
    crosswalk = begin_crosswalk(left=second, right=theirs, mappers=[members["rater_a"]], by=lead)
    report = report_of(labelled, crosswalk)
    assert {line.node.code.name: line.issues for line in report.ours} == {"Slow": 0, "Never": 0, "Memory": 1}
    assert (report.issues, report.without, report.waiting) == (1, 1, 3)


def test_sentence_is_what_a_paper_prints(labelled, alone, say, rater_a):
    say(alone, rater_a, Loading={"Usage": "exact"}, Output={"GPU": "narrower"}, Memory={})
    left, right = alone.left, alone.right
    assert sentence(report_of(labelled, alone)) == (
        f"Of our 3 codes ({left}), held against {right}, 1 is covered, 1 is partly covered and 1 is new here. "
        "2 of 4 labelled issues (50.0 %) carry covered codes only; 1 (25.0 %) carry a code that is new here. "
        "Of the 3 codes there, 2 are seen here at least in part and 1 is seen only through a code below or above."
    )


def test_sentence_without_labels_speaks_of_codes_alone(study, alone, say, rater_a):
    say(alone, rater_a, Loading={"Usage": "related"})
    assert sentence(report_of(study, alone)) == (
        f"Of our 3 codes ({alone.left}), held against {alone.right}, 1 is only related and 2 are not settled. "
        "Of the 3 codes there, 1 is only related to one of ours and 2 are not seen."
    )


@pytest.fixture
def judged(study, members, lead):
    """Two who map eight codes: agree on where six lead, and on the relation of five of those."""

    def judge(first, second):
        left = factories.taxonomy(study, [f"L{n}" for n in range(len(first))], by=lead)
        right = factories.taxonomy(study, ("P", "Q", "R"), by=lead)
        made = begin_crosswalk(left=left, right=right, mappers=[members["rater_a"], members["rater_b"]], by=lead)
        uids = {code.name: code.uid for code in right.codes.all()}
        for name, answers in (("rater_a", first), ("rater_b", second)):
            for code, links in zip(left.codes.order_by("position"), answers, strict=True):
                map_all(made, code.uid, links, uids, members[name].user)
            finish_mapping(crosswalk=made, by=members[name].user)
        return open_for_all(get_crosswalk(study, made.pk))

    return judge


def map_all(crosswalk, left, links, uids, person):
    given = [Link(uids[right], relation) for right, relation in links.items()] or [Link(None, "none")]
    map_code(crosswalk=crosswalk, left=left, links=given, by=person)


def test_agreement_is_of_counterparts_and_then_of_relations(judged):
    """Counterparts: 5 of 6 the same. First P P P Q Q –, second P P Q Q Q –, so p_e = (3·2 + 2·3 + 1·1)/36 = 13/36,
    κ = (5/6 − 13/36)/(1 − 13/36) = 17/23. Relations over the 4 pairs that both relate: 3 the same; exact 2 and 3,
    close 2 and 1, so p_e = (2·3 + 2·1)/16 = 1/2, κ = (3/4 − 1/2)/(1/2) = 1/2."""
    first = [{"P": "exact"}, {"P": "exact"}, {"P": "exact"}, {"Q": "close"}, {"Q": "close"}, {}]
    second = [{"P": "exact"}, {"P": "exact"}, {"Q": "exact"}, {"Q": "exact"}, {"Q": "close"}, {}]
    found = mapping_agreement(judged(first, second), PLAN)
    assert (found.counterparts.value, found.counterparts.n_units) == (pytest.approx(17 / 23), 6)
    assert found.counterparts_percent.value == pytest.approx(5 / 6)
    assert (found.relations.value, found.relations.n_units) == (pytest.approx(1 / 2), 4)
    assert found.relations_percent.value == pytest.approx(3 / 4)


def test_several_counterparts_are_compared_as_a_set_and_their_relations_pair_by_pair(judged):
    found = mapping_agreement(judged([{"P": "exact", "Q": "close"}, {}], [{"P": "exact"}, {}]), PLAN)
    assert found.counterparts_percent.value == pytest.approx(1 / 2)
    assert found.relations_percent.n_units == 1


def test_agreement_without_common_pairs_is_undefined_with_the_reason(judged):
    found = mapping_agreement(judged([{"P": "exact"}], [{"Q": "exact"}]), PLAN)
    assert (found.relations.value, found.relations.undefined_because) == (None, "No issue has been rated.")


def test_agreement_is_computed_once(study, both_done):
    found = open_for_all(get_crosswalk(study, both_done.pk))
    once, again = agreement_of_mappers(found), agreement_of_mappers(found)
    assert (once == again, Result.objects.filter(kind="crosswalk").count()) == (True, 1)


def test_one_who_maps_alone_agrees_with_nobody(study, alone):
    assert agreement_of_mappers(open_for_all(get_crosswalk(study, alone.pk))) is None


def test_table_as_csv_has_both_sides(labelled, alone, say, rater_a):
    say(alone, rater_a, Loading={"Usage": "exact", "GPU": "related"}, Output={}, Memory={})
    rows = list(csv.DictReader(io.StringIO(as_csv(report_of(labelled, alone)))))
    assert [tuple(row.values()) for row in rows] == [
        ("ours", "1", "Loading", "covered", "Usage (exact); GPU (related)", "3"),
        ("ours", "2", "Output", "new here", "", "1"),
        ("ours", "3", "Memory", "new here", "", "1"),
        ("theirs", "1", "Hardware", "not seen", "", ""),
        ("theirs", "1.1", "GPU", "only related", "Loading (related)", ""),
        ("theirs", "2", "Usage", "seen", "Loading (exact)", ""),
    ]


def test_table_as_latex_is_whole_and_escaped(labelled, alone, say, rater_a):
    say(alone, rater_a, Loading={"Usage": "exact"}, Output={}, Memory={})
    table = as_latex(report_of(labelled, alone))
    assert r"1 Loading & covered & Usage (exact) & 3 \\" in table
    assert r"Not seen here: 2 of 3" in table
    assert (table.count(r"\begin{longtable}"), table.count(r"\end{longtable}")) == (1, 1)
    assert escaped("50 % & {a_b}\n~^#$\\→") == (
        r"50 \% \& \{a\_b\} \textasciitilde{}\textasciicircum{}\#\$\textbackslash{}$\rightarrow$"
    )


@pytest.fixture
def url(study):
    return lambda crosswalk, name="crosswalk_report", **more: reverse(
        name, kwargs={"slug": study.slug, "crosswalk_id": crosswalk.pk} | more
    )


def test_page_states_figures_definitions_and_agreement(client, url, labelled, both_done, observer):
    client.force_login(observer)
    page = client.get(url(both_done))
    assertContains(page, "held against")
    assertContains(page, "exact, close, or theirs is broader and holds it")
    assertContains(page, "not mapped yet, or the two who mapped differ and nobody has decided")
    assertContains(page, "Which codes of theirs")
    assertContains(page, "1 issue labelled with none of the codes is not counted.")
    assertNotContains(page, "The mapping is not finished")


def test_page_of_an_unfinished_one_says_so(client, url, alone, lead):
    client.force_login(lead)
    page = client.get(url(alone))
    assertContains(page, "The mapping is not finished: these figures will change.")
    assertNotContains(page, "Agreement of the two who mapped")


@pytest.mark.parametrize("kind", ["csv", "tex"])
def test_tables_are_downloaded(kind, client, url, both_done, lead):
    client.force_login(lead)
    response = client.get(url(both_done, "crosswalk_table", kind=kind))
    assert (response.status_code, response["Content-Disposition"].endswith(f'-table.{kind}"')) == (200, True)
    assert client.get(url(both_done, "crosswalk_table", kind="doc")).status_code == 404


def test_page_asks_as_often_for_few_codes_as_for_many(client, url, judged, lead):
    client.force_login(lead)
    counts = []
    for size in (2, 30):
        crosswalk = judged([{"P": "exact"}] * size, [{"P": "close"}] * size).crosswalk
        client.get(url(crosswalk))  # computes the agreement
        with CaptureQueriesContext(connection) as queries:
            client.get(url(crosswalk))
        counts.append(len(queries))
    assert counts[0] == counts[1]
