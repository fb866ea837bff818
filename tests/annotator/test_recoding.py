"""Codings under a later version: what reads on, what waits, and the round that codes it again."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotator.models import Assignment, Coding, Round
from annotator.queries.recoding import consequences, given_codings, queue_of, readings, unanswered
from annotator.services.recoding import draft_recoding_round
from annotator.states import Kind, Outcome, Phase
from studies.errors import Invalid, Refused
from taxonomy.carrying import Step
from taxonomy.consequences import RoundConsequence, consequences_of
from taxonomy.history import carriers, changes_of_draft
from taxonomy.services.editing import remove_code
from taxonomy.services.versions import start_draft
from tests import factories
from tests.grown import next_version


@pytest.fixture
def ground(study, members):
    """Five issues in a closed round of two raters under version 1: Loading, Output, Memory."""
    lead, a, b = (members[name] for name in ("lead", "rater_a", "rater_b"))
    issues = [factories.issue(factories.repository(study), number=number) for number in range(1, 6)]
    version = factories.taxonomy(study, by=lead.user)
    closed = factories.round_of(version, issues, [a, b], phase=Phase.DISCUSSION)
    factories.answers(
        closed,
        {a.alias: ["Loading", "Output", "Loading", "", None], b.alias: ["Output", "Memory", "Loading", "", "Memory"]},
    )
    return SimpleNamespace(lead=lead.user, a=a, b=b, issues=issues, version=version, closed=closed, study=study)


def waiting(version):
    return [(wait.round, wait.issue, wait.member, wait.label, wait.dealt_in) for wait in queue_of(version)]


def close(round):
    Round.objects.filter(pk=round.pk).update(phase=Phase.DISCUSSION, started_at=factories.NOW, closed_at=factories.NOW)


def answer_all(round, outcome=Outcome.NONE):
    for assignment in Assignment.objects.filter(round_issue__round=round):
        factories.coding(assignment, outcome=outcome)


def test_merged_codings_read_on_and_fold(ground):
    factories.coding(Assignment.objects.get(round_issue__issue=ground.issues[4], member=ground.a), ["Output", "Memory"])
    second = next_version(ground.version, ground.lead, merge={"Output": "Memory"}, rename={"Loading": "Start"})
    names = {str(code.uid): code.name for code in second.codes.all()}
    found = readings(given_codings(second), carriers(second))
    assert [sorted(names[uid] for uid in reading.uids) for _, reading in found] == [
        ["Start"], ["Memory"], ["Memory"], ["Memory"], ["Start"], ["Start"], [], [], ["Memory"], ["Memory"],
    ]  # fmt: skip
    assert waiting(second) == []


def test_split_codings_wait_for_their_raters_alone(ground):
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    first, third = ground.issues[0].pk, ground.issues[2].pk
    assert waiting(second) == [
        (1, first, ground.a.pk, False, None),
        (1, third, ground.a.pk, False, None),
        (1, third, ground.b.pk, False, None),
    ]
    assert waiting(ground.version) == []


@pytest.mark.parametrize(("meaning_changed", "issues"), [(True, {1, 3}), (False, set())])
def test_reworded_codings_wait_when_the_meaning_changed(ground, meaning_changed, issues):
    second = next_version(ground.version, ground.lead, reword={"Loading": meaning_changed})
    numbers = {issue.pk: issue.number for issue in ground.issues}
    assert {numbers[wait.issue] for wait in queue_of(second)} == issues


def test_a_recoding_round_deals_to_the_raters_concerned_once(ground):
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    before = Coding.objects.count()
    made = draft_recoding_round(version=second, by=ground.lead)
    assert (made.kind, made.phase, made.version, made.number) == (Kind.RECODING, Phase.DRAFTED, second, 2)
    assert (made.sample["size"], made.sample["rounds"]) == (2, [1])
    given = Assignment.objects.filter(round_issue__round=made).order_by("member", "position")
    assert {(row.round_issue.issue.number, row.member) for row in given} == {
        (1, ground.a), (3, ground.a), (3, ground.b),
    }  # fmt: skip
    assert [row.position for row in given] == [1, 2, 1]
    assert {dealt for *_, dealt in waiting(second)} == {2}
    with pytest.raises(Invalid, match="Nothing waits under this version"):
        draft_recoding_round(version=second, by=ground.lead)
    assert Coding.objects.count() == before


def test_a_closed_recoding_round_answers_what_waited(ground):
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    made = draft_recoding_round(version=second, by=ground.lead)
    mine = Assignment.objects.get(round_issue__round=made, member=ground.a, round_issue__issue=ground.issues[0])
    factories.coding(mine, ["Slow"])
    assert len(waiting(second)) == 3
    close(made)
    third = ground.issues[2].pk
    assert waiting(second) == [(1, third, ground.a.pk, False, None), (1, third, ground.b.pk, False, None)]
    again = draft_recoding_round(version=second, by=ground.lead)
    assert {row.round_issue.issue_id for row in Assignment.objects.filter(round_issue__round=again)} == {third}


def test_a_recoding_that_waits_itself_answers_nothing(ground):
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    made = draft_recoding_round(version=second, by=ground.lead)
    for assignment in Assignment.objects.filter(round_issue__round=made):
        factories.coding(assignment, ["Slow"])
    close(made)
    assert waiting(second) == []
    third = next_version(second, ground.lead, retire=["Slow"])
    assert {(number, member) for number, _, member, *_ in waiting(third)} == {
        (1, ground.a.pk), (1, ground.b.pk), (2, ground.a.pk), (2, ground.b.pk),
    }  # fmt: skip
    dealt = draft_recoding_round(version=third, by=ground.lead)
    assert Assignment.objects.filter(round_issue__round=dealt).count() == 3


def test_a_label_that_waits_alone_is_coded_again_by_its_raters(ground):
    drawn = ground.closed.round_issues.get(issue=ground.issues[1])
    factories.resolution(drawn, ["Loading"], by=ground.lead)
    second = next_version(ground.version, ground.lead, retire=["Loading"])
    labels = [row for row in waiting(second) if row[3]]
    assert labels == [
        (1, ground.issues[1].pk, ground.a.pk, True, None),
        (1, ground.issues[1].pk, ground.b.pk, True, None),
    ]
    made = draft_recoding_round(version=second, by=ground.lead)
    answer_all(made)
    close(made)
    assert waiting(second) == []


def test_raters_who_left_are_not_dealt_to(ground):
    second = next_version(ground.version, ground.lead, retire=["Loading"])
    ground.a.left_at = factories.NOW
    ground.a.save()
    made = draft_recoding_round(version=second, by=ground.lead)
    assert [row.member for row in Assignment.objects.filter(round_issue__round=made)] == [ground.b]
    with pytest.raises(Invalid, match="have left the study"):
        draft_recoding_round(version=second, by=ground.lead)


def test_one_code_an_issue_stays_one_code_an_issue(ground):
    Round.objects.update(several_codes=False)
    second = next_version(ground.version, ground.lead, retire=["Loading"])
    assert draft_recoding_round(version=second, by=ground.lead).several_codes is False


def test_only_a_lead_makes_a_recoding_round(ground, rater_a):
    second = next_version(ground.version, ground.lead, retire=["Loading"])
    with pytest.raises(Refused):
        draft_recoding_round(version=second, by=rater_a)


# What publishing means


def step(draft):
    return Step(None, tuple(changes_of_draft(draft).changes))


def test_consequences_count_what_reads_on_and_what_waits(ground):
    running = factories.round_of(ground.version, ground.issues[:2], [ground.a])
    factories.answers(running, {ground.a.alias: ["Loading", None]})
    draft = start_draft(taxonomy=ground.version.taxonomy, by=ground.lead)
    remove_code(code=draft.codes.get(name="Loading"), by=ground.lead)
    told = consequences_of(draft.taxonomy, step(draft))
    assert told[0] == RoundConsequence(1, codings=9, unchanged=6, mapped=0, issues_waiting=2)
    assert (told[1].number, told[1].codings, told[1].issues_waiting) == (2, 1, 0)
    assert told[1].told_later.startswith("Told when the round is closed")


def test_a_first_version_has_no_consequences(ground):
    assert consequences(factories.taxonomy(ground.study).taxonomy, Step(None, ())) == []


def test_a_coding_is_never_lost_and_never_doubled(ground):
    """Through three versions each coding is read once: mapped to codes that are there, or in the queue."""
    version = ground.version
    for edits in (
        {"split": {"Loading": ["Slow", "Never"]}},
        {"merge": {"Output": "Memory"}, "reword": {"Memory": True}},
        {"retire": ["Memory"], "add": ["New"]},
    ):
        version = next_version(version, ground.lead, **edits)
        found = readings(given_codings(version), carriers(version))
        assert sorted(each.coding for each, _ in found) == sorted(Coding.objects.values_list("pk", flat=True))
        there = {str(uid) for uid in version.codes.values_list("uid", flat=True)}
        queued = {(each.coding) for each, _ in unanswered(found)}
        for each, reading in found:
            assert reading.uids <= there
            assert (each.coding in queued) == bool(reading.waits)
            assert bool(reading.uids) == (bool(each.uids) and not reading.waits)


# The page


def page(client, ground, **asked):
    client.force_login(ground.lead)
    return client.get(reverse("recoding", args=[ground.study.slug]), asked)


def test_the_queue_says_what_waits_and_why(ground, client):
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    shown = page(client, ground).content.decode()
    assert f"2 issues of closed rounds wait to be coded again under {second}" in shown
    assert "“Loading” was split into “Slow”, “Never” in version 2: Two things." in shown
    assert "Make a re-coding round with 2 issues for 2 raters" in shown
    response = client.post(reverse("recoding", args=[ground.study.slug]), {"version": second.pk})
    assert response["Location"] == reverse("round", args=[ground.study.slug, 2])
    shown = page(client, ground, version=second.pk).content.decode()
    assert "in round 2" in shown
    assert "Make a re-coding round" not in shown
    again = client.post(reverse("recoding", args=[ground.study.slug]), {"version": second.pk}, follow=True)
    assert "Nothing waits under this version" in again.content.decode()
    assert ground.study.rounds.count() == 2


def test_an_empty_queue_and_no_version(ground, client, study):
    assert "Nothing waits." in page(client, ground).content.decode()
    assert page(client, ground, version="nonsense").status_code == 404


def test_a_study_without_a_version_has_no_queue(client, study, lead):
    client.force_login(lead)
    assert (
        "No version of a taxonomy is published yet"
        in client.get(reverse("recoding", args=[study.slug])).content.decode()
    )


def test_the_queue_asks_as_often_for_1_issue_as_for_30(ground, client):
    second = next_version(ground.version, ground.lead, retire=["Memory"])
    client.force_login(ground.lead)
    counts = []
    for size in (1, 30):
        issues = [factories.issue(factories.repository(ground.study)) for _ in range(size)]
        extra = factories.round_of(ground.version, issues, [ground.a], phase=Phase.DISCUSSION)
        factories.answers(extra, {ground.a.alias: ["Memory"] * size})
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("recoding", args=[ground.study.slug]), {"version": second.pk})
        counts.append(len(asked))
    assert counts[0] == counts[1]


# For programs


def test_programs_read_the_queue_and_make_its_round(ground, client):
    second = next_version(ground.version, ground.lead, split={"Loading": ["Slow", "Never"]})
    client.force_login(ground.lead)
    address = reverse("api-recoding", args=[ground.study.slug, second.taxonomy_id, 2])
    told = client.get(address).json()
    assert [(row["round"], row["issue"], row["rater"], row["dealt_in"]) for row in told] == [
        (1, ground.issues[0].pk, ground.a.alias, None),
        (1, ground.issues[2].pk, ground.a.alias, None),
        (1, ground.issues[2].pk, ground.b.alias, None),
    ]
    assert told[0]["reasons"] == ["“Loading” was split into “Slow”, “Never” in version 2: Two things."]
    made = client.post(address)
    assert (made.status_code, made.json()["number"], made.json()["kind"]) == (201, 2, "recoding")
    assert {row["dealt_in"] for row in client.get(address).json()} == {2}
    assert client.post(address).status_code == 400
