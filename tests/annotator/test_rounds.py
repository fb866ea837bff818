"""Drafting, starting and closing a round."""

from functools import partial
from typing import Any

import pytest

from annotator.models import Assignment, Coding, Round, RoundIssue
from annotator.queries.rounds import get_round, progress_of, rounds_of, taken_up, waiting_for
from annotator.services.phases import can_move, close_round, mark_resolved, reopen_discussion, start_round
from annotator.services.resolution import resolve, resolve_unanimous
from annotator.services.rounds import draft_round
from annotator.services.sampling import order_for, sample_of
from annotator.states import MOVES, Kind, Phase
from studies.errors import Invalid, NotThere, Refused
from studies.models import Event, Membership, Study
from studies.services.studies import remove_member
from taxonomy.models import Purpose, Taxonomy
from tests import factories


@pytest.fixture
def corpus(study: Study) -> list[Any]:
    mixed = [factories.repository(study, name) for name in ("Tidewater/Captioner", "larkspur/transcribe")]
    return [factories.issue(mixed[number % 2], number=number) for number in range(1, 21)]


@pytest.fixture
def version(study: Study, lead: Any) -> Any:
    return factories.taxonomy(study, by=lead)


@pytest.fixture
def raters(members: dict[str, Membership]) -> list[Membership]:
    return [members["rater_a"], members["rater_b"]]


@pytest.fixture
def drafted(study: Study, version: Any, corpus: Any, raters: Any, lead: Any) -> Round:
    return draft_round(study=study, version=version, size=6, raters=raters, seed=42, by=lead)


def keys_of(round: Round) -> list[str]:
    return [
        str(row.issue).lower() for row in round.round_issues.select_related("issue__repository").order_by("position")
    ]


def dealt(round: Round, member: Membership) -> list[str]:
    rows = Assignment.objects.filter(round_issue__round=round, member=member).order_by("position")
    return [str(row.round_issue.issue).lower() for row in rows.select_related("round_issue__issue__repository")]


def test_draft_draws_the_documented_sample(drafted: Round, corpus: Any) -> None:
    assert keys_of(drafted) == sample_of([str(issue).lower() for issue in corpus], 6, seed=42)


def test_sample_is_the_same_on_every_database(drafted: Round) -> None:
    """Pinned: SQLite and PostgreSQL sort and number differently, and both must give this."""
    assert keys_of(drafted) == PINNED


PINNED = [
    "larkspur/transcribe#13",
    "tidewater/captioner#18",
    "tidewater/captioner#14",
    "tidewater/captioner#4",
    "tidewater/captioner#6",
    "tidewater/captioner#8",
]


def test_draft_deals_every_issue_to_every_rater_in_an_order_of_its_own(drafted: Round, raters: Any) -> None:
    orders = [dealt(drafted, rater) for rater in raters]
    assert orders == [order_for(keys_of(drafted), rater.alias, seed=42) for rater in raters]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(keys_of(drafted))


def test_draft_keeps_how_it_was_drawn(drafted: Round, version: Any) -> None:
    assert drafted.sample == {
        "method": "simple random sample without replacement",
        "size": 6,
        "of": 20,
        "seed": 42,
        "generator": "sha256-rank",
        "generator_version": 1,
    }
    assert (drafted.number, drafted.phase, drafted.kind, drafted.version) == (1, "drafted", "coding", version)


def test_draft_leaves_an_event(drafted: Round) -> None:
    event = Event.objects.get(study=drafted.study, verb="drafted")
    assert (event.target, event.data) == ("round 1", {**drafted.sample, "kind": "coding"})


def test_draft_makes_a_seed_and_counts_on(study: Study, version: Any, drafted: Round, raters: Any, lead: Any) -> None:
    second = draft_round(
        study=study, version=version, size=20, raters=raters[:1], kind=Kind.CALIBRATION, several_codes=False, by=lead
    )
    assert (second.number, second.kind, second.several_codes) == (2, "calibration", False)
    assert 0 <= second.sample["seed"] < 2**31
    assert Assignment.objects.filter(round_issue__round=second).count() == 20


def test_draft_refuses_more_than_the_corpus_has(
    study: Study, version: Any, corpus: Any, raters: Any, lead: Any
) -> None:
    with pytest.raises(Invalid) as refusal:
        draft_round(study=study, version=version, size=21, raters=raters, by=lead)
    assert refusal.value.message_dict == {"size": ["The corpus has 20 issues; draw 20 or fewer."]}
    assert not Round.objects.exists()


def test_draft_refuses_an_empty_sample_and_an_empty_corpus(study: Study, version: Any, raters: Any, lead: Any) -> None:
    with pytest.raises(Invalid, match="at least one issue"):
        draft_round(study=study, version=version, size=0, raters=raters, by=lead)
    with pytest.raises(Invalid, match="no issues yet"):
        draft_round(study=study, version=version, size=1, raters=raters, by=lead)


def test_draft_refuses_other_taxonomies(study: Study, corpus: Any, raters: Any, lead: Any) -> None:
    other = factories.study("Other", "other")
    cases = {
        "another study": factories.taxonomy(other, by=lead),
        "is a draft": factories.taxonomy(study),
        "no codes": factories.taxonomy(study, (), by=lead),
        "published by others": factories.taxonomy(study, by=lead),
    }
    Taxonomy.objects.filter(versions=cases["published by others"]).update(kind=Purpose.PUBLISHED)
    cases["published by others"].taxonomy.refresh_from_db()
    for sentence, version in cases.items():
        with pytest.raises(Invalid, match=sentence):
            draft_round(study=study, version=version, size=1, raters=raters, by=lead)


def test_draft_refuses_raters_who_may_not_code(
    study: Study, version: Any, corpus: Any, members: dict[str, Membership], stranger: Any, lead: Any
) -> None:
    foreign = factories.member(factories.study("Other", "other"), stranger)
    remove_member(membership=members["rater_b"], by=lead)
    for wrong in ([], [members["observer"]], [foreign], [members["rater_b"]]):
        with pytest.raises(Invalid) as refusal:
            draft_round(study=study, version=version, size=1, raters=wrong, by=lead)
        assert set(refusal.value.message_dict) == {"raters"}


@pytest.mark.parametrize(("field", "value"), [("kind", "recoding"), ("seed", -1), ("seed", 2**31)])
def test_draft_refuses_unknown_kinds_and_seeds(
    study: Study, version: Any, corpus: Any, raters: Any, lead: Any, field: str, value: Any
) -> None:
    with pytest.raises(Invalid) as refusal:
        draft_round(study=study, version=version, size=1, raters=raters, by=lead, **{field: value})
    assert set(refusal.value.message_dict) == {field}


def test_only_a_lead_moves_rounds(study: Study, version: Any, corpus: Any, raters: Any, drafted: Round) -> None:
    rater = raters[0].user
    for forbidden in (
        lambda: draft_round(study=study, version=version, size=1, raters=raters, by=rater),
        lambda: start_round(round=drafted, by=rater),
        lambda: close_round(round=drafted, by=rater),
    ):
        with pytest.raises(Refused, match="Only a lead"):
            forbidden()


def test_start_then_close(drafted: Round, lead: Any, raters: Any) -> None:
    running = start_round(round=drafted, by=lead)
    assert (running.phase, running.closed_at) == (Phase.INDEPENDENT, None)
    factories.coding(Assignment.objects.filter(member=raters[0]).first(), ["Loading"])
    closed = close_round(round=drafted, by=lead)
    assert closed.phase == Phase.DISCUSSION
    assert closed.started_at <= closed.closed_at
    events = Event.objects.filter(verb__in=["started", "closed"]).order_by("pk").values_list("verb", "target", "data")
    assert list(events) == [("started", "round 1", {}), ("closed", "round 1", {"missing": 11})]
    assert Coding.objects.count() == 1


MOVERS = [
    (start_round, Phase.DRAFTED, Phase.INDEPENDENT),
    (close_round, Phase.INDEPENDENT, Phase.DISCUSSION),
    (mark_resolved, Phase.DISCUSSION, Phase.RESOLVED),
    (partial(reopen_discussion, reason="Two were mistaken."), Phase.RESOLVED, Phase.DISCUSSION),
]


def test_every_move_of_the_table_has_its_service() -> None:
    assert {(old, new) for _, old, new in MOVERS} == {(old, new) for old, to in MOVES.items() for new in to}


@pytest.mark.parametrize(("mover", "old", "to"), MOVERS)
@pytest.mark.parametrize("phase", Phase.values)
def test_every_move_follows_the_table(
    study: Study, version: Any, corpus: Any, raters: Any, lead: Any, phase: str, mover: Any, old: str, to: str
) -> None:
    round = factories.round_of(version, corpus[:1], raters, phase=phase)
    assert can_move(round, to) == (to in MOVES[phase])
    if phase == old:
        assert mover(round=round, by=lead).phase == to
    else:
        with pytest.raises(Refused, match=r"Round 1 (is|was) "):
            mover(round=round, by=lead)
        round.refresh_from_db()
        assert round.phase == phase


@pytest.fixture
def discussed(version: Any, corpus: Any, raters: Any) -> Round:
    """Three issues: two coded, one of them decided."""
    round = factories.round_of(version, corpus[:3], raters, phase=Phase.DISCUSSION)
    factories.answers(round, {"rater-1": ["Loading", "Output", None], "rater-2": ["Loading", None, None]})
    return round


def test_a_round_is_resolved_when_all_that_was_coded_is_decided(discussed: Round, lead: Any) -> None:
    first, second, _ = discussed.round_issues.order_by("position")
    factories.resolution(first, ["Loading"], by=lead)
    with pytest.raises(Refused, match="1 issue that somebody coded has no decision in Round 1 yet"):
        mark_resolved(round=discussed, by=lead)
    factories.resolution(second, [], by=lead)
    done = mark_resolved(round=discussed, by=lead)
    assert (done.phase, done.closed_at, done.resolved_at is not None) == (Phase.RESOLVED, factories.NOW, True)


def test_decisions_are_frozen_until_taken_up_again_with_a_reason(discussed: Round, lead: Any) -> None:
    drawn = discussed.round_issues.order_by("position").first()
    resolve_unanimous(round=discussed, by=lead)
    resolve(round_issue=discussed.round_issues.get(position=1), outcome="none", how="lead", reason="So.", by=lead)
    mark_resolved(round=discussed, by=lead)
    for act in (
        lambda: resolve(round_issue=drawn, outcome="none", how="lead", reason="No.", by=lead),
        lambda: resolve_unanimous(round=discussed, by=lead),
    ):
        with pytest.raises(Refused, match="Round 1 is resolved, so its decisions are frozen"):
            act()
    with pytest.raises(Invalid, match="Say why"):
        reopen_discussion(round=discussed, reason=" \x00", by=lead)
    again = reopen_discussion(round=discussed, reason="The second was mistaken.", by=lead)
    assert (again.phase, again.closed_at, again.resolved_at) == (Phase.DISCUSSION, factories.NOW, None)
    resolve(round_issue=drawn, outcome="none", how="lead", reason="Read again.", by=lead)
    assert [(event.actor_name, event.data) for event in taken_up(discussed)] == [
        (str(lead), {"reason": "The second was mistaken."})
    ]


def test_progress_counts_codings_of_each_rater_once(version: Any, corpus: Any, raters: Any) -> None:
    round = factories.round_of(version, corpus[:3], raters)
    assignments = Assignment.objects.filter(member=raters[0]).order_by("position")
    for assignment in (assignments[0], assignments[0], assignments[1]):
        factories.coding(assignment, ["Loading"])
    assert [(row.member, row.coded, row.given, row.missing) for row in progress_of(round)] == [
        (raters[0], 2, 3, 1),
        (raters[1], 0, 3, 3),
    ]
    assert [(row.number, row.coded, row.given) for row in rounds_of(round.study)] == [(1, 2, 6)]


def test_waiting_for_lists_running_rounds_with_open_issues(version: Any, corpus: Any, raters: Any) -> None:
    done = factories.round_of(version, corpus[:1], raters)
    factories.answers(done, {raters[0].alias: ["Loading"], raters[1].alias: [None]})
    factories.round_of(version, corpus[:1], raters, phase=Phase.DRAFTED)
    open_round = factories.round_of(version, corpus[:2], raters)
    mine = Membership.objects.filter(user=raters[0].user)
    assert [(row[0], row[1], row[2].coded, row[2].given) for row in waiting_for(mine)] == [
        (open_round, raters[0], 0, 2)
    ]


def test_get_round_tells_nothing_of_other_studies(drafted: Round) -> None:
    assert get_round(drafted.study, 1) == drafted
    with pytest.raises(NotThere):
        get_round(factories.study("Other", "other"), 1)


def test_queries_of_the_list_and_progress_do_not_grow(
    study: Study, version: Any, corpus: Any, raters: Any, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        factories.round_of(version, corpus, raters)
    with django_assert_num_queries(1):
        assert len(rounds_of(study)) == 5
    round = get_round(study, 1)
    with django_assert_num_queries(2):
        assert len(progress_of(round)) == 2


def test_draft_writes_in_bulk(study: Study, version: Any, corpus: Any, raters: Any, lead: Any) -> None:
    round = draft_round(study=study, version=version, size=20, raters=raters, seed=1, by=lead)
    assert RoundIssue.objects.filter(round=round).count() == 20
