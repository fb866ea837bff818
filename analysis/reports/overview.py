"""Where a study stands: from import to label, and round by round."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.models import Result
from analysis.queries import Funnel, RoundCounts
from analysis.reports.stored import from_payload
from analysis.stats.ratings import Agreement
from annotator.models import Round
from annotator.states import FROZEN, Phase


@dataclass(frozen=True)
class FunnelStep:
    """`kept` is the share of the step before, None where there is none or this one is no part of it; `share` is of all
    imported issues."""

    name: str
    issues: int
    kept: float | None
    share: float
    why: str


@dataclass(frozen=True)
class RoundLine:
    """A round with its agreement, or the reason why there is none to show; `broken`: a lead saw its codings while it
    ran."""

    round: Round
    counts: RoundCounts
    alpha: Agreement | None
    why_no_alpha: str
    broken: bool = False

    @property
    def is_decided(self) -> bool:
        """In discussion, with nothing left to decide: the lead can resolve it."""
        return self.round.phase == Phase.DISCUSSION and not self.counts.undecided


def funnel_steps(found: Funnel) -> list[FunnelStep]:
    sources = f"{found.repositories:,} repositor{'y' if found.repositories == 1 else 'ies'}"
    last = f", last import {found.last_import:%-d %b %Y}" if found.last_import else ""
    steps = [
        ("Imported", found.imported, f"{sources}{last}"),
        *_screening_steps(found),
        ("Drawn", found.drawn, _why_not_drawn(found)),
        ("Coded", found.coded, f"{found.drawn - found.coded:,} of the drawn ones have no coding yet"),
        ("Labelled", found.labelled, f"{found.coded - found.labelled:,} of the coded ones have no decision yet"),
    ]
    before: int | None = None
    result = []
    for name, issues, why in steps:
        kept = issues / before if before and issues <= before else None
        result.append(FunnelStep(name, issues, kept, issues / found.imported if found.imported else 0, why))
        before = issues
    return result


def _screening_steps(found: Funnel) -> list[tuple[str, int, str]]:
    told = found.screening
    if told is None:
        return []
    return [
        ("Screened", told.screened, f"{found.imported - told.screened:,} are in no closed screening round"),
        ("Screened in", told.screened_in, f"{told.screened_out:,} screened out, {told.undecided:,} undecided"),
    ]


def _why_not_drawn(found: Funnel) -> str:
    if found.screening is None:
        return f"{found.imported - found.drawn:,} are in no round"
    left = f"{found.screening.screened_in - found.drawn_in:,} of those screened in are in no coding round"
    others = found.drawn - found.drawn_in
    return f"{left}; {others:,} drawn were not screened in" if others else left


def round_lines(
    rounds: Iterable[Round],
    counts: Mapping[int, RoundCounts],
    results: Mapping[str, Result],
    subject: Callable[[Round], str] = str,
    broken: Collection[int] = (),
) -> Iterator[RoundLine]:
    """`results`: the stored agreement by subject, as `subject` names it. Nothing of a round that is not closed is
    looked at. `broken`: numbers of the rounds of which the blind was broken."""
    for round in rounds:
        result = results.get(subject(round)) if round.phase in FROZEN else None
        alpha = from_payload(Agreement, result.payload["alpha"]) if result else None
        found = counts.get(round.number, RoundCounts(0, 0))
        yield RoundLine(round, found, alpha, _why_no_alpha(round, alpha), round.number in broken)


def _why_no_alpha(round: Round, alpha: Agreement | None) -> str:
    if round.phase not in FROZEN:
        return "computed when the round is closed, so that nobody is swayed"
    if alpha is None:
        return "computed when the page of its agreement is opened"
    return alpha.undefined_because or ""
