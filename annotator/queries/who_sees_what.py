"""The table of what each role sees in each phase, in words."""

from dataclasses import dataclass

from annotator.states import MEANING, Phase
from annotator.visibility import LEADS, MEMBERS, NOBODY, OWN, SEES, UNBLINDED, Thing, Viewer

WORDS = {NOBODY: "nobody", MEMBERS: "every member", LEADS: "leads", UNBLINDED: "a lead who broke the blind"}
# What a drafted round has. Of the rest there is nothing yet that somebody could see.
THERE_FROM_THE_START = (Thing.ROUND, Thing.PROGRESS, Thing.OWN_ASSIGNMENTS)


@dataclass(frozen=True)
class Cell:
    """Who sees it, and whether that is the person who reads the page. `now`: the phase of the round they come from."""

    words: str
    yours: bool
    now: bool


@dataclass(frozen=True)
class Line:
    thing: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Head:
    phase: str
    meaning: str
    now: bool


def heads(now: str) -> list[Head]:
    return [Head(phase.label, MEANING[phase], phase == now) for phase in Phase]


def lines_for(viewer: Viewer, now: str) -> list[Line]:
    return [
        Line(
            thing.label,
            tuple(Cell(words(thing, phase), sees(viewer, thing, phase), phase == now) for phase in Phase),
        )
        for thing in Thing
    ]


def is_there(thing: Thing, phase: Phase) -> bool:
    return phase != Phase.DRAFTED or thing in THERE_FROM_THE_START


def sees(viewer: Viewer, thing: Thing, phase: Phase) -> bool:
    return is_there(thing, phase) and viewer in SEES[thing][phase]


def words(thing: Thing, phase: Phase) -> str:
    who = SEES[thing][phase]
    if not is_there(thing, phase):
        return "nothing yet"
    return "each their own" if who == MEMBERS and thing in OWN else WORDS[who]
