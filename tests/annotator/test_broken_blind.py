"""Breaking the blind of a running round: who may, what stands on record, who sees what afterwards, what is marked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.models import Assignment, BrokenBlind, Coding, Proposal, Round
from annotator.queries.blind import breaks_in, codings_in, given_unblinded, own_open
from annotator.services.blind import break_blind, can_break_blind, check_can_break_blind
from annotator.services.board import name_group
from annotator.services.phases import close_round
from annotator.services.resolution import resolve
from annotator.states import Kind, Phase
from annotator.visibility import sees_all_codings, visible_codings, visible_proposals
from studies.errors import Invalid, NotThere, Refused
from studies.models import Event, Membership, Role, Study
from tests import factories

WHY = "A rater asked what Loading means."


@pytest.fixture
def version(study: Study, lead: Any) -> Any:
    return factories.taxonomy(study, by=lead)


@pytest.fixture
def running(study: Study, version: Any, members: dict[str, Membership]) -> Round:
    """Two issues; the lead codes as well, and has one of the two left. Rater B proposed a code."""
    issues = [factories.issue(factories.repository(study), number=number) for number in (1, 2)]
    coders = [members[name] for name in ("rater_a", "rater_b", "lead")]
    made = factories.round_of(version, issues, coders, allows_proposals=True)
    factories.answers(
        made, {"rater-1": ["Loading", None], "rater-2": ["Output", "Memory"], "lead-1": ["Loading", None]}
    )
    factories.proposal(made.round_issues.order_by("position").first(), members["rater_b"], "Prompt format")
    return made


@pytest.fixture
def other_lead(study: Study) -> Membership:
    return factories.member(study, factories.user("other_lead"), Role.LEAD)


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(name: str, round: Round, **more: Any) -> str:
    return reverse(name, kwargs={"slug": round.study.slug, "number": round.number, **more})


def in_study(name: str, round: Round) -> str:
    return reverse(name, args=[round.study.slug])


class TestService:
    def test_row_and_event_say_who_when_why_and_how_much_was_in(self, running: Round, lead: Any) -> None:
        before = timezone.now()
        made = break_blind(round=running, reason=f"  {WHY}\x00 ", by=lead)
        told = (made.round, made.member.user, made.reason, made.codings, made.given)
        assert told == (running, lead, WHY, 4, 6)
        assert before <= made.at <= timezone.now()
        event = Event.objects.get(verb="broke the blind of")
        assert (event.actor_name, event.target) == (lead.name, "round 1")
        assert event.data == {"reason": WHY, "codings": 4, "given": 6, "own_open": 1}
        assert str(made) == f"blind of Round 1 broken by member {made.member_id}"

    def test_codings_count_assignments_and_not_submits(self, running: Round) -> None:
        factories.coding(
            Assignment.objects.filter(round_issue__round=running, member__alias="rater-1").first(), ["Output"]
        )
        assert codings_in(running) == (4, 6)

    @pytest.mark.parametrize(("phase", "sentence"), [
        (Phase.DRAFTED, "Round 1 was not started yet"),
        (Phase.DISCUSSION, "Round 1 is closed: every member sees its codings"),
        (Phase.RESOLVED, "Round 1 is closed: every member sees its codings"),
    ])  # fmt: skip
    def test_refused_where_there_is_nothing_to_break(
        self, study: Study, version: Any, members: dict[str, Membership], lead: Any, phase: str, sentence: str
    ) -> None:
        issue = factories.issue(factories.repository(study))
        round = factories.round_of(version, [issue], [members["rater_a"]], phase=phase)
        assert not can_break_blind(round, members["lead"])
        with pytest.raises(Refused, match=sentence):
            break_blind(round=round, reason=WHY, by=lead)
        assert not BrokenBlind.objects.exists()

    def test_refused_where_raters_are_compared_with_themselves(self, running: Round, lead: Any) -> None:
        Round.objects.filter(pk=running.pk).update(kind=Kind.CONSISTENCY)
        with pytest.raises(Refused, match="compares raters with themselves"):
            break_blind(round=running, reason=WHY, by=lead)
        assert not BrokenBlind.objects.exists()

    @pytest.mark.parametrize(("who", "error"), [("rater_a", Refused), ("observer", Refused), ("stranger", NotThere)])
    def test_refused_to_who_is_no_lead(self, running: Round, request: Any, who: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            break_blind(round=running, reason=WHY, by=request.getfixturevalue(who))
        assert not BrokenBlind.objects.exists()

    def test_refused_without_a_reason(self, running: Round, lead: Any) -> None:
        with pytest.raises(Invalid, match="Say why"):
            break_blind(round=running, reason=" \x00", by=lead)
        assert not BrokenBlind.objects.exists()

    def test_once_a_lead_and_by_each_lead_alone(
        self, running: Round, lead: Any, other_lead: Membership, members: dict[str, Membership]
    ) -> None:
        first = break_blind(round=running, reason=WHY, by=lead)
        with pytest.raises(Refused, match="You broke the blind of round 1 before"):
            break_blind(round=running, reason=WHY, by=lead)
        assert not can_break_blind(running, members["lead"])
        check_can_break_blind(running, other_lead)
        second = break_blind(round=running, reason="So do I.", by=other_lead.user)
        assert breaks_in(running.study) == {1: [first, second]}
        assert Event.objects.filter(verb="broke the blind of").count() == 2

    def test_database_holds_one_a_lead_and_round(self, running: Round, members: dict[str, Membership]) -> None:
        factories.broken_blind(running, members["lead"])
        with pytest.raises(IntegrityError):
            factories.broken_blind(running, members["lead"])

    def test_own_open_issues_are_told(self, running: Round, members: dict[str, Membership]) -> None:
        assert {name: own_open(running, members[name]) for name in members} == {
            "lead": 1, "rater_a": 1, "rater_b": 0, "observer": 0,
        }  # fmt: skip


class TestSeeing:
    def seen(self, round: Round, member: Membership) -> tuple[set[str], set[str], bool]:
        codings = Coding.objects.filter(visible_codings(member), assignment__round_issue__round=round)
        proposals = Proposal.objects.filter(visible_proposals(member), round_issue__round=round)
        aliases = {row.assignment.member.alias for row in codings}
        return aliases, {row.member.alias for row in proposals}, sees_all_codings(round, member)

    def test_lead_alone_sees_and_only_this_round(
        self, running: Round, version: Any, members: dict[str, Membership], lead: Any, other_lead: Membership
    ) -> None:
        issues = [drawn.issue for drawn in running.round_issues.all()]
        beside = factories.round_of(version, issues, [members["rater_a"]])
        factories.answers(beside, {"rater-1": ["Loading", "Loading"]})
        assert self.seen(running, members["lead"]) == ({"lead-1"}, set(), False)
        break_blind(round=running, reason=WHY, by=lead)
        assert self.seen(running, members["lead"]) == ({"lead-1", "rater-1", "rater-2"}, {"rater-2"}, True)
        assert self.seen(beside, members["lead"]) == (set(), set(), False)
        assert self.seen(running, other_lead) == (set(), set(), False)
        assert self.seen(running, members["rater_a"]) == ({"rater-1"}, set(), False)
        assert self.seen(running, members["rater_b"]) == ({"rater-2"}, {"rater-2"}, False)
        assert self.seen(running, members["observer"]) == (set(), set(), False)

    def test_who_is_no_lead_any_more_is_blind_again(
        self, running: Round, members: dict[str, Membership], lead: Any
    ) -> None:
        break_blind(round=running, reason=WHY, by=lead)
        was = members["lead"]
        was.role = Role.RATER
        assert self.seen(running, was) == ({"lead-1"}, set(), False)

    def test_lead_of_another_study_sees_nothing(self, running: Round, lead: Any, stranger: Any) -> None:
        break_blind(round=running, reason=WHY, by=lead)
        elsewhere = factories.member(factories.study("Other", "other"), stranger, Role.LEAD)
        assert self.seen(running, elsewhere) == (set(), set(), False)

    def test_nothing_is_decided_while_the_round_runs(
        self, running: Round, lead: Any, members: dict[str, Membership]
    ) -> None:
        break_blind(round=running, reason=WHY, by=lead)
        drawn = running.round_issues.order_by("position").first()
        with pytest.raises(Refused):
            resolve(round_issue=drawn, outcome="none", codes=[], how="lead", reason=WHY, by=lead)
        with pytest.raises(Refused, match="hidden until the lead closes it"):
            name_group(round=running, card="p1", seen="", name="X", by=lead)


class TestMarks:
    @pytest.fixture
    def marked(self, running: Round, members: dict[str, Membership]) -> Round:
        """The lead broke the blind after their first coding, and coded the second issue then."""
        factories.broken_blind(running, members["lead"], at=factories.NOW + timedelta(seconds=1))
        later = Assignment.objects.filter(round_issue__round=running, member=members["lead"]).order_by("position")[1]
        factories.coding(later, ["Memory"])
        Coding.objects.filter(assignment=later).update(submitted_at=factories.NOW + timedelta(hours=1))
        return running

    def test_codings_given_afterwards_by_that_lead_are_marked(self, marked: Round) -> None:
        rows = Coding.objects.annotate(after=given_unblinded())
        told = {(row.assignment.member.alias, row.assignment.position): row.after for row in rows}
        assert {key for key, after in told.items() if after} == {("lead-1", 1)}

    def test_breaks_of_other_rounds_mark_nothing(self, marked: Round, version: Any, members: Any) -> None:
        issues = [drawn.issue for drawn in marked.round_issues.all()]
        beside = factories.round_of(version, issues, [members["lead"]])
        factories.answers(beside, {"lead-1": ["Loading", "Loading"]})
        Coding.objects.filter(assignment__round_issue__round=beside).update(
            submitted_at=factories.NOW + timedelta(days=1)
        )
        assert not Coding.objects.filter(given_unblinded(), assignment__round_issue__round=beside).exists()

    def test_api_tells_which(self, marked: Round, lead: Any, rater_a: Any) -> None:
        rows = enter(lead).get(at("api-codings", marked)).json()["results"]
        issues = [drawn.issue_id for drawn in marked.round_issues.order_by("position")]
        after = {(row["rater"], issues.index(row["issue"])) for row in rows if row["after_blind_broken"]}
        assert after == {("lead-1", 1)}
        assert [
            row["after_blind_broken"] for row in enter(rater_a).get(at("api-codings", marked)).json()["results"]
        ] == [False]


class TestPages:
    def test_page_says_what_it_means_and_asks(self, running: Round, lead: Any) -> None:
        shown = enter(lead).get(at("round_blind", running)).content.decode()
        assert "4 of 6 codings are in" in shown
        assert "You have 1 issue of this round to code yourself." in shown
        assert not BrokenBlind.objects.exists()

    def test_lead_without_issues_of_their_own_is_told_nothing_of_them(
        self, running: Round, other_lead: Membership
    ) -> None:
        assert "to code yourself" not in enter(other_lead.user).get(at("round_blind", running)).content.decode()

    @pytest.mark.parametrize(("given", "sentence"), [
        ({"reason": WHY}, "Tick this if you mean it."),
        ({"confirm": "on"}, "Say why."),
        ({"reason": "\x00", "confirm": "on"}, "Null characters are not allowed."),
    ])  # fmt: skip
    def test_nothing_is_shown_before_it_is_confirmed(
        self, running: Round, lead: Any, given: dict[str, str], sentence: str
    ) -> None:
        assert sentence in enter(lead).post(at("round_blind", running), given).content.decode()
        assert not BrokenBlind.objects.exists()

    def test_agreement_and_disagreements_are_there_at_once(self, running: Round, lead: Any) -> None:
        client = enter(lead)
        shown = client.post(at("round_blind", running), {"reason": WHY, "confirm": "on"}, follow=True)
        text = shown.content.decode()
        assert shown.redirect_chain == [(f"{in_study('agreement', running)}?round=1", 302)]
        assert "You see the 4 codings of round 1 from now on" in text
        assert "Krippendorff’s α = " in text
        assert "Round 1 is running: these figures change with each coding" in text
        assert f"when 4 of 6 codings were in: {WHY}" in text
        assert client.get(f"{in_study('disagreements', running)}?round=1").context["round"] == running
        issue = running.round_issues.order_by("position").first().issue_id
        one = client.get(at("disagreement", running, issue_id=issue)).content.decode()
        assert "It is decided when it is closed" in one
        assert "Record and go to the next" not in one
        assert (
            client.post(at("disagreement", running, issue_id=issue), {"answer": "none", "how": "lead"}).status_code
            == 403
        )

    def test_board_can_be_looked_at_and_not_sorted(self, running: Round, lead: Any, other_lead: Membership) -> None:
        factories.broken_blind(running, Membership.objects.get(user=lead))
        shown = enter(lead).get(at("board", running))
        assert "Prompt format" in shown.content.decode()
        assert not shown.context["may_sort"]
        key = f"p{Proposal.objects.get().pk}"
        assert enter(lead).get(at("board_card", running, key=key)).status_code == 403
        assert enter(lead).post(at("board_move", running), {"act": "back", "card": key}).status_code == 403
        assert enter(other_lead.user).get(at("board", running)).status_code == 403

    @pytest.mark.parametrize("who", ["lead", "rater_a", "observer"])
    def test_every_member_reads_that_it_was_broken(
        self, running: Round, members: dict[str, Membership], request: Any, who: str
    ) -> None:
        factories.broken_blind(running, members["lead"], codings=4, given=6)
        client, told = enter(request.getfixturevalue(who)), "broke the blind on 1 Mar 2026, 12:00 UTC, when 4 of 6"
        assert told in client.get(at("round", running)).content.decode()
        assert told in client.get(f"{in_study('agreement', running)}?round=1").content.decode()
        assert "blind broken" in client.get(in_study("study", running)).content.decode()

    def test_round_page_leads_a_lead_to_it_once(self, running: Round, lead: Any, rater_a: Any) -> None:
        link, live = at("round_blind", running), f"{in_study('agreement', running)}?round=1"
        assert link not in enter(rater_a).get(at("round", running)).content.decode()
        before = enter(lead).get(at("round", running)).content.decode()
        assert (link in before, live in before) == (True, False)
        break_blind(round=running, reason=WHY, by=lead)
        after = enter(lead).get(at("round", running)).content.decode()
        assert (link in after, live in after) == (False, True)
        assert live not in enter(rater_a).get(at("round", running)).content.decode()

    def test_closed_round_has_nothing_to_break(self, running: Round, lead: Any) -> None:
        close_round(round=running, by=lead)
        assert enter(lead).get(at("round_blind", running)).status_code == 403
        assert at("round_blind", running) not in enter(lead).get(at("round", running)).content.decode()


class TestApi:
    def test_break_by_api(self, running: Round, lead: Any) -> None:
        client = enter(lead)
        sent = {"reason": WHY, "confirm": True}
        made = client.post(at("api-blind", running), sent, content_type="application/json")
        assert made.status_code == 201
        assert {key: made.json()[key] for key in ("by", "reason", "codings", "given")} == {
            "by": "lead-1", "reason": WHY, "codings": 4, "given": 6,
        }  # fmt: skip
        assert client.get(at("api-blind", running)).json()["results"] == [made.json()]
        assert client.get(at("api-round", running)).json()["blind_broken"] == [made.json()]
        assert client.post(at("api-blind", running), sent, content_type="application/json").status_code == 403

    def test_needs_to_be_confirmed(self, running: Round, lead: Any) -> None:
        sent = {"reason": WHY, "confirm": False}
        told = enter(lead).post(at("api-blind", running), sent, content_type="application/json")
        assert (told.status_code, told.json()) == (
            400,
            {"confirm": ["Say true if you mean it. Nothing was shown to you."]},
        )
        assert not BrokenBlind.objects.exists()

    def test_list_of_rounds_takes_the_same_queries_for_any_number(
        self, study: Study, version: Any, members: Any, lead: Any, django_assert_num_queries: Any
    ) -> None:
        issue = factories.issue(factories.repository(study))
        client = enter(lead)
        for count in (1, 30):
            while study.rounds.count() < count:
                factories.broken_blind(factories.round_of(version, [issue], [members["rater_a"]]), members["lead"])
            with django_assert_num_queries(7):
                client.get(reverse("api-rounds", args=[study.slug]))
