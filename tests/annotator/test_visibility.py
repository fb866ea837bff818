"""Blindness as a table: who sees whose coding in which phase."""

from typing import Any

import pytest

from annotator.models import Assignment, Coding, Proposal, Round
from annotator.states import FROZEN, Phase
from annotator.visibility import (
    check_sees_all_codings,
    sees_all_codings,
    visible_assignments,
    visible_codings,
    visible_proposals,
)
from studies.errors import Refused
from studies.models import Membership, Study
from tests import factories

OWN, OTHERS, BOTH, NOTHING = {"rater-1"}, {"rater-2"}, {"rater-1", "rater-2"}, set()

# phase, who looks, whose codings they see
TABLE = [
    *(("drafted", who, NOTHING) for who in ("lead", "rater_a", "rater_b", "observer")),
    ("independent", "lead", NOTHING), ("independent", "rater_a", OWN), ("independent", "rater_b", OTHERS),
    ("independent", "observer", NOTHING),
    *((phase, who, BOTH) for phase in ("discussion", "resolved") for who in ("lead", "rater_a", "rater_b", "observer")),
]  # fmt: skip


@pytest.fixture
def rounds(study: Study, members: dict[str, Membership], lead: Any) -> dict[str, Round]:
    """A round in each phase, each coded by both raters."""
    version = factories.taxonomy(study, by=lead)
    made = {}
    for phase in Phase.values:
        issue = factories.issue(factories.repository(study))
        made[phase] = factories.round_of(version, [issue], [members["rater_a"], members["rater_b"]], phase=phase)
        factories.answers(made[phase], {"rater-1": ["Loading"], "rater-2": ["Output"]})
    return made


def test_table_covers_every_phase_and_role() -> None:
    people = ("lead", "rater_a", "rater_b", "observer")
    assert {(phase, who) for phase, who, _ in TABLE} == {(phase, who) for phase in Phase.values for who in people}


@pytest.mark.parametrize(("phase", "who", "seen"), TABLE)
def test_codings_are_seen_as_the_table_says(
    rounds: Any, members: dict[str, Membership], phase: str, who: str, seen: set[str]
) -> None:
    rows = Coding.objects.filter(visible_codings(members[who]), assignment__round_issue__round=rounds[phase])
    assert {row.assignment.member.alias for row in rows} == seen


@pytest.mark.parametrize(("phase", "who", "seen"), TABLE)
def test_assignments_are_the_members_own_once_started(
    rounds: Any, members: dict[str, Membership], phase: str, who: str, seen: set[str]
) -> None:
    rows = Assignment.objects.filter(visible_assignments(members[who]), round_issue__round=rounds[phase])
    expected = set() if phase == "drafted" else {members[who].alias} & BOTH
    assert {row.member.alias for row in rows} == expected


@pytest.mark.parametrize(("phase", "who", "seen"), TABLE)
def test_proposals_are_seen_as_codings_are(
    rounds: Any, members: dict[str, Membership], phase: str, who: str, seen: set[str]
) -> None:
    for assignment in Assignment.objects.filter(round_issue__round=rounds[phase]):
        factories.proposal(assignment.round_issue, assignment.member, "A code")
    rows = Proposal.objects.filter(visible_proposals(members[who]), round_issue__round=rounds[phase])
    assert {row.member.alias for row in rows} == seen


def test_closed_rounds_of_other_studies_are_not_seen(rounds: Any, stranger: Any) -> None:
    elsewhere = factories.member(factories.study("Other", "other"), stranger)
    assert not Coding.objects.filter(visible_codings(elsewhere)).exists()


@pytest.mark.parametrize("phase", Phase.values)
def test_the_rule_and_its_sentence_go_together(rounds: Any, phase: str) -> None:
    round = rounds[phase]
    assert sees_all_codings(round) == (phase in FROZEN)
    if phase in FROZEN:
        check_sees_all_codings(round)
        return
    with pytest.raises(Refused, match="hidden until the lead closes it"):
        check_sees_all_codings(round)
