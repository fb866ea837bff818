"""The table of visibility holds against pages, API and files: each thing is looked for in each phase by each viewer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analysis.exports.dataset import Options, build
from annotator.models import Round
from annotator.queries.who_sees_what import heads, lines_for, words
from annotator.states import FROZEN, Phase
from annotator.visibility import MEMBERS, NOBODY, OWN, SEES, UNBLINDED, Thing, Viewer, phases_of, viewer_of
from studies.models import Membership, Role, Study
from tests import factories

# Who looks, by the name in the cast. `coding_lead` is a lead who also codes in each round, `unblinded` one who broke
# the blind of each round while it ran.
WHO = {
    "rater_a": Viewer.RATER,
    "lead": Viewer.LEAD,
    "coding_lead": Viewer.LEAD,
    "unblinded": Viewer.UNBLINDED,
    "observer": Viewer.OBSERVER,
    "stranger": Viewer.STRANGER,
}
# Who has assignments and codings of their own.
CODERS = ("rater_a", "coding_lead")


@pytest.fixture
def world(study: Study, members: dict[str, Membership], lead: Any) -> dict[str, Round]:
    """A round in each phase, each coded by rater_a, by rater_b and by a lead; decided once it is closed."""
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    coding_lead = factories.member(study, factories.user("coding_lead"), Role.LEAD)
    coders = [members["rater_a"], members["rater_b"], coding_lead]
    unblinded = factories.member(study, factories.user("unblinded"), Role.LEAD)
    rounds = {}
    for phase in Phase.values:
        issue = factories.issue(factories.repository(study))
        made = factories.round_of(version, [issue], coders, phase=phase, allows_proposals=True)
        rounds[phase] = made
        if phase == Phase.DRAFTED:
            continue
        factories.broken_blind(made, unblinded)
        theirs = factories.proposal(made.round_issues.get(), members["rater_b"], "Another thing")
        for assignment in made.round_issues.get().assignments.select_related("member"):
            proposals = [theirs] if assignment.member == members["rater_b"] else []
            factories.coding(assignment, ["Loading"], proposals, memo=f"by {assignment.member.alias}")
        if phase in FROZEN:
            factories.resolution(made.round_issues.get(), ["Output"], by=lead)
    return rounds


class Looking:
    """One person who looks at one round."""

    def __init__(self, study: Study, round: Round, user: Any) -> None:
        self.client, self.study, self.round, self.user = Client(), study, round, user
        self.client.force_login(user)

    def gets(self, name: str, **more: Any) -> Any:
        known = {"slug": self.study.slug} | ({} if name in ("api-labels", "exports") else {"number": self.round.number})
        return self.client.get(reverse(name, kwargs=known | more))

    def aliases(self, name: str) -> set[str]:
        response = self.gets(name)
        return {row["rater"] for row in response.json()["results"]} if response.status_code == 200 else set()

    @property
    def alias(self) -> str:
        found = Membership.objects.filter(study=self.study, user=self.user).first()
        return found.alias if found else ""

    @property
    def issue(self) -> int:
        return self.round.round_issues.get().issue_id


def exported(look: Looking) -> bool:
    """The exports are the lead's, and the round's codings stand in them."""
    data = build(look.study, look.round.version.taxonomy, Options())
    return look.gets("exports").status_code == 200 and look.round.number in {row.round for row in data.codings}


def labelled(look: Looking) -> bool:
    found = look.gets("api-labels")
    return found.status_code == 200 and look.round.number in {row["round"] for row in found.json()["results"]}


def paced(look: Looking) -> bool:
    found = look.gets("api-round-progress")
    return found.status_code == 200 and "rater-2" in {row["rater"] for row in found.json()}


PROBES: dict[str, Callable[[Looking], bool]] = {
    Thing.ROUND: lambda look: look.gets("round").status_code == 200,
    Thing.PROGRESS: lambda look: look.gets("api-round").status_code == 200 and "coded" in look.gets("api-round").json(),
    Thing.PACE: paced,
    Thing.OWN_ASSIGNMENTS: lambda look: look.gets("api-assignments").json().get("count", 0) == 1,
    Thing.OWN_CODINGS: lambda look: look.alias in look.aliases("api-codings"),
    Thing.CODINGS: lambda look: "rater-2" in look.aliases("api-codings"),
    Thing.PROPOSALS: lambda look: "rater-2" in look.aliases("api-proposals"),
    Thing.AGREEMENT: lambda look: look.gets("api-agreement").status_code == 200,
    Thing.DISAGREEMENTS: lambda look: look.gets("disagreement", issue_id=look.issue).status_code == 200,
    Thing.LABELS: labelled,
    Thing.EXPORTS: exported,
    Thing.BROKEN: lambda look: look.gets("api-round").json().get("blind_broken", []) != [],
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("phase", Phase.values)
def test_each_thing_is_seen_as_the_table_says(world: Any, study: Study, request: Any, who: str, phase: str) -> None:
    extra = Membership.objects.filter(study=study, user__name=who).first()
    user = extra.user if extra else request.getfixturevalue(who)
    look = Looking(study, world[phase], user)
    seen = {thing for thing, probe in PROBES.items() if probe(look)}
    has = set(PROBES) - (set() if who in CODERS else set(OWN))
    assert seen == {thing for thing in has if WHO[who] in SEES[thing][phase]}


def test_every_thing_is_probed_but_drafts_which_nobody_sees() -> None:
    assert set(SEES) == set(Thing)
    assert set(PROBES) == set(Thing) - {Thing.DRAFTS}
    assert set(SEES[Thing.DRAFTS].values()) == {NOBODY}


def test_nobody_outside_the_study_sees_anything() -> None:
    assert [(thing, phase) for thing, row in SEES.items() for phase in row if Viewer.STRANGER in row[phase]] == []


def test_every_phase_and_every_role_is_in_the_table() -> None:
    assert {frozenset(row) for row in SEES.values()} == {frozenset(Phase.values)}
    assert {viewer_of(Membership(role=role)) for role in Role.values} | UNBLINDED == {*MEMBERS, Viewer.STRANGER}
    assert set(WHO.values()) == set(Viewer)


def test_frozen_phases_are_those_in_which_every_member_sees_the_codings() -> None:
    for thing in (Thing.CODINGS, Thing.PROPOSALS, Thing.AGREEMENT, Thing.LABELS):
        assert {phase for phase in Phase.values if SEES[thing][phase] >= MEMBERS} == set(FROZEN)


def test_phases_of_a_thing_are_in_their_order() -> None:
    assert phases_of(Thing.CODINGS, Viewer.LEAD) == ["discussion", "resolved"]
    assert phases_of(Thing.CODINGS, Viewer.STRANGER) == []


def test_who_left_is_not_a_member(members: dict[str, Membership]) -> None:
    left = members["lead"]
    assert viewer_of(left) == Viewer.LEAD
    left.left_at = factories.NOW
    assert viewer_of(left) == Viewer.STRANGER


def test_nobody_looks_as_a_placeholder(members: dict[str, Membership]) -> None:
    members["rater_a"].role = Role.PLACEHOLDER
    assert viewer_of(members["rater_a"]) == Viewer.STRANGER


def test_words_of_a_cell() -> None:
    assert words(Thing.OWN_CODINGS, Phase.INDEPENDENT) == "each their own"
    assert words(Thing.OWN_CODINGS, Phase.DRAFTED) == "nothing yet"
    assert words(Thing.OWN_ASSIGNMENTS, Phase.DRAFTED) == "nobody"
    assert words(Thing.LABELS, Phase.INDEPENDENT) == "nobody"
    assert words(Thing.CODINGS, Phase.INDEPENDENT) == "a lead who broke the blind"
    assert words(Thing.CODINGS, Phase.RESOLVED) == "every member"
    assert words(Thing.EXPORTS, Phase.RESOLVED) == "leads"


def test_nobody_sees_what_is_not_there_yet() -> None:
    lines = {line.thing: line.cells for line in lines_for(Viewer.LEAD, Phase.DRAFTED)}
    assert [cell.yours for cell in lines[Thing.PACE.label]] == [False, True, True, True]


def test_page_marks_what_the_reader_sees_and_the_phase_of_their_round() -> None:
    assert [head.now for head in heads(Phase.INDEPENDENT)] == [False, True, False, False]
    lines = {line.thing: line.cells for line in lines_for(Viewer.RATER, Phase.INDEPENDENT)}
    assert [cell.yours for cell in lines[Thing.CODINGS.label]] == [False, False, True, True]
    assert [cell.yours for cell in lines[Thing.EXPORTS.label]] == [False] * 4
    assert [cell.now for cell in lines[Thing.CODINGS.label]] == [False, True, False, False]


def test_page_knows_who_broke_the_blind_of_the_round(study: Study, world: Any) -> None:
    client = Client()
    client.force_login(Membership.objects.get(user__name="unblinded").user)
    address, asked = reverse("who_sees_what", args=[study.slug]), {"round": world[Phase.INDEPENDENT].number}
    assert "You are a lead who broke the blind of round 2;" in client.get(address, asked).content.decode()
    assert "You are a lead of this study;" in client.get(address).content.decode()


@pytest.mark.parametrize("who", ["lead", "rater_a", "observer"])
def test_page_prints_the_whole_table(study: Study, world: Any, request: Any, who: str) -> None:
    client = Client()
    client.force_login(request.getfixturevalue(who))
    asked = {"round": world[Phase.INDEPENDENT].number}
    shown = client.get(reverse("who_sees_what", args=[study.slug]), asked).content.decode()
    assert all(thing.label in shown for thing in Thing)
    assert f"{viewer_label(request, study, who)} of this study" in shown
    assert shown.count('class="now"') == len(Thing) + 1
    assert 'class="now"' not in client.get(reverse("who_sees_what", args=[study.slug])).content.decode()


def viewer_label(request: Any, study: Study, who: str) -> str:
    return Membership.objects.get(study=study, user=request.getfixturevalue(who)).role


@pytest.mark.parametrize("number", ["99", "x", "-1"])
def test_page_knows_no_round_that_is_not_there(study: Study, lead: Any, number: str) -> None:
    client = Client()
    client.force_login(lead)
    assert client.get(reverse("who_sees_what", args=[study.slug]), {"round": number}).status_code == 404


def test_page_is_in_the_menu_and_on_the_page_of_a_round(study: Study, world: Any, rater_a: Any) -> None:
    client = Client()
    client.force_login(rater_a)
    address = reverse("who_sees_what", args=[study.slug])
    shown = client.get(reverse("round", args=[study.slug, 1])).content.decode()
    assert f'<li><a href="{address}">Who sees what</a>' in shown
    assert f'<a href="{address}?round=1">' in shown
