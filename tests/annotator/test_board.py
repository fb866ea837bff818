"""The board of a closed round: sorting, deciding, two leads at once, and what follows for codings."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.datasets import ratings_as_of, round_ratings, round_ratings_as_of
from analysis.reports.agreement import sentence
from analysis.services.agreement import agreement_of
from annotator.models import AppliedProposal, Proposal, Round
from annotator.queries.board import cards_of, get_card, suggestions
from annotator.services.board import (
    accept_as_new,
    accept_into,
    decline,
    name_group,
    put_together,
    take_back,
    take_out,
)
from annotator.states import Phase
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Event
from taxonomy.models import Code
from taxonomy.origins import origins_of
from taxonomy.services.operations import retire_code
from taxonomy.services.versions import publish, start_draft
from tests import factories


@pytest.fixture
def world(study: Any, members: Any, lead: Any) -> SimpleNamespace:
    """A closed round of three issues: a proposed two codes, b one that is nearly the same, and all three are used."""
    a, b = members["rater_a"], members["rater_b"]
    issues = [factories.issue(factories.repository(study), number=number) for number in (1, 2, 3)]
    version = factories.taxonomy(study, by=lead)
    round = factories.round_of(version, issues, [a, b], phase=Phase.DISCUSSION, allows_proposals=True)
    drawn = list(round.round_issues.order_by("position"))
    given = {(each.round_issue_id, each.member_id): each for each in round_assignments(round)}
    first = factories.proposal(drawn[0], a, "Prompt format", sentence="How it is asked.", quote="the prompt\nfails")
    second = factories.proposal(drawn[1], a, "Licences", sentence="What may be used.")
    third = factories.proposal(drawn[0], b, "Prompt formats", sentence="How it is put.", quote="wrong prompt")
    factories.coding(given[drawn[0].pk, a.pk], [], [first])
    factories.coding(given[drawn[0].pk, b.pk], [], [third])
    factories.coding(given[drawn[1].pk, a.pk], ["Loading"], [second])
    factories.coding(given[drawn[1].pk, b.pk], ["Loading"])
    factories.coding(given[drawn[2].pk, a.pk], ["Memory"])
    factories.coding(given[drawn[2].pk, b.pk], ["Memory"])
    return SimpleNamespace(
        study=study, round=round, version=version, lead=lead, a=a, b=b, first=first, second=second, third=third,
        draft=start_draft(taxonomy=version.taxonomy, by=lead), drawn=drawn,
    )  # fmt: skip


def round_assignments(round: Round) -> Any:
    return [each for drawn in round.round_issues.all() for each in drawn.assignments.all()]


def held(world: Any, key: str) -> dict[str, Any]:
    return {"round": world.round, "card": key, "seen": get_card(world.round, key).seen, "by": world.lead}


def together(world: Any, one: Proposal, other: Proposal) -> str:
    onto = get_card(world.round, f"p{other.pk}")
    return put_together(**held(world, f"p{one.pk}"), onto=onto.key, onto_seen=onto.seen).key


def names(round: Round) -> list[list[str]]:
    return [[row.name for row in card.proposals] for card in cards_of(round)]


def key(proposal: Proposal) -> str:
    return f"p{proposal.pk}"


def test_cards_tell_their_use_authors_and_words(world: Any) -> None:
    together(world, world.third, world.first)
    card = cards_of(world.round)[0]
    assert (card.name, card.uses, card.aliases) == ("Prompt format", 2, ["rater-1", "rater-2"])
    assert card.definition == "How it is asked.\nHow it is put."
    issue = world.drawn[0].issue
    assert card.examples.splitlines() == [f"“the prompt fails” {issue}", f"“wrong prompt” {issue}"]


def test_only_last_codings_count_as_uses(world: Any) -> None:
    factories.coding(world.drawn[0].assignments.get(member=world.a), ["Loading"])
    assert [card.uses for card in cards_of(world.round)] == [0, 1, 1]


def test_near_names_are_suggested_and_never_put_together(world: Any) -> None:
    found = suggestions(cards_of(world.round))
    assert [(each.one.name, each.other.name, each.score >= 75) for each in found] == [
        ("Prompt format", "Prompt formats", True)
    ]
    assert names(world.round) == [["Prompt format"], ["Licences"], ["Prompt formats"]]


def test_put_together_named_and_taken_out(world: Any) -> None:
    group = together(world, world.third, world.first)
    assert names(world.round) == [["Prompt format", "Prompt formats"], ["Licences"]]
    assert name_group(**held(world, group), name=" Prompts ").name == "Prompts"
    take_out(**held(world, group), proposal=world.third.pk)
    assert names(world.round) == [["Prompt format"], ["Licences"], ["Prompt formats"]]
    assert [event.verb for event in Event.objects.order_by("pk")][-3:] == ["put together", "named", "took out"]


def test_a_group_goes_onto_another_card_whole(world: Any) -> None:
    group = together(world, world.third, world.first)
    onto = get_card(world.round, key(world.second))
    put_together(**held(world, group), onto=onto.key, onto_seen=onto.seen)
    assert names(world.round) == [["Prompt format", "Licences", "Prompt formats"]]


def test_a_card_goes_into_a_group_that_is_there(world: Any) -> None:
    group = get_card(world.round, together(world, world.third, world.first))
    made = put_together(**held(world, key(world.second)), onto=group.key, onto_seen=group.seen)
    assert (made.key, names(world.round)) == (group.key, [["Prompt format", "Licences", "Prompt formats"]])


def test_accepted_as_a_new_code_below_a_parent(world: Any) -> None:
    group = together(world, world.third, world.first)
    parent = world.draft.codes.get(name="Output")
    code = accept_as_new(
        **held(world, group), draft=world.draft, parent=parent, name="Prompting", definition="D", examples="E"
    )
    assert (code.parent, code.name, code.definition, code.examples) == (parent, "Prompting", "D", "E")
    assert set(Proposal.objects.filter(became=code.uid)) == {world.first, world.third}
    assert [(each.name, each.alias, each.round, each.issue_id) for each in origins_of(world.study, code.uid)] == [
        ("Prompt format", "rater-1", world.round.number, world.drawn[0].issue_id),
        ("Prompt formats", "rater-2", world.round.number, world.drawn[0].issue_id),
    ]
    told = Event.objects.filter(verb="accepted").get()
    assert (told.data["code"], len(told.data["proposals"])) == (str(code.uid), 2)


def test_accepted_as_a_code_that_is_there(world: Any) -> None:
    code = world.draft.codes.get(name="Memory")
    Code.objects.filter(pk=code.pk).update(examples="An earlier one.")
    code.refresh_from_db()
    made = accept_into(**held(world, key(world.third)), code=code)
    assert made.examples.splitlines()[0] == "An earlier one."
    assert "“wrong prompt”" in made.examples.splitlines()[1]
    assert Proposal.objects.get(became=code.uid) == world.third


def test_declined_with_a_reason_and_taken_back(world: Any) -> None:
    with pytest.raises(Invalid, match="Say why"):
        decline(**held(world, key(world.second)), reason=" ")
    decline(**held(world, key(world.second)), reason="Out of scope.")
    world.second.refresh_from_db()
    assert (world.second.state, world.second.reason) == ("declined", "Out of scope.")
    take_back(**held(world, key(world.second)))
    world.second.refresh_from_db()
    assert (world.second.state, world.second.reason) == ("proposed", "")
    with pytest.raises(Invalid, match="Nothing was decided"):
        take_back(**held(world, key(world.second)))


def test_taking_back_leaves_the_code_in_the_draft(world: Any) -> None:
    code = accept_as_new(**held(world, key(world.second)), draft=world.draft, parent=None, name="Licences")
    take_back(**held(world, key(world.second)))
    assert world.draft.codes.filter(pk=code.pk).exists()
    assert origins_of(world.study, code.uid) == []


def test_a_decided_card_is_taken_back_before_it_is_moved(world: Any) -> None:
    decline(**held(world, key(world.second)), reason="No.")
    onto = get_card(world.round, key(world.first))
    with pytest.raises(Invalid, match="is declined already"):
        put_together(**held(world, key(world.second)), onto=onto.key, onto_seen=onto.seen)


def test_what_makes_no_sense_is_refused(world: Any, study: Any) -> None:
    card = get_card(world.round, key(world.first))
    with pytest.raises(Invalid, match="with itself"):
        put_together(**held(world, card.key), onto=card.key, onto_seen=card.seen)
    with pytest.raises(Invalid, match="Only a group is named"):
        name_group(**held(world, card.key), name="X")
    with pytest.raises(Invalid, match="not in the group"):
        take_out(**held(world, card.key), proposal=world.second.pk)
    with pytest.raises(Invalid, match="choose a code of its draft"):
        accept_as_new(**held(world, card.key), draft=factories.taxonomy(study), parent=None, name="X")
    assert names(world.round) == [["Prompt format"], ["Licences"], ["Prompt formats"]]


def test_of_two_leads_one_wins_and_the_other_is_told(world: Any) -> None:
    late = held(world, key(world.first))
    decline(**late, reason="No.")
    with pytest.raises(Conflict, match=r"was changed by lead at .* look again"):
        accept_as_new(**late, draft=world.draft, parent=None, name="Prompting")
    assert not world.draft.codes.filter(name="Prompting").exists()
    gone = held(world, key(world.second))
    together(world, world.second, world.third)
    with pytest.raises(Conflict, match="not there any more"):
        decline(**gone, reason="No.")
    never = {**held(world, key(world.first)), "seen": "what was never shown"}
    Proposal.objects.update(moved_by=None, moved_at=None)
    with pytest.raises(Conflict, match="by someone"):
        take_back(**never)


def test_a_code_that_cannot_be_made_leaves_the_card_open(world: Any) -> None:
    with pytest.raises(Invalid, match="There is a code"):
        accept_as_new(**held(world, key(world.first)), draft=world.draft, parent=None, name="memory")
    assert get_card(world.round, key(world.first)).is_open


def test_only_a_lead_sorts_and_only_when_the_round_is_closed(world: Any, rater_a: Any) -> None:
    with pytest.raises(Refused, match="edit the taxonomy"):
        decline(**{**held(world, key(world.first)), "by": rater_a}, reason="No.")
    late = held(world, key(world.first))
    Round.objects.update(phase=Phase.INDEPENDENT, closed_at=None)
    world.round.refresh_from_db()
    with pytest.raises(Refused, match="hidden until the lead closes it"):
        decline(**late, reason="No.")


# Codings read as the code; they are never rewritten


def prompting(world: Any) -> Any:
    group = together(world, world.third, world.first)
    code = accept_as_new(**held(world, group), draft=world.draft, parent=None, name="Prompting")
    return code, publish(version=world.draft, by=world.lead)


def test_under_the_rounds_version_issues_with_proposals_are_left_out_and_said_so(world: Any) -> None:
    ratings = round_ratings(world.round)
    assert (set(ratings.waiting), ratings.proposed) == ({each.issue_id for each in world.drawn[:2]}, 2)
    assert ratings.matrix.cells == ((frozenset({"Memory"}), frozenset({"Memory"})),)
    told = sentence(agreement_of(world.round))
    assert "2 of 3 issues hold a proposed code that version 1 has not and are left out." in told


def test_accepted_proposals_read_as_their_code_from_the_version_that_has_it(world: Any) -> None:
    rows = list(AppliedProposal.objects.values_list("coding", "proposal"))
    _, second = prompting(world)
    read = [([code.name for code in each.codes], bool(each.waits)) for each in ratings_as_of(world.round, second)]
    assert read == [
        (["Prompting"], False), (["Prompting"], False),  # proposed by each in words of their own, grouped
        ([], True), (["Loading"], False),  # Licences is no code
        (["Memory"], False), (["Memory"], False),
    ]  # fmt: skip
    ratings = round_ratings_as_of(world.round, second)
    assert (ratings.waiting, ratings.proposed) == ((world.drawn[1].issue_id,), 1)
    assert list(AppliedProposal.objects.values_list("coding", "proposal")) == rows


def test_a_code_that_came_from_a_proposal_is_carried_on(world: Any) -> None:
    code, second = prompting(world)
    draft = start_draft(taxonomy=world.version.taxonomy, by=world.lead)
    retire_code(
        code=draft.codes.select_related("version__taxonomy__study").get(uid=code.uid), note="Rare.", by=world.lead
    )
    third = publish(version=draft, by=world.lead)
    read = ratings_as_of(world.round, third)[0]
    assert (read.codes, "retired" in read.waits) == ((), True)
    assert [each.name for each in ratings_as_of(world.round, second)[0].codes] == ["Prompting"]


# Pages


@pytest.fixture
def client(lead: Any) -> Client:
    client = Client()
    client.force_login(lead)
    return client


def url(world: Any, name: str, *more: Any) -> str:
    return reverse(name, args=[world.study.slug, world.round.number, *more])


def test_a_lead_sorts_by_forms_alone(client: Client, world: Any) -> None:
    one, other = get_card(world.round, key(world.first)), get_card(world.round, key(world.third))
    move = {"act": "together", "card": other.key, "seen": other.seen, "onto": f"{one.key}|{one.seen}"}
    shown = client.post(url(world, "board_move"), move, follow=True).content.decode()
    assert names(world.round) == [["Prompt format", "Prompt formats"], ["Licences"]]
    assert "Put together" not in shown.split("To sort")[0]
    group = cards_of(world.round)[0]
    client.post(url(world, "board_move"), {"act": "name", "card": group.key, "seen": group.seen, "name": "Prompts"})
    group = get_card(world.round, group.key)
    out = {"act": "out", "card": group.key, "seen": group.seen, "proposal": world.third.pk}
    client.post(url(world, "board_move"), out)
    assert names(world.round) == [["Prompt format"], ["Licences"], ["Prompt formats"]]


def test_a_stale_move_is_told_on_the_board(client: Client, world: Any) -> None:
    card = get_card(world.round, key(world.first))
    decline(**held(world, card.key), reason="No.")
    shown = client.post(url(world, "board_move"), {"act": "back", "card": card.key, "seen": card.seen}, follow=True)
    assert "was changed by lead" in shown.content.decode()
    back = {"act": "back", **{k: held(world, card.key)[k] for k in ("card", "seen")}}
    shown = client.post(url(world, "board_move"), back, follow=True)
    assert "A code that was made of it stays in the draft" in shown.content.decode()
    assert get_card(world.round, card.key).is_open
    shown = client.post(url(world, "board_move"), {"act": "name", "card": card.key, "seen": "x"}, follow=True)
    assert "was changed by" in shown.content.decode()


def test_a_move_that_makes_no_sense_is_told_on_the_board(client: Client, world: Any) -> None:
    shown = client.post(url(world, "board_move"), {"act": "throw"}, follow=True).content.decode()
    assert "does not name a card and a step" in shown
    card = get_card(world.round, key(world.first))
    again = {"act": "together", "card": card.key, "seen": card.seen, "onto": f"{card.key}|{card.seen}"}
    assert "with itself" in client.post(url(world, "board_move"), again, follow=True).content.decode()


def test_a_disagreement_shows_what_was_proposed_and_why_there_is_no_majority(client: Client, world: Any) -> None:
    shown = client.get(url(world, "disagreement", world.drawn[0].issue_id)).content.decode()
    assert [text in shown for text in ("Prompt format", "Prompt formats", "no majority is computed")] == [True] * 3
    plain = client.get(url(world, "disagreement", world.drawn[2].issue_id)).content.decode()
    assert "Proposed" not in plain


def test_a_lead_decides_on_a_card_and_nothing_typed_is_lost(client: Client, world: Any) -> None:
    card = get_card(world.round, key(world.first))
    page = url(world, "board_card", card.key)
    assert "How it is asked." in client.get(page).content.decode()
    typed = {"act": "new", "seen": card.seen, "name": "Memory", "definition": "Typed with care.", "examples": ""}
    refused = client.post(page, typed)
    assert (refused.status_code, "Typed with care." in refused.content.decode()) == (409, True)
    below = world.draft.codes.get(name="Output")
    assert client.post(page, {**typed, "name": "Prompting", "parent": below.uid}).status_code == 302
    made = world.draft.codes.get(name="Prompting")
    assert (made.parent, made.definition) == (below, "Typed with care.")
    code_page = reverse("code_edit", args=[world.study.slug, world.version.taxonomy_id, made.uid])
    assert "proposed by rater-1" in client.get(code_page).content.decode()
    late = client.post(page, {"act": "decline", "seen": card.seen, "reason": "No."})
    assert "was changed by lead" in late.content.decode()


def test_a_card_becomes_a_code_of_the_draft_or_is_declined(client: Client, world: Any) -> None:
    card = get_card(world.round, key(world.second))
    page = url(world, "board_card", card.key)
    assert "Choose the code that it is." in client.post(page, {"act": "into", "seen": card.seen}).content.decode()
    memory = world.draft.codes.get(name="Memory")
    client.post(page, {"act": "into", "seen": card.seen, "code": memory.uid})
    third = get_card(world.round, key(world.third))
    client.post(url(world, "board_card", third.key), {"act": "decline", "seen": third.seen, "reason": "The same."})
    states = dict(Proposal.objects.values_list("name", "state"))
    assert states == {"Prompt format": "proposed", "Licences": "accepted", "Prompt formats": "declined"}
    shown = client.get(url(world, "board")).content.decode()
    assert ("Declined: The same." in shown, "the code in the draft" in shown) == (True, True)


def test_without_a_draft_a_card_waits_for_one(client: Client, world: Any) -> None:
    world.draft.codes.all().delete()
    world.draft.delete()
    card = get_card(world.round, key(world.first))
    page = url(world, "board_card", card.key)
    assert "Start a draft" in client.get(page).content.decode()
    assert "has no draft" in client.post(page, {"act": "new", "seen": card.seen, "name": "X"}).content.decode()


def test_members_look_and_do_not_sort(world: Any, rater_b: Any) -> None:
    client = Client()
    client.force_login(rater_b)
    shown = client.get(url(world, "board")).content.decode()
    assert ("Prompt format" in shown, "Decide" in shown) == (True, False)


def test_an_empty_board_says_so(client: Client, world: Any) -> None:
    AppliedProposal.objects.all().delete()
    Proposal.objects.all().delete()
    assert "Nobody proposed a code" in client.get(url(world, "board")).content.decode()


def test_the_board_takes_the_same_queries_for_three_and_thirty_cards(client: Client, world: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(url(world, "board"))
        return len(seen)

    queries()
    before = queries()
    for number in range(27):
        factories.proposal(world.drawn[number % 3], world.a, f"{uuid.uuid4()}")
    assert queries() == before


def test_unknown_cards_are_not_there(world: Any) -> None:
    with pytest.raises(NotThere):
        get_card(world.round, "g0")
