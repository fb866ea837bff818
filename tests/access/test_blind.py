"""The blind as a table: everything that can be asked is asked in two worlds that differ in what one rater answered.
Who must not see it gets the same bytes; who may see it gets others. A new row of the permission table is in it.
"""

from typing import Any

import pytest

from analysis.exports.archive import archive
from analysis.exports.dataset import Options, build
from annotator.models import Assignment, Coding, RoundIssue
from annotator.states import FROZEN, Phase
from studies.models import Membership, Study
from tests.access.questions import OPEN, ROWS, Question, in_phases, of_api, of_pages, rows
from tests.access.two_worlds import SAME, VARIED, People, say, two_worlds

# Outside the study nothing of a round is answered, whatever is asked for.
OUTSIDE = ("nobody", "stranger")
INSIDE = ("rater_a", "lead", "observer", "coding_lead")

# What must differ for who may see it, by who asks and in which phase the other's answers are varied.
LIVE = {"api-agreement", "api-codings", "api-proposals", "board", "disagreement", "agreement", "disagreements"}
OWN = {"coding", "api-assignments", "api-codings", "api-proposals"}
SHARED = {
    "agreement", "agreement_issues", "api-agreement", "api-codings", "api-proposals", "api-saturation", "board",
    "codebook_file", "saturation", "saturation_picture", "taxonomy_version",
}  # fmt: skip
SEEN = {
    ("unblinded", Phase.INDEPENDENT): LIVE,
    ("rater_b", Phase.INDEPENDENT): OWN,
    ("rater_a", Phase.DISCUSSION): SHARED,
    ("observer", Phase.DISCUSSION): SHARED,
    ("lead", Phase.DISCUSSION): SHARED | {"disagreement"},
    ("lead", Phase.RESOLVED): {"agreement", "api-codings", "api-proposals", "disagreements"},
}


@pytest.fixture
def world(study: Study, members: dict[str, Membership]) -> Any:
    return two_worlds(study, members)


@pytest.fixture
def people(world: Any, stranger: Any) -> People:
    users = {name: member.user for name, member in world.members.items()}
    return People({**users, "stranger": stranger, "nobody": None})


def differing(
    world: Any, people: People, who: str, questions: list[Question], phases: tuple[str, ...]
) -> list[Question]:
    """Those that are answered otherwise once rater_b says otherwise in the rounds of these phases. What differs is
    asked again in the first world: a process that loads a module when it first needs it is not rater_b."""
    varied = [world.rounds[phase] for phase in phases]
    one = [people.asks(who, question, world) for question in questions]
    say(world, 1, varied)
    other = [people.asks(who, question, world) for question in questions]
    say(world, 0, varied)
    told = zip(questions, one, other, strict=True)
    differ = [(question, second) for question, first, second in told if first != second]
    return [question for question, second in differ if people.asks(who, question, world) != second]


@pytest.mark.parametrize("who", INSIDE)
def test_no_page_tells_what_another_says_in_a_round_that_is_not_closed(world: Any, people: People, who: str) -> None:
    asked = [*rows(), *in_phases(OPEN)]
    questions = [question for question in asked if not question.writes]
    assert [question.name for question in differing(world, people, who, questions, OPEN)] == []


@pytest.mark.parametrize("who", ["rater_a", "lead", *(pytest.param(who, marks=pytest.mark.slow) for who in INSIDE[2:])])
def test_no_act_tells_what_another_says_in_a_round_that_is_not_closed(world: Any, people: People, who: str) -> None:
    questions = [question for question in rows() if question.writes]
    assert [question.name for question in differing(world, people, who, questions, OPEN)] == []


@pytest.mark.parametrize("who", ["rater_a", "observer"])
def test_no_order_filter_or_search_tells_what_another_says(world: Any, people: People, who: str) -> None:
    questions = [*of_pages(), *of_api()]
    assert [question.name for question in differing(world, people, who, questions, OPEN)] == []


@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_outside_is_told_what_a_member_says(world: Any, people: People, who: str) -> None:
    questions = [question for question in rows() if not question.writes]
    assert [question.name for question in differing(world, people, who, questions, tuple(Phase.values))] == []


def test_who_broke_the_blind_of_one_round_is_told_nothing_of_another(world: Any, people: People) -> None:
    questions = list(in_phases((Phase.DRAFTED,)))
    assert [question.name for question in differing(world, people, "unblinded", questions, (Phase.DRAFTED,))] == []


@pytest.mark.parametrize(("who", "phase"), SEEN)
def test_who_may_see_it_is_told(world: Any, people: People, who: str, phase: str) -> None:
    """Else the comparison above would hold of pages that show nothing."""
    wanted = SEEN[who, phase]
    asked = [*rows(), *in_phases((phase,)), *of_pages(phase)]
    questions = [question for question in asked if question.row.name in wanted and not question.writes]
    found = differing(world, people, who, questions, (phase,))
    assert {question.row.name for question in found} == wanted


@pytest.mark.parametrize("real_names", [False, True])
def test_exports_hold_what_is_said_in_closed_rounds_alone(world: Any, real_names: bool) -> None:
    def files() -> list[bytes]:
        options = [Options(real_names=real_names), Options(real_names=real_names, as_of=world.version)]
        return [archive(build(world.study, world.version.taxonomy, each)) for each in options]

    before = files()
    say(world, 1, [world.rounds[phase] for phase in OPEN])
    assert files() == before
    say(world, 1, [world.rounds[phase] for phase in FROZEN])
    assert all(one != other for one, other in zip(files(), before, strict=True))


def test_every_row_that_says_something_of_an_answer_is_varied() -> None:
    """A new model beside a coding, an assignment or an issue of a round is varied in the two worlds, or said to be the
    same in both, with the reason."""
    near = {
        relation.related_model for model in (Coding, Assignment, RoundIssue) for relation in model._meta.related_objects
    }
    assert near | {Coding} == VARIED | set(SAME)
    assert not VARIED & set(SAME)


def test_every_page_that_lists_a_route_is_asked() -> None:
    assert [question.row for question in rows()] == ROWS
    assert {question.row.name for question in of_api()} >= {"api-codings", "api-issues", "api-agreement"}
