"""Whether a round takes answers now."""

from annotator.models import Round
from annotator.states import Phase
from studies.errors import Refused

CLOSED = "{round} is closed, so nothing more is taken. What you submitted before is kept."
NOT_NOW: dict[str, str] = {
    Phase.DRAFTED: "{round} was not started yet. The lead starts it; nothing is to be done until then.",
    Phase.DISCUSSION: CLOSED,
    Phase.RESOLVED: CLOSED,
}


def check_is_running(round: Round) -> None:
    """Raises Refused with the reason when it does not."""
    if round.paused_at and round.phase == Phase.INDEPENDENT:
        raise Refused(f"{round} is paused: {round.pause_reason} What you submitted is kept; the lead resumes it.")
    if round.phase != Phase.INDEPENDENT:
        raise Refused(NOT_NOW[round.phase].format(round=round))
