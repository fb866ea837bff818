"""Rounds that change while raters work: nothing that is coded is touched, each change leaves an event."""

import json
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.errors import Changed
from annotator.models import Assignment, Coding, Draft, Each, Round, RoundRater
from annotator.services.changing import Asked, Change, change_round, pause_round, plan_change, resume_round
from annotator.services.coding import can_submit
from annotator.services.dealing import Design
from annotator.services.planning import Way
from annotator.services.rounds import draft_round
from annotator.services.standing import Standing
from annotator.states import Phase
from corpus.models import Issue
from studies.errors import Invalid, Refused
from studies.models import Event, Membership, Study
from tests import factories


@pytest.fixture
def corpus(study: Study) -> list[Issue]:
    small, big = factories.repository(study, "larkspur/transcribe"), factories.repository(study)
    rows = [(small, number) for number in range(1, 7)] + [(big, number) for number in range(1, 25)]
    return [factories.issue(repository, number=number) for repository, number in rows]


@pytest.fixture
def version(study: Study, lead: Any) -> Any:
    return factories.taxonomy(study, by=lead)


@pytest.fixture
def three(members: dict[str, Membership]) -> list[Membership]:
    return [members[name] for name in ("lead", "rater_a", "rater_b")]


@pytest.fixture
def fourth(study: Study, stranger: Any) -> Membership:
    return factories.member(study, stranger)


@pytest.fixture
def draw(study: Study, version: Any, corpus: Any, three: Any, lead: Any) -> Any:
    def run(each: Each = Each.SOME, size: int | None = 12, **options: Any) -> Round:
        asked = {"seed": 42, "raters": three, "design": Design(each)} | options
        return draft_round(study=study, version=version, size=size, by=lead, **asked)

    return run


def run(round: Round, by: Any, act: str, **asked: Any) -> Any:
    return change_round(round=round, asked=Asked(act, **asked), by=by)


def code(round: Round, alias: str, number: int) -> list[int]:
    rows = list(assignments(round).filter(member__alias=alias).order_by("position")[:number])
    for row in rows:
        factories.coding(row, ["Loading"])
    return [row.pk for row in rows]


def assignments(round: Round) -> Any:
    return Assignment.objects.filter(round_issue__round=round)


def loads(round: Round) -> dict[str, int]:
    return dict(Counter(assignments(round).values_list("member__alias", flat=True)))


def an_issue(round: Round) -> dict[int, int]:
    """How many issues are given to so many raters."""
    return dict(Counter(Counter(assignments(round).values_list("round_issue", flat=True)).values()))


def issues_of(round: Round) -> set[int]:
    return set(round.round_issues.values_list("issue", flat=True))


# Extending


@pytest.mark.parametrize(
    "options",
    [
        {}, {"way": Way("stratified", stratify_by="repository")},
        {"way": Way("stratified", stratify_by="repository", allocation="equal")},
    ],
)  # fmt: skip
def test_an_extended_sample_is_a_larger_draw(draw: Any, lead: Any, options: Any) -> None:
    round, larger = draw(size=6, **options), draw(size=10, **options)
    run(round, lead, "extend", size=4)
    round.refresh_from_db()
    assert issues_of(round) == issues_of(larger)
    assert round.sample == larger.sample | {"extended": [{"from": 6, "to": 10}]}
    event = Event.objects.get(verb="extended")
    assert (event.target, event.data["from"], event.data["to"]) == ("round 1", 6, 10)


def test_an_extended_simple_sample_has_the_order_of_the_larger_draw(draw: Any, lead: Any) -> None:
    round, larger = draw(size=6), draw(size=10)
    run(round, lead, "extend", size=3)
    run(round, lead, "extend", size=1)
    orders = [list(each.round_issues.order_by("position").values_list("issue", flat=True)) for each in (round, larger)]
    assert orders[0] == orders[1]


def test_an_extension_is_dealt_so_that_all_is_even_and_comes_last(draw: Any, lead: Any) -> None:
    round = draw(size=7)
    before = dict(assignments(round).values_list("pk", "position"))
    done = code(round, "rater-1", 2)
    run(round, lead, "extend", size=8)
    assert an_issue(round) == {2: 15}
    assert max(loads(round).values()) - min(loads(round).values()) <= 1
    assert dict(assignments(round).filter(pk__in=before).values_list("pk", "position")) == before
    assert set(Coding.objects.values_list("assignment", flat=True)) == set(done)
    for member in {row.member for row in assignments(round)}:
        positions = list(
            assignments(round).filter(member=member).order_by("position").values_list("position", flat=True)
        )
        assert positions == list(range(1, len(positions) + 1))


@pytest.mark.parametrize(
    ("options", "size", "told"),
    [
        ({}, 0, "Say how many issues come."),
        ({}, 19, "The list that Round 1 was drawn from has 18 more; draw 18 or fewer."),
        ({"way": Way("all"), "size": None}, 1, "Round 1 holds all that it was drawn from."),
        ({"way": Way("stratified", allocation="given", sizes={"larkspur/transcribe": 2})}, 1, "sizes of the strata"),
    ],
)
def test_what_cannot_be_extended_says_why(draw: Any, lead: Any, options: Any, size: int, told: str) -> None:
    round = draw(**options)
    with pytest.raises(Invalid, match=told):
        run(round, lead, "extend", size=size)
    assert not Event.objects.filter(verb="extended").exists()


def test_a_draw_that_another_goes_on_with_is_not_extended(draw: Any, lead: Any) -> None:
    first = draw(size=4)
    second = draw(size=3, way=Way("next", after=first))
    with pytest.raises(Invalid, match="Round 2 goes on with the order"):
        run(first, lead, "extend", size=1)
    run(second, lead, "extend", size=2)
    assert issues_of(first) | issues_of(second) == issues_of(draw(size=9))


def test_an_extension_that_would_take_from_a_stratum_names_one_that_does_not(
    draw: Any, study: Study, lead: Any
) -> None:
    """Largest remainders of 6, 6 and 2: of 10 they are 4, 4, 2, of 11 they are 5, 5, 1."""
    Issue.objects.filter(repository__name="captioner", number__gt=6).delete()
    third = factories.repository(study, "x/y")
    for number in (1, 2):
        factories.issue(third, number=number)
    round = draw(size=10, way=Way("stratified"))
    with pytest.raises(Invalid, match="2 more would do"):
        run(round, lead, "extend", size=1)
    run(round, lead, "extend", size=2)
    assert round.round_issues.count() == 12


def test_an_issue_that_is_gone_cannot_come(draw: Any, lead: Any) -> None:
    round, larger = draw(size=6), draw(size=7)
    gone = (issues_of(larger) - issues_of(round)).pop()
    assignments(larger).delete()
    larger.round_issues.all().delete()
    Issue.objects.filter(pk=gone).delete()
    with pytest.raises(Invalid, match="No longer in the corpus"):
        run(round, lead, "extend", size=1)


# Raters


def test_a_newcomer_takes_an_even_share_of_what_nobody_has_begun(draw: Any, fourth: Membership, lead: Any) -> None:
    round = draw(size=12)
    done = code(round, "rater-1", 2)
    begun = assignments(round).filter(member__alias="rater-2").order_by("position").first()
    Draft.objects.create(assignment=begun, payload={}, saved_at=timezone.now())
    change = run(round, lead, "add", rater=fourth)
    assert an_issue(round) == {2: 12}
    still = {alias: after for alias, _, _, after in change.rows}
    assert max(still.values()) - min(still.values()) <= 1
    assert assignments(round).filter(pk__in=[*done, begun.pk]).count() == 3
    assert (change.lost_drafts, change.left_out) == (0, 0)
    event = Event.objects.get(verb="added rater-3 to")
    assert event.data["open"]["rater-3"] == [0, still["rater-3"]]


def test_a_newcomer_codes_all_where_all_do(draw: Any, fourth: Membership, lead: Any) -> None:
    round = draw(Each.EVERY, size=5)
    run(round, lead, "add", rater=fourth, capacity=5)
    assert loads(round) == {"lead-1": 5, "rater-1": 5, "rater-2": 5, "rater-3": 5}
    with pytest.raises(Invalid, match="rater-3 codes in Round 1 already"):
        run(round, lead, "add", rater=fourth)


def test_a_newcomer_who_cannot_take_what_all_code_is_refused(draw: Any, fourth: Membership, lead: Any) -> None:
    with pytest.raises(Invalid, match="which all code"):
        run(draw(Each.EVERY, size=5), lead, "add", rater=fourth, capacity=4)


def test_a_newcomer_keeps_the_capacity(draw: Any, fourth: Membership, lead: Any) -> None:
    round = draw(size=12)
    run(round, lead, "add", rater=fourth, capacity=2)
    assert loads(round)["rater-3"] == 2
    assert RoundRater.objects.get(round=round, member=fourth).capacity == 2


def test_a_newcomer_shares_the_overlap_and_takes_of_the_rest(draw: Any, fourth: Membership, lead: Any) -> None:
    round = draw(size=12, design=Design(Each.OVERLAP, overlap=25))
    assert an_issue(round) == {3: 3, 1: 9}
    run(round, lead, "add", rater=fourth)
    assert an_issue(round) == {4: 3, 1: 9}
    assert max(loads(round).values()) - min(loads(round).values()) <= 1


def test_who_leaves_keeps_what_is_coded_and_the_rest_is_taken(draw: Any, three: Any, lead: Any) -> None:
    round = draw(size=12)
    done = code(round, "rater-1", 3)
    change = run(round, lead, "take_out", rater=three[1])
    assert an_issue(round) == {2: 12}
    assert loads(round)["rater-1"] == 3
    assert set(assignments(round).filter(member=three[1]).values_list("pk", flat=True)) == set(done)
    assert change.left_out == 0
    assert RoundRater.objects.get(round=round, member=three[1]).left_at is not None
    with pytest.raises(Invalid, match="Choose a rater of this round"):
        run(round, lead, "take_out", rater=three[1])


def test_who_left_can_come_back(draw: Any, three: Any, lead: Any) -> None:
    round = draw(Each.EVERY, size=4)
    code(round, "rater-1", 1)
    run(round, lead, "take_out", rater=three[1])
    assert loads(round) == {"lead-1": 4, "rater-1": 1, "rater-2": 4}
    run(round, lead, "add", rater=three[1])
    assert loads(round) == {"lead-1": 4, "rater-1": 4, "rater-2": 4}
    assert RoundRater.objects.get(round=round, member=three[1]).left_at is None


def test_what_nobody_else_can_take_falls_away_and_is_told(draw: Any, three: Any, lead: Any) -> None:
    round = draw(size=6, raters=three[:2])
    begun = assignments(round).filter(member=three[1]).first()
    Draft.objects.create(assignment=begun, payload={}, saved_at=timezone.now())
    change = run(round, lead, "take_out", rater=three[1])
    assert an_issue(round) == {1: 6}
    assert (change.left_out, change.lost_drafts) == (6, 1)
    with pytest.raises(Invalid, match="the only rater"):
        run(round, lead, "take_out", rater=three[0])


def test_who_leaves_an_overlap_hands_over_the_singles_alone(draw: Any, three: Any, lead: Any) -> None:
    round = draw(size=12, design=Design(Each.OVERLAP, overlap=25))
    run(round, lead, "take_out", rater=three[1])
    assert an_issue(round) == {2: 3, 1: 9}


def test_those_with_no_room_take_nothing(draw: Any, three: Any, lead: Any) -> None:
    round = draw(size=6, raters=three[:2], design=Design(Each.SOME, 1, capacities={"lead-1": 4}))
    run(round, lead, "take_out", rater=three[1])
    assert loads(round) == {"lead-1": 4}


def test_what_is_open_changes_hands(draw: Any, three: Any, lead: Any) -> None:
    round = draw(size=6, raters=three[:2], design=Design(Each.SOME, 1))
    done = code(round, "rater-1", 1)
    run(round, lead, "hand_over", rater=three[1], to=three[0])
    assert loads(round) == {"lead-1": 5, "rater-1": 1}
    assert list(assignments(round).filter(member=three[1]).values_list("pk", flat=True)) == done
    assert Event.objects.filter(verb="handed over from rater-1 to lead-1 in").exists()
    for asked, told in (
        ({"rater": three[1], "to": three[0]}, "nothing open"), ({"rater": three[0], "to": three[0]}, "another rater"),
        ({"rater": three[0], "to": three[2]}, "Choose a rater"), ({}, "Choose a rater"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=told):
            run(round, lead, "hand_over", **asked)


def test_who_may_not_code_is_not_added(draw: Any, members: dict[str, Membership], lead: Any) -> None:
    round = draw()
    with pytest.raises(Invalid, match="may not code"):
        run(round, lead, "add", rater=members["observer"])
    with pytest.raises(Invalid, match="Choose who is added"):
        run(round, lead, "add")


def test_a_pool_takes_a_newcomer_without_a_deal(draw: Any, fourth: Membership, lead: Any) -> None:
    round = draw(size=6, design=Design(Each.POOL))
    run(round, lead, "add", rater=fourth)
    assert loads(round) == {}
    assert RoundRater.objects.filter(round=round, left_at=None).count() == 4


def test_rounds_without_rows_of_raters_change_as_well(
    version: Any, corpus: Any, three: Any, fourth: Any, lead: Any
) -> None:
    round = factories.round_of(version, corpus[:4], three[:2])
    run(round, lead, "take_out", rater=three[1])
    run(round, lead, "add", rater=fourth)
    assert loads(round) == {"lead-1": 4, "rater-3": 4}


# Looked at, then made


def test_a_change_that_was_looked_at_is_made_or_nothing_is(draw: Any, three: Any, lead: Any) -> None:
    round = draw(size=12)
    asked = Asked("take_out", rater=three[1])
    plan = plan_change(round, asked)
    assert loads(round) == {"lead-1": 8, "rater-1": 8, "rater-2": 8}
    code(round, "rater-1", 1)
    with pytest.raises(Changed, match="gone on"):
        change_round(round=round, asked=asked, seen=plan.digest, by=lead)
    assert loads(round)["rater-1"] == 8
    change_round(round=round, asked=asked, seen=plan_change(round, asked).digest, by=lead)
    assert loads(round)["rater-1"] == 1


def test_only_a_lead_changes_and_only_what_is_not_closed(
    draw: Any, three: Any, version: Any, corpus: Any, lead: Any
) -> None:
    with pytest.raises(Refused, match="Only a lead"):
        run(draw(), three[1].user, "extend", size=1)
    closed = factories.round_of(version, corpus[:2], three, phase=Phase.DISCUSSION)
    with pytest.raises(Refused, match="is closed"):
        run(closed, lead, "take_out", rater=three[0])


def test_queries_of_a_change_do_not_grow(draw: Any, three: Any, django_assert_num_queries: Any) -> None:
    small, large = draw(size=3), draw(size=24)
    for round in (small, large):
        with django_assert_num_queries(3):
            plan_change(round, Asked("take_out", rater=three[1])).balance  # noqa: B018


# Pauses


def test_a_pause_tells_raters_why_and_ends(version: Any, corpus: Any, three: Any, lead: Any) -> None:
    round = factories.round_of(version, corpus[:2], three)
    given = assignments(round).filter(member=three[1]).first()
    assert can_submit(three[1].user, given)
    pause_round(round=round, reason=" The codebook changes. ", by=lead)
    client = Client()
    client.force_login(three[1].user)
    refused = client.get(reverse("coding", args=[round.study.slug, round.number]))
    assert refused.status_code == 403
    assert "Round 1 is paused: The codebook changes. What you submitted is kept" in refused.content.decode()
    assert "Paused since" in client.get(reverse("round", args=[round.study.slug, round.number])).content.decode()
    resume_round(round=round, by=lead)
    assert client.get(reverse("coding", args=[round.study.slug, round.number])).status_code == 200
    told = Event.objects.filter(verb__in=["paused", "resumed"]).order_by("pk").values_list("verb", "data")
    assert list(told) == [("paused", {"reason": "The codebook changes."}), ("resumed", {})]


def test_pauses_that_cannot_be(version: Any, corpus: Any, three: Any, lead: Any) -> None:
    round = factories.round_of(version, corpus[:2], three)
    with pytest.raises(Refused, match="is not paused"):
        resume_round(round=round, by=lead)
    with pytest.raises(Invalid, match="Say why"):
        pause_round(round=round, reason=" ", by=lead)
    pause_round(round=round, reason="x", by=lead)
    with pytest.raises(Refused, match="paused already"):
        pause_round(round=round, reason="y", by=lead)
    drafted = factories.round_of(version, corpus[:2], three, phase=Phase.DRAFTED)
    with pytest.raises(Refused, match="Only a running round"):
        pause_round(round=drafted, reason="x", by=lead)


# Pages and API


@pytest.fixture
def client(lead: Any) -> Client:
    client = Client()
    client.force_login(lead)
    return client


def test_the_page_shows_the_change_then_makes_it(client: Client, draw: Any, three: Any, fourth: Membership) -> None:
    round = draw(size=12)
    url = reverse("round_change", args=[round.study.slug, 1])
    assert "stranger (rater-3)" in client.get(url).content.decode()
    shown = client.post(url, {"act": "take_out", "rater": three[1].pk})
    change = shown.context["change"]
    assert loads(round)["rater-1"] == 8
    assert f'name="seen" value="{change.digest}"' in shown.content.decode()
    assert '<h2 id="plan">Without rater-1</h2>' in shown.content.decode()
    assert f'value="{three[1].pk}" selected' in shown.content.decode()
    code(round, "rater-1", 1)
    again = client.post(url, {"act": "take_out", "rater": three[1].pk, "seen": change.digest})
    assert "Look again" in again.content.decode()
    seen = again.context["change"].digest
    made = client.post(url, {"act": "take_out", "rater": three[1].pk, "seen": seen}, follow=True)
    assert "rater-1 has 0 open (7 before)" in made.content.decode()
    assert "Say how many issues come." in client.post(url, {"act": "extend", "size": ""}).content.decode()
    same = client.post(url, {"act": "hand_over", "rater": three[0].pk, "to": three[0].pk}).content.decode()
    assert '<div class="error-text" id="id_to_error">' in same
    assert "issues come, 14 of 30 in all." in client.post(url, {"act": "extend", "size": 2}).content.decode()


@pytest.mark.parametrize(
    ("asked", "headline"),
    [
        ({"act": "add"}, "With rater-2"),
        ({"act": "take_out"}, "Without rater-2"),
        ({"act": "hand_over"}, "From rater-2 to rater-1"),
        ({"act": "extend", "size": 1}, "With 1 issue more"),
        ({"act": "extend", "size": 1200}, "With 1,200 issues more"),
    ],
)
def test_a_change_says_what_it_is(three: Any, asked: dict[str, Any], headline: str) -> None:
    hands: dict[str, list[str]] = {}
    standing = Standing(hands, frozenset(), frozenset(), {}, {}, {})
    change = Change(Asked(rater=three[2], to=three[1], **asked), "", standing, hands)
    assert change.headline == headline


def test_pause_and_resume_by_page(client: Client, version: Any, corpus: Any, three: Any) -> None:
    factories.round_of(version, corpus[:2], three)
    where = [version.taxonomy.study.slug, 1]
    pause, resume = (reverse(name, args=where) for name in ("round_pause", "round_resume"))
    assert "is not paused" in client.post(resume, follow=True).content.decode()
    assert "Say why" in client.post(pause, follow=True).content.decode()
    assert "Resume round 1" in client.post(pause, {"reason": "Rest"}, follow=True).content.decode()
    assert "Round 1 goes on." in client.post(resume, follow=True).content.decode()


def test_changes_by_api(client: Client, draw: Any, three: Any, version: Any, corpus: Any) -> None:
    round = draw(size=12)

    def send(number: int = 1, **given: Any) -> Any:
        url = reverse("api-round-changes", args=[round.study.slug, number])
        return client.post(url, json.dumps(given), content_type="application/json")

    plan = send(act="take_out", rater="rater-1", preview=True).json()
    assert plan["raters"][1] == {"rater": "rater-1", "coded": 0, "open_before": 8, "open_after": 0}
    assert loads(round)["rater-1"] == 8
    assert send(act="take_out", rater="rater-1", seen="another").status_code == 409
    assert send(act="take_out", rater="rater-1", seen=plan["seen"]).json() == plan
    assert send(act="extend", size=99).json().keys() == {"size"}
    assert send(act="hand_over", rater="lead-1", to="rater-9").status_code == 400
    factories.round_of(version, corpus[:2], three)
    assert [send(2, act="pause", reason="Rest").status_code, send(2, act="resume").status_code] == [200, 200]
    assert send(2, act="resume").status_code == 403
