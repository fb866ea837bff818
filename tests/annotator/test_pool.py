"""Pools: who is offered which issue, what is kept for whom and how long, on rows and by pages and API."""

import json
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.errors import Late
from annotator.models import Assignment, Coding, Draft, Each, Round, RoundRater
from annotator.queries.pace import courses_of, expected_end
from annotator.queries.pool import open_by_member
from annotator.queries.rounds import asked_in, missing_in, progress_of, rounds_of, waiting_for
from annotator.queries.told import hidden_from
from annotator.services.changing import Asked, change_round, pause_round, plan_change
from annotator.services.coding import save_draft, submit_coding, submit_or_keep
from annotator.services.dealing import Design
from annotator.services.phases import close_round, start_round
from annotator.services.pool import MOST_OPEN, RESERVED_FOR, give_back, open_issue, take, take_next
from annotator.services.rounds import draft_round
from corpus.models import Issue
from studies.errors import Invalid, NotThere, Refused
from studies.models import Membership, Role, Study, User
from tests import factories


@pytest.fixture
def issues(study: Study) -> list[Issue]:
    repository = factories.repository(study)
    return [factories.issue(repository, number=number) for number in range(1, 7)]


@pytest.fixture
def three(members: dict[str, Membership]) -> list[Membership]:
    return [members[name] for name in ("lead", "rater_a", "rater_b")]


@pytest.fixture
def pool(study: Study, issues: Any, three: Any, lead: User) -> Any:
    def run(k: int = 2, **capacities: int) -> Round:
        design = Design(Each.POOL, k, capacities={name.replace("_", "-"): most for name, most in capacities.items()})
        version = factories.taxonomy(study, by=lead)
        round = draft_round(study=study, version=version, raters=three, size=6, seed=7, design=design, by=lead)
        return start_round(round=round, by=lead)

    return run


def submit(assignment: Assignment, by: User, **more: Any) -> Coding:
    return submit_or_keep(assignment=assignment, outcome="none", client_id=uuid.uuid4(), by=by, **more)


def code_next(round: Round, by: User) -> Issue | None:
    taken = take_next(round=round, by=by)
    return submit(taken, by).assignment.round_issue.issue if taken else None


def lapse(assignment: Assignment) -> None:
    assignment.reserved_until = timezone.now() - timedelta(seconds=1)
    assignment.save()


def coders(round: Round) -> dict[str, set[str]]:
    """Aliases of those who have coded, by issue."""
    found: dict[str, set[str]] = {}
    for row in Assignment.objects.filter(round_issue__round=round, codings__isnull=False):
        found.setdefault(str(row.round_issue.issue), set()).add(row.member.alias)
    return found


# Taking


def test_nothing_is_dealt_beforehand(pool: Any) -> None:
    round = pool()
    assert not Assignment.objects.exists()
    assert round.design == {"each": "pool", "k": 2}
    assert (asked_in(round), missing_in(round)) == (12, 12)


def test_whoever_comes_takes_what_others_have_begun_first(pool: Any, lead: User, rater_a: User, rater_b: User) -> None:
    round = pool()
    first = take_next(round=round, by=lead)
    second = take_next(round=round, by=rater_a)
    third = take_next(round=round, by=rater_b)
    assert first
    assert second
    assert third
    assert second.round_issue == first.round_issue
    assert third.round_issue != first.round_issue
    assert timedelta(0) < first.reserved_until - timezone.now() <= RESERVED_FOR


def test_every_issue_is_coded_by_k_and_by_nobody_twice(pool: Any, lead: User, rater_a: User, rater_b: User) -> None:
    round = pool()
    people = [lead, rater_a, rater_b]
    while any([code_next(round, person) for person in people]):
        pass
    assert [len(aliases) for aliases in coders(round).values()] == [2] * 6
    assert (missing_in(round), Coding.objects.count()) == (0, 12)
    assert [row.missing for row in progress_of(round)] == [0, 0, 0]


def test_raters_who_are_alone_have_orders_of_their_own(pool: Any, lead: User, rater_a: User) -> None:
    orders = []
    for person in (lead, rater_a):
        round = pool(k=1)
        orders.append([code_next(round, person) for _ in range(6)])
    assert set(orders[0]) == set(orders[1])
    assert orders[0] != orders[1]


def test_a_rater_alone_is_offered_each_issue_once(pool: Any, lead: User) -> None:
    round = pool()
    assert len({code_next(round, lead) for _ in range(6)}) == 6
    assert take_next(round=round, by=lead) is None
    assert open_by_member(round, timezone.now()) == {
        RoundRater.objects.get(round=round, member__user=lead).member_id: 0,
        **dict.fromkeys(RoundRater.objects.exclude(member__user=lead).values_list("member", flat=True), 6),
    }


def test_a_rater_takes_no_more_than_they_can(pool: Any, lead: User, members: Any) -> None:
    round = pool(lead_1=2)
    assert [code_next(round, lead) is not None for _ in range(3)] == [True, True, False]
    assert open_by_member(round, timezone.now())[members["lead"].pk] == 0


def test_capacities_that_cannot_fill_a_pool_are_refused(pool: Any) -> None:
    with pytest.raises(Invalid, match="The raters can take 7 codings, and 12 are needed"):
        pool(lead_1=2, rater_1=2, rater_2=3)


def test_nobody_hoards(pool: Any, lead: User) -> None:
    round = pool()
    taken = [take_next(round=round, by=lead) for _ in range(MOST_OPEN)]
    with pytest.raises(Refused, match=f"You have {MOST_OPEN} issues of Round 1 open."):
        take_next(round=round, by=lead)
    give_back(assignment=taken[0], by=lead)  # type: ignore[arg-type]
    assert take_next(round=round, by=lead) is not None


def test_only_raters_take_and_only_while_it_runs(
    study: Study, pool: Any, issues: Any, three: Any, lead: User, observer: User, stranger: User
) -> None:
    round = pool()
    for person in (observer, stranger):
        with pytest.raises(Refused, match="You are no rater of Round 1"):
            take_next(round=round, by=person)
    dealt = factories.round_of(round.version, issues, three)
    with pytest.raises(Refused, match="The issues of Round 2 were dealt beforehand"):
        take_next(round=dealt, by=lead)
    taken = take_next(round=round, by=lead)
    pause_round(round=round, reason="Holidays.", by=lead)
    round.refresh_from_db()
    for act in (lambda: take_next(round=round, by=lead), lambda: give_back(assignment=taken, by=lead)):  # type: ignore[arg-type]
        with pytest.raises(Refused, match="is paused"):
            act()


# Reservations


def test_what_is_abandoned_comes_back(pool: Any, lead: User, rater_a: User, rater_b: User) -> None:
    round = pool(k=1)
    taken = take_next(round=round, by=lead)
    assert taken
    others = {code_next(round, rater_a) for _ in range(6)}
    assert taken.round_issue.issue not in others
    lapse(taken)
    back = take_next(round=round, by=rater_b)
    assert back
    assert back.round_issue == taken.round_issue


def test_an_own_reservation_that_ran_out_comes_last(pool: Any, lead: User) -> None:
    round = pool()
    first = take_next(round=round, by=lead)
    assert first
    lapse(first)
    order = [code_next(round, lead) for _ in range(6)]
    assert order[-1] == first.round_issue.issue
    assert Assignment.objects.filter(round_issue=first.round_issue).count() == 1


def test_what_was_handed_back_is_not_offered_again_and_can_be_opened(pool: Any, lead: User, rater_a: User) -> None:
    round = pool(k=1)
    taken = take_next(round=round, by=lead)
    assert taken
    save_draft(assignment=taken, payload={"memo": "Hard."}, version=0, by=lead)
    back = give_back(assignment=taken, by=lead)
    assert back.reserved_until is None
    save_draft(assignment=taken, payload={"memo": "Hard!"}, version=1, by=lead)  # on its way when it was handed back
    taken.refresh_from_db()
    assert taken.reserved_until is None
    assert taken.round_issue.issue not in {code_next(round, lead) for _ in range(6)}
    open_issue(assignment=taken, by=lead)
    taken.refresh_from_db()
    assert taken.reserved_until
    assert Draft.objects.get().payload["memo"] == "Hard!"


def test_only_open_issues_of_ones_own_are_handed_back(pool: Any, lead: User, rater_a: User) -> None:
    round = pool()
    taken = take_next(round=round, by=lead)
    assert taken
    with pytest.raises(NotThere):
        give_back(assignment=taken, by=rater_a)
    submit(taken, lead)
    with pytest.raises(Invalid, match="is submitted; only what is open can be handed back"):
        give_back(assignment=taken, by=lead)


def test_a_draft_renews_the_reservation_now_and_then(pool: Any, lead: User) -> None:
    round = pool()
    taken = take_next(round=round, by=lead)
    assert taken
    until = taken.reserved_until
    save_draft(assignment=taken, payload={"memo": "a"}, version=0, by=lead)
    taken.refresh_from_db()
    assert taken.reserved_until == until
    taken.reserved_until = timezone.now() + timedelta(minutes=5)
    taken.save()
    save_draft(assignment=taken, payload={"memo": "ab"}, version=1, by=lead)
    taken.refresh_from_db()
    assert taken.reserved_until > timezone.now() + timedelta(minutes=29)


def test_a_late_submit_is_taken_as_long_as_a_place_is_free(pool: Any, lead: User, rater_a: User) -> None:
    round = pool()
    taken = take_next(round=round, by=lead)
    assert taken
    assert code_next(round, rater_a) == taken.round_issue.issue
    lapse(taken)
    assert submit(taken, lead).revision == 1
    assert submit(taken, lead).revision == 2


@pytest.mark.parametrize(("k", "words"), [(1, "another rater has"), (2, "2 other raters have")])
def test_a_submit_that_is_too_late_becomes_a_draft(
    pool: Any, lead: User, rater_a: User, rater_b: User, k: int, words: str
) -> None:
    round = pool(k=k)
    taken = take_next(round=round, by=lead)
    assert taken
    lapse(taken)
    for person in (rater_a, rater_b)[:k]:
        there = taken.round_issue.issue
        while code_next(round, person) != there:
            pass
    with pytest.raises(Late, match=f"and {words} taken it since, which is all that the round asks for"):
        submit(taken, lead, memo="It swaps.", flagged=True)
    assert not taken.codings.exists()
    draft = Draft.objects.get(assignment=taken)
    assert (draft.payload["outcome"], draft.payload["memo"], draft.payload["flagged"]) == ("none", "It swaps.", True)
    with pytest.raises(Late):
        submit(taken, lead, memo="It swaps!")
    save_draft(assignment=taken, payload={"memo": "Kept all the same."}, version=2, by=lead)
    assert Draft.objects.get(assignment=taken).payload["memo"] == "Kept all the same."


def test_a_late_submit_of_what_was_handed_back_says_so(pool: Any, lead: User, rater_a: User) -> None:
    round = pool(k=1)
    taken = take_next(round=round, by=lead)
    assert taken
    give_back(assignment=taken, by=lead)
    while code_next(round, rater_a) != taken.round_issue.issue:
        pass
    with pytest.raises(Late, match="was handed back, and another rater has taken it since"):
        submit(taken, lead)


def test_nothing_is_reserved_outside_pools(study: Study, pool: Any, issues: Any, three: Any, lead: User) -> None:
    dealt = factories.round_of(pool().version, issues, three)
    row = Assignment.objects.filter(round_issue__round=dealt, member__user=lead).first()
    assert row
    open_issue(assignment=row, by=lead)
    submit_coding(assignment=row, outcome="none", client_id=uuid.uuid4(), by=lead)
    row.refresh_from_db()
    assert row.reserved_until is None


# Changes


def test_raters_come_and_go_without_touching_what_is_reserved(
    study: Study, pool: Any, lead: User, rater_a: User, stranger: User, three: Any
) -> None:
    round = pool()
    newcomer = factories.member(study, stranger, Role.RATER)
    held, coded = take_next(round=round, by=lead), take_next(round=round, by=rater_a)
    assert held
    assert coded
    submit(coded, rater_a)
    gone = take_next(round=round, by=rater_a)
    assert gone
    plan = plan_change(round, Asked("add", newcomer, capacity=1))
    code_next(round, lead)
    change_round(round=round, asked=Asked("add", newcomer, capacity=1), seen=plan.digest, by=lead)
    change_round(round=round, asked=Asked("take_out", three[1]), by=lead)
    assert Assignment.objects.filter(pk=held.pk).exists()
    assert set(Assignment.objects.filter(member=three[1])) == {coded}
    assert [code_next(round, stranger) is not None for _ in range(2)] == [True, False]
    with pytest.raises(Refused, match="You are no rater"):
        take_next(round=round, by=rater_a)
    with pytest.raises(Invalid, match="In a pool nobody has open issues of their own"):
        plan_change(round, Asked("hand_over", three[0], three[2]))


def test_a_change_counts_as_another_when_who_leaves_has_gone_on(
    pool: Any, lead: User, rater_a: User, three: Any
) -> None:
    round = pool()
    before = plan_change(round, Asked("take_out", three[1]))
    code_next(round, lead)
    assert plan_change(round, Asked("take_out", three[1])).digest == before.digest
    code_next(round, rater_a)
    assert plan_change(round, Asked("take_out", three[1])).digest != before.digest


# What is told


def test_counts_are_of_the_pool(pool: Any, study: Study, lead: User, rater_a: User, members: Any) -> None:
    round = pool()
    code_next(round, lead)
    take_next(round=round, by=lead)
    row = rounds_of(study).get()
    assert (row.given, row.coded) == (12, 1)
    assert {each.member.alias: (each.coded, each.given) for each in progress_of(round)} == {
        "lead-1": (1, 6), "rater-1": (0, 6), "rater-2": (0, 6),
    }  # fmt: skip
    mine = Membership.objects.filter(user__in=[lead, rater_a])
    waiting = {member.alias: (each.coded, each.missing) for _, member, each in waiting_for(mine)}
    assert waiting == {"lead-1": (1, 5), "rater-1": (0, 6)}
    closed = close_round(round=round, by=lead)
    assert missing_in(closed) == 11
    assert waiting_for(mine) == []


def test_who_has_left_or_has_nothing_open_is_not_waited_for(pool: Any, lead: User, rater_a: User, three: Any) -> None:
    round = pool(k=1)
    change_round(round=round, asked=Asked("take_out", three[1]), by=lead)
    assert [each.missing for each in progress_of(round) if each.member == three[1]] == [0]
    while code_next(round, lead):
        pass
    assert waiting_for(Membership.objects.all()) == []


def test_an_issue_that_may_come_is_told_nothing_of(pool: Any, issues: Any, members: Any) -> None:
    pool()
    assert set(hidden_from(members["rater_a"])) == {issue.pk for issue in issues}
    assert set(hidden_from(members["observer"])) == set()


def test_the_end_of_a_pool_goes_by_all_together(pool: Any, lead: User, rater_a: User) -> None:
    round = pool()
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for person, days in ((lead, (0, 0, 1)), (rater_a, (0, 1))):
        for day in days:
            code_next(round, person)
            Coding.objects.filter(pk=Coding.objects.latest("pk").pk).update(submitted_at=start + timedelta(days=day))
    courses = courses_of(round, start + timedelta(days=1))
    assert [(each.work_left, each.done_on, each.why_no_work) for each in courses] == [
        (None, None, "the raters share what is left")
    ] * 3
    assert courses[0].why_no_date == "the raters share what is left"
    assert expected_end(courses, missing_in(round)) == date(2026, 3, 5)  # 7 more at 2.5 a day
    assert expected_end([courses[2]], 7) is None


# Pages and API


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def where(round: Round, name: str = "coding", *more: Any) -> str:
    return reverse(name, args=[round.study.slug, round.number, *more])


def test_the_screen_takes_what_comes_next(pool: Any, rater_a: User) -> None:
    round, client = pool(), client_of(rater_a)
    page = client.get(where(round))
    taken = Assignment.objects.get()
    assert page.context["assignment"] == taken
    assert b"from the pool" in page.content
    assert b"Hand back" in page.content
    assert client.get(where(round)).context["assignment"] == taken
    ahead = client.post(where(round, "coding_take"), "{}", content_type="application/json").json()["assignment"]
    assert ahead == Assignment.objects.exclude(pk=taken.pk).get().pk
    assert client.get(where(round, "coding_issue", ahead)).json()["assignment"] == ahead
    answer = {"assignment": taken.pk, "answer": "none", "seen": "0", "client_id": str(uuid.uuid4())}
    assert client.post(where(round), answer).headers["Location"].endswith(f"?issue={ahead}")


def test_the_screen_hands_back_and_ends(pool: Any, rater_a: User) -> None:
    round, client = pool(k=1), client_of(rater_a)
    for _ in range(6):
        row = client.get(where(round)).context["assignment"]
        assert client.post(where(round, "coding_give_back", row.pk)).headers["Location"] == where(round)
    page = client.get(where(round)).content.decode()
    assert "Nothing is open to you in round 1" in page
    assert "Look through your answers" not in page
    reopened = client.get(f"{where(round)}?issue={row.pk}")
    assert reopened.context["assignment"] == row
    submit(row, rater_a)
    refused = client.post(where(round, "coding_give_back", row.pk), follow=True).content.decode()
    assert "is submitted; only what is open can be handed back" in refused
    assert client.post(where(round, "coding_take")).json() == {"assignment": None}


def test_the_screen_goes_on_when_others_were_faster(pool: Any, lead: User, rater_a: User) -> None:
    round, client = pool(k=1), client_of(rater_a)
    row = client.get(where(round)).context["assignment"]
    lapse(row)
    while code_next(round, lead) != row.round_issue.issue:
        pass
    answer = {"outcome": "none", "codes": [], "memo": "Mine.", "seen": 0, "client_id": str(uuid.uuid4())}
    late = client.post(where(round, "coding_submit", row.pk), json.dumps(answer), content_type="application/json")
    assert late.status_code == 409
    assert "Your answer is kept as a draft and does not count." in late.json()["detail"]
    assert Draft.objects.get(assignment=row).payload["memo"] == "Mine."
    assert client.get(where(round, "coding_issue", row.pk)).status_code == 409
    opened = client.get(f"{where(round)}?issue={row.pk}", follow=True)
    assert "another rater has taken it since" in opened.content.decode()
    assert client.get(f"{where(round)}?issue=999999").status_code == 404


def test_the_page_of_a_pool_tells_its_places(pool: Any, lead: User) -> None:
    round, client = pool(), client_of(lead)
    code_next(round, lead)
    page = " ".join(client.get(where(round, "round")).content.decode().split())
    assert "1 of 12 codings are in" in page
    assert "Open to them</th>" in page
    change = client.get(where(round, "round_change")).content.decode()
    assert "Hand over" not in change
    assert "What is reserved for them goes back to the pool." in change


def test_the_form_draws_a_pool(study: Study, issues: Any, three: Any, lead: User) -> None:
    version = factories.taxonomy(study, by=lead)
    form = {
        "version": version.pk, "raters": [each.pk for each in three], "several_codes": "several", "kind": "coding",
        "method": "simple", "size": 4, "each": "pool", "k": 2, "act": "preview",
    }  # fmt: skip
    shown = client_of(lead).post(reverse("round_new", args=[study.slug]), form)
    assert "Each issue is coded by 2 of 3 raters, first come" in " ".join(shown.content.decode().split())
    client_of(lead).post(reverse("round_new", args=[study.slug]), form | {"act": "draw"})
    assert Round.objects.get().design == {"each": "pool", "k": 2}


def test_programs_take_and_hand_back(pool: Any, rater_a: User) -> None:
    round, client = pool(k=1), client_of(rater_a)
    taken = client.post(where(round, "api-take"))
    assert taken.status_code == 201
    row = taken.json()
    assert row["reserved_until"]
    listed = client.get(where(round, "api-assignments")).json()["results"]
    assert listed == [row]
    back = client.post(where(round, "api-give-back", row["id"])).json()
    assert back == {**row, "reserved_until": None}
    for _ in range(5):
        code_next(round, rater_a)
    assert client.post(where(round, "api-take")).status_code == 204


def test_an_issue_that_is_gone_or_taken_in_another_tab_is_not_taken(pool: Any, lead: User) -> None:
    round = pool()
    rater = RoundRater.objects.get(round=round, member__user=lead)
    taken = take_next(round=round, by=lead)
    assert taken
    assert take(issue=taken.round_issue_id, rater=rater, wait=False) is None
    assert take(issue=taken.round_issue_id + 1000, rater=rater, wait=True) is None


def test_a_round_that_was_closed_gives_nothing_more(pool: Any, lead: User) -> None:
    closed = close_round(round=pool(), by=lead)
    with pytest.raises(Refused, match=r"Round 1 is closed, so nothing more is taken\."):
        take_next(round=closed, by=lead)


# Many at once


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_exceed_k(study: Study, lead: User) -> None:
    """Each person in two threads, which take, submit, hand back and come too late."""
    repository = factories.repository(study)
    for number in range(1, 21):
        factories.issue(repository, number=number)
    people = [factories.user(f"person_{number}") for number in range(6)]
    raters = [factories.member(study, person) for person in people]
    version = factories.taxonomy(study, by=lead)
    design = Design(Each.POOL, 2)
    round = draft_round(study=study, version=version, raters=raters, size=20, seed=1, design=design, by=lead)
    round = start_round(round=round, by=lead)

    def work(seat: int) -> Counter[str]:
        person, did = people[seat % 6], Counter[str]()
        try:
            for step in range(60):
                try:
                    taken = take_next(round=round, by=person)
                    if taken is None:
                        break
                    if step % 5 == seat % 5:
                        Assignment.objects.filter(pk=taken.pk).update(reserved_until=timezone.now())
                    # The same person's other thread may have taken it again: an answer that is changed is none more.
                    did["submitted"] += submit(taken, person).revision == 1
                except (Late, Refused) as refusal:
                    did[type(refusal).__name__] += 1
        finally:
            connection.close()
        return did

    with ThreadPoolExecutor(12) as threads:
        done = sum(threads.map(work, range(12)), Counter[str]())
    for person in people:
        while code_next(round, person):
            done["submitted"] += 1
    assert [len(aliases) for aliases in coders(round).values()] == [2] * 20
    assert done["submitted"] == Coding.objects.filter(revision=1).count() == 40
