"""Where a calibration stands to its target. How it is computed is another room's: it registers its teller at start."""

from collections.abc import Callable
from dataclasses import dataclass

from annotator.models import Round


@dataclass(frozen=True)
class TargetState:
    """`reached` is None while it cannot be said; `words` say why, or by whom."""

    words: str
    reached: bool | None = None


Teller = Callable[[Round], TargetState]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    _tellers[:] = [teller]


def target_in_words(round: Round) -> str:
    """Empty where none is set."""
    target = round.target
    if not target:
        return ""
    threshold, against = target["threshold"], AGAINST[target["against"]]
    if target["measure"] == "share":
        return f"every rater at least {threshold:g} % right, judged by {against}"
    what = "Krippendorff’s α" if target["against"] == "raters" else "every rater’s Cohen’s κ with the gold answers"
    return f"{what} at least {threshold:.2f}"


AGAINST = {"gold": "the gold answers", "raters": "the other raters"}


def target_state(round: Round) -> TargetState | None:
    """None where no target is set."""
    if not round.target:
        return None
    if not round.is_closed:
        return TargetState("told when the round is closed")
    return _tellers[0](round)
