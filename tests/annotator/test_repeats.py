"""Consistency: what a rater coded some time ago comes again, hidden among the others, and is kept apart at the end."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.models import Assignment, Coding, Draft, Each, Round, RoundIssue
from annotator.queries.codings import codings_with
from annotator.queries.recoding import given_codings, rounds_with_codings
from annotator.queries.usage import usage_of
from annotator.services.changing import Asked, change_round, plan_change
from annotator.services.coding import submit_coding
from annotator.services.dealing import Design
from annotator.services.phases import close_round, reopen_discussion, start_round
from annotator.services.planning import Plan, plan_round
from annotator.services.repeating import record_of, repeat_draw
from annotator.services.repeats import Again, own_issues
from annotator.services.resolution import can_resolve, resolve
from annotator.services.rounds import draft_round
from annotator.states import Kind, Outcome, Phase
from annotator.visibility import issues_again_of, visible_codings
from corpus.models import Issue
from studies.errors import Invalid, Refused
from studies.models import Membership, Study
from tests import factories

LONG_AGO = timedelta(days=20)


@pytest.fixture
def world(study: Study, members: dict[str, Membership], lead: Any) -> dict[str, Any]:
    """Issues 1 to 12. Round 1, closed: rater_a coded 1 to 6, rater_b 1 to 4, all of them twenty days ago."""
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    repository = factories.repository(study)
    issues = [factories.issue(repository, number=number) for number in range(1, 13)]
    a, b = members["rater_a"], members["rater_b"]
    first = factories.round_of(version, issues[:6], [a, b], phase=Phase.DISCUSSION)
    factories.answers(first, {"rater-1": ["Loading"] * 6, "rater-2": ["Output"] * 4 + [None, None]})
    Coding.objects.update(submitted_at=timezone.now() - LONG_AGO)
    return {"version": version, "issues": issues, "first": first, "raters": [a, b], "lead": lead, "study": study}


TWO = Again(number=2)


def drawn_with(world: dict[str, Any], again: Again = TWO, **asked: Any) -> Round:
    """Issues 7 to 12, and what comes again."""
    given = {"size": 6, "without_coded": True, "raters": world["raters"], "seed": 3} | asked
    return draft_round(study=world["study"], version=world["version"], again=again, by=world["lead"], **given)


def planned(world: dict[str, Any], again: Again = TWO, **asked: Any) -> Plan:
    given = {"size": 6, "without_coded": True, "raters": world["raters"], "seed": 3} | asked
    return plan_round(study=world["study"], version=world["version"], again=again, **given)


def second(round: Round, alias: str = "rater-1") -> list[int]:
    """The numbers of the issues that come again to a rater."""
    rows = Assignment.objects.filter(round_issue__round=round, member__alias=alias, repeats__isnull=False)
    return sorted(rows.values_list("round_issue__issue__number", flat=True))


def hand(round: Round, alias: str = "rater-1") -> list[Assignment]:
    rows = Assignment.objects.filter(round_issue__round=round, member__alias=alias)
    return list(rows.select_related("round_issue__issue", "member").order_by("position"))


def code(assignment: Assignment, *names: str) -> Coding:
    codes = [code.pk for code in factories.codes_of(assignment.round_issue.round.version, names)]
    return submit_coding(
        assignment=assignment, outcome=Outcome.CODED if codes else Outcome.NONE, codes=codes, client_id=uuid.uuid4(),
        by=assignment.member.user,
    )  # fmt: skip


def coded_and_closed(world: dict[str, Any], **asked: Any) -> tuple[Round, Round]:
    """Everything is coded as Output; then the round is closed. The round, and the one kept apart."""
    round = start_round(round=drawn_with(world, **asked), by=world["lead"])
    for alias in ("rater-1", "rater-2"):
        for assignment in hand(round, alias):
            code(assignment, "Output")
    closed = close_round(round=round, by=world["lead"])
    return closed, Round.objects.get(kind=Kind.CONSISTENCY)


@pytest.mark.parametrize(("text", "expected"), [
    ("", Again()), (" 3 ", Again(3, days=9)), ("10 %", Again(share=10, days=9)), ("100%", Again(share=100, days=9)),
])  # fmt: skip
def test_how_many_is_read(text: str, expected: Again) -> None:
    assert Again.read(text, 9) == expected


@pytest.mark.parametrize("text", ["0", "-1", "some", "1.5", "1234567"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no number of issues and no share"):
        Again.read(text, None)


def test_a_share_is_of_the_issues_given_and_one_at_least() -> None:
    assert [Again(share=10).of(given) for given in (1, 14, 15, 100)] == [1, 1, 2, 10]
    assert (Again(number=4).of(100), Again(number=4).words, Again(share=5).words) == (4, "4", "5 %")
    assert Again.read("2", None).days == 14


def test_they_are_drawn_by_seed_from_what_the_rater_coded(world: Any) -> None:
    repeats = [planned(world).repeats for _ in range(2)]
    assert repeats[0] == repeats[1]
    round = drawn_with(world)
    assert [len(second(round, alias)) for alias in ("rater-1", "rater-2")] == [2, 2]
    assert set(second(round)) <= {1, 2, 3, 4, 5, 6}
    assert set(second(round, "rater-2")) <= {1, 2, 3, 4}
    firsts = {row.repeats_id for row in hand(round) if row.repeats_id}
    assert firsts == set(repeats[0]["rater-1"].values())
    assert firsts <= set(Assignment.objects.filter(round_issue__round=world["first"]).values_list("pk", flat=True))
    assert round.repeats == {"asked": "2", "after_days": 14, "given": {"rater-1": 2, "rater-2": 2}}


def test_they_stand_among_the_others_in_order_and_key(world: Any) -> None:
    """Over many seeds a second one is at every place; keys rise with the places."""
    places = set()
    for seed in range(20):
        plan = planned(world, seed=seed)
        places |= {plan.mixed["rater-1"].index(key) for key in plan.repeats["rater-1"]}
    assert places == set(range(8))
    rows = hand(drawn_with(world))
    assert [row.position for row in rows] == list(range(1, 9))
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)


def test_too_late_changed_unclear_and_twice_coded_ones_do_not_come_again(world: Any) -> None:
    own = Coding.objects.filter(assignment__member=world["raters"][0])
    rows = {row.assignment.round_issue.issue.number: row for row in own}
    Coding.objects.filter(pk=rows[1].pk).update(submitted_at=timezone.now() - timedelta(days=13))
    Issue.objects.filter(number=2).update(body=factories.text("Another text."))
    Coding.objects.filter(pk=rows[3].pk).update(outcome=Outcome.UNCLEAR)
    _, apart = coded_and_closed(world, again=Again(number=1))
    already = second(apart)
    Coding.objects.update(submitted_at=timezone.now() - LONG_AGO)
    later = drawn_with(world, Again(number=9), size=1, without_coded=False, raters=world["raters"][:1], seed=5)
    drawn = set(own_issues(later).values_list("issue__number", flat=True))
    expected = {1, 4, 5, 6, 7, 8, 9, 10, 11, 12} - set(already) - drawn
    assert set(second(later)) == expected


def test_where_nobody_has_any_it_is_refused(world: Any) -> None:
    with pytest.raises(Invalid, match="No rater has coded an issue at least 60 days ago"):
        drawn_with(world, Again(number=1, days=60))
    assert Round.objects.count() == 1


@pytest.mark.parametrize(("again", "design", "field"), [
    (Again(share=101), Design(), "again"),
    (Again(number=1, days=0), Design(), "again_days"),
    (Again(number=1, days=4000), Design(), "again_days"),
    (Again(number=1), Design(Each.POOL, k=1), "again"),
])  # fmt: skip
def test_what_cannot_be_asked_for(world: Any, again: Again, design: Design, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        drawn_with(world, again, design=design)
    assert set(refusal.value.message_dict) == {field}


def test_nobody_gets_more_than_they_can_take(world: Any) -> None:
    round = drawn_with(world, Again(number=5), design=Design(capacities={"rater-1": 7}))
    assert (len(second(round)), len(second(round, "rater-2"))) == (1, 4)


def test_the_plan_says_how_many_come_again(world: Any) -> None:
    plan = planned(world, Again(number=5))
    assert plan.coming_again == [("rater-1", 5, 5), ("rater-2", 4, 5)]
    assert plan.balance.raters == {"rater-1": 6, "rater-2": 6}
    assert planned(world, Again()).digest != plan.digest


def test_at_the_close_they_are_kept_in_a_round_of_their_own(world: Any) -> None:
    round = drawn_with(world)
    seconds = {alias: second(round, alias) for alias in ("rater-1", "rater-2")}
    start_round(round=round, by=world["lead"])
    code(next(row for row in hand(round) if row.repeats_id), "Output")
    closed = close_round(round=round, by=world["lead"])
    apart = Round.objects.get(kind=Kind.CONSISTENCY)
    assert (apart.number, apart.phase, apart.version) == (3, Phase.RESOLVED, world["version"])
    assert {alias: second(apart, alias) for alias in seconds} == seconds
    assert sorted(closed.round_issues.values_list("issue__number", flat=True)) == [7, 8, 9, 10, 11, 12]
    assert (apart.sample["hidden_in"], apart.sample["after_days"]) == (2, 14)
    told = world["study"].events.get(verb="kept apart")
    assert (told.target, told.data["codings"]) == ("round 3", 1)


def test_a_round_without_any_makes_none(world: Any) -> None:
    round = drawn_with(world, Again())
    assert round.repeats == {}
    close_round(round=start_round(round=round, by=world["lead"]), by=world["lead"])
    assert not Round.objects.filter(kind=Kind.CONSISTENCY).exists()


def test_no_count_or_label_knows_the_second_codings(world: Any) -> None:
    coded_and_closed(world)
    version, member = world["version"], world["raters"][0]
    assert {each.round for each in given_codings(version)} == {1, 2}
    assert usage_of(version).rounds == (1, 2)
    assert usage_of(version).codings == 10 + 12
    assert codings_with(factories.codes_of(version, ["Output"])[0], member) == 4 + 12
    assert [(number, codings) for number, _, codings in rounds_with_codings(version.taxonomy)] == [(1, 10), (2, 12)]


def test_nothing_is_decided_on_them(world: Any) -> None:
    closed, apart = coded_and_closed(world)
    assert (can_resolve(apart), can_resolve(closed)) == (False, True)
    with pytest.raises(Refused, match="nothing is decided"):
        resolve(round_issue=apart.round_issues.first(), outcome="none", how="lead", reason="So.", by=world["lead"])
    with pytest.raises(Refused, match="nothing is decided"):
        reopen_discussion(round=apart, reason="So.", by=world["lead"])
    client = Client()
    client.force_login(world["lead"])
    queue = reverse("disagreements", args=[world["study"].slug])
    assert client.get(f"{queue}?round={apart.number}").status_code == 403
    assert client.get(queue).context["round"] == closed
    page = client.get(reverse("round", args=[world["study"].slug, apart.number])).content.decode()
    assert "These issues were hidden in round 2" in page
    assert "Back to discussion" not in page


def test_the_draw_is_repeated_without_them(world: Any) -> None:
    repeat = repeat_draw(record_of(drawn_with(world)))
    assert (repeat.is_same_order, len(repeat.was)) == (True, 6)


def test_the_sample_is_not_extended_while_some_come_again(world: Any) -> None:
    round = drawn_with(world, size=4)
    with pytest.raises(Invalid, match="come again, hidden"):
        plan_change(round, Asked("extend", size=1))


def test_who_is_taken_out_loses_them_and_nobody_gets_them(world: Any) -> None:
    round = start_round(round=drawn_with(world, design=Design(Each.SOME, k=1)), by=world["lead"])
    mine = [row for row in hand(round) if row.repeats_id]
    code(mine[0], "Output")
    Draft.objects.create(assignment=mine[1], version=1, saved_at=timezone.now())
    theirs = second(round, "rater-2")
    change_round(round=round, asked=Asked("take_out", rater=world["raters"][0]), by=world["lead"])
    assert second(round) == [mine[0].round_issue.issue.number]
    assert second(round, "rater-2") == theirs
    assert len(hand(round, "rater-2")) == 6 + len(theirs)
    left = RoundIssue.objects.filter(round=round, assignments__isnull=True)
    assert left.count() == 0


def test_a_newcomer_gets_only_the_sample(world: Any, members: dict[str, Membership]) -> None:
    round = start_round(round=drawn_with(world), by=world["lead"])
    change_round(round=round, asked=Asked("add", rater=members["lead"]), by=world["lead"])
    got = {row.round_issue.issue.number for row in hand(round, members["lead"].alias)}
    assert got == {7, 8, 9, 10, 11, 12}


# What the rater could see of it while the round runs.


@pytest.fixture
def running(world: Any) -> Round:
    return start_round(round=drawn_with(world), by=world["lead"])


def test_an_earlier_coding_is_hidden_while_its_issue_comes_again(world: Any, running: Round) -> None:
    rater, other = world["raters"]
    again = set(second(running))
    assert set(Issue.objects.filter(pk__in=issues_again_of(rater)).values_list("number", flat=True)) == again

    def seen(member: Membership) -> set[tuple[str, int]]:
        rows = Coding.objects.filter(visible_codings(member), assignment__round_issue__round=world["first"])
        return set(rows.values_list("assignment__member__alias", "assignment__round_issue__issue__number"))

    assert {number for _, number in seen(rater)} == {1, 2, 3, 4, 5, 6} - again
    assert {number for _, number in seen(other)} == {1, 2, 3, 4, 5, 6} - set(second(running, "rater-2"))
    for assignment in hand(running):
        code(assignment)
    assert {number for _, number in seen(rater)} == {1, 2, 3, 4, 5, 6} - again
    close_round(round=running, by=world["lead"])
    assert {number for _, number in seen(rater)} == {1, 2, 3, 4, 5, 6}


def told(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_no_page_and_no_program_tells_them_apart(world: Any, running: Round, rater_a: Any) -> None:
    """A second one and any other look the same but for what the issue is."""
    client, slug = Client(), world["study"].slug
    client.force_login(rater_a)
    given = json.loads(told(client, reverse("api-assignments", args=[slug, running.number])))
    rows = given.get("results", given) if isinstance(given, dict) else given
    assert [row["position"] for row in rows] == list(range(1, 9))
    told_apart = {"id", "issue", "key", "position"}
    assert len({json.dumps({name: row[name] for name in row if name not in told_apart}) for row in rows}) == 1
    for assignment in hand(running):
        page = told(client, f"{reverse('coding', args=[slug, running.number])}?issue={assignment.pk}")
        state = json.loads(told(client, reverse("coding_issue", args=[slug, running.number, assignment.pk])))
        assert (state["seen"], state["version"], state["answer"]["codes"]) == (0, 0, [])
        assert "again" not in page.replace("submit again", "").lower().split("<dialog")[0]
    for name in ("round", "rounds", "api-round"):
        address = reverse(name, args=[slug, running.number] if name != "rounds" else [slug])
        assert ["Coming again" in told(client, address), '"repeats"' in told(client, address)] == [False, False]


def test_leads_are_told_how_many(world: Any, running: Round) -> None:
    client = Client()
    client.force_login(world["lead"])
    page = told(client, reverse("round", args=[world["study"].slug, running.number]))
    assert "2 a rater, hidden, coded 14 days ago or more: rater-1 2, rater-2 2" in page


def test_progress_counts_them_like_others_while_it_runs(world: Any, running: Round, rater_a: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    code(hand(running)[0], "Output")
    page = told(client, reverse("round", args=[world["study"].slug, running.number]))
    assert "1 of 16 codings are in" in page


def test_the_issues_behind_a_figure_leave_them_out_for_who_codes_them(world: Any, running: Round, rater_a: Any) -> None:
    client = Client()
    cell = "?round=1&level=codes&row=Loading&column=Output"
    shown = {}
    for who in (rater_a, world["lead"]):
        client.force_login(who)
        behind = client.get(reverse("agreement_issues", args=[world["study"].slug]) + cell).context["issues"]
        shown[who] = {each.issue_id for each in behind}
    again = set(Issue.objects.filter(number__in=second(running)).values_list("pk", flat=True))
    assert shown[rater_a] == shown[world["lead"]] - again


def test_the_form_shows_and_draws_what_comes_again(world: Any) -> None:
    client = Client()
    client.force_login(world["lead"])
    new = reverse("round_new", args=[world["study"].slug])
    asked = {
        "kind": "coding", "version": world["version"].pk, "raters": [rater.pk for rater in world["raters"]],
        "several_codes": "several", "method": "simple", "size": 6, "without_coded": "on", "each": "every",
        "again": "20 %", "again_days": 14,
    }  # fmt: skip
    preview = client.post(new, asked | {"act": "preview"}).content.decode()
    assert "Coming again, hidden" in preview
    assert client.post(new, asked | {"again": "lots"}).context["form"].errors.keys() == {"again"}
    assert client.post(new, asked).status_code == 302
    made = Round.objects.order_by("-number").first()
    assert made
    assert made.repeats["given"] == {"rater-1": 1, "rater-2": 1}


def test_programs_ask_for_them_too(world: Any) -> None:
    client = Client()
    client.force_login(world["lead"])
    asked = {
        "version": world["version"].pk, "raters": ["rater-1", "rater-2"], "size": 6, "without_coded": True,
        "again": "2", "preview": True,
    }  # fmt: skip
    address = reverse("api-rounds", args=[world["study"].slug])
    preview = client.post(address, asked, content_type="application/json")
    assert preview.json()["again"] == {"rater-1": 2, "rater-2": 2}
    made = client.post(address, asked | {"preview": False}, content_type="application/json")
    assert made.status_code == 201
    assert "repeats" not in made.json()
