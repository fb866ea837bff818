"""Calibration as a test: its target, set before it starts, and gold answers, set before it is closed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import models, transaction
from django.utils import timezone

from annotator.models import Gold, Round, RoundIssue
from annotator.services.coding import check_codes, without_nul
from annotator.services.resolution import check_decision
from annotator.states import FROZEN, Kind, Phase
from studies.errors import Conflict, Invalid, Refused
from studies.models import User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event


class Against(models.TextChoices):
    GOLD = "gold", "gold answers"
    RATERS = "raters", "the other raters"


class Measure(models.TextChoices):
    SHARE = "share", "share right, %"
    COEFFICIENT = "coefficient", "coefficient"


@dataclass(frozen=True)
class Target:
    """What every rater is to reach: a share of issues right in percent, or a coefficient from 0 to 1, against gold
    answers or the other raters. `at_once`: raters see the gold answer when they have submitted theirs."""

    against: str
    measure: str
    threshold: float
    at_once: bool = False


def check_is_calibration(round: Round) -> None:
    """Raises Refused for a round of another kind."""
    if round.kind != Kind.CALIBRATION:
        raise Refused(f"{round} is no calibration round. Only those have a target and gold answers.")


def check_can_set_target(round: Round) -> None:
    check_is_calibration(round)
    if round.phase != Phase.DRAFTED:
        raise Refused(f"{round} was started, so its target stays what it is. A target is set before.")


def can_set_target(round: Round) -> bool:
    return round.kind == Kind.CALIBRATION and round.phase == Phase.DRAFTED


def check_can_set_gold(round: Round) -> None:
    check_is_calibration(round)
    if round.phase in FROZEN:
        raise Refused(f"{round} is closed, so its gold answers stay what they are.")


def can_set_gold(round: Round) -> bool:
    return round.kind == Kind.CALIBRATION and round.phase not in FROZEN


@transaction.atomic
def set_target(*, round: Round, target: Target | None, by: User) -> Round:
    """None takes it away. Refused once the round was started."""
    check_is_member(by, round.study, Permission.MANAGE_ROUNDS)
    locked = Round.objects.select_for_update().get(pk=round.pk)
    check_can_set_target(locked)
    if target:
        check_target(target)
    locked.target = asdict(target) if target else {}
    locked.save(update_fields=["target"])
    record_event(study=round.study, by=by, verb="set the target of", target=str(round).lower(), data=locked.target)
    return locked


def check_target(target: Target) -> None:
    """Raises Invalid, by field."""
    if target.against not in Against.values or target.measure not in Measure.values:
        raise Invalid({"against": "A target is a share or a coefficient, against gold answers or the other raters."})
    most = 100 if target.measure == Measure.SHARE else 1
    if not 0 < target.threshold <= most:
        raise Invalid({"threshold": f"Say a number above 0, at most {most}."})
    if target.at_once and target.against != Against.GOLD:
        raise Invalid({"at_once": "Only gold answers can be shown at once; the others’ stay hidden until the close."})


@transaction.atomic
def set_gold(
    *, round_issue: RoundIssue, outcome: str, codes: Iterable[int] = (), reason: str = "", seen: int | None = None,
    by: User,
) -> Gold:  # fmt: skip
    """Set or change the gold answer; without an outcome it is taken back. `seen` is the revision that the lead saw (0:
    none): another one in between raises Conflict, and nothing is written."""
    row = (
        RoundIssue.objects.select_for_update(of=("self", "round"))
        .select_related("round__study", "round__version", "issue__repository")
        .get(pk=round_issue.pk)
    )
    check_is_member(by, row.round.study, Permission.MANAGE_ROUNDS)
    check_can_set_gold(row.round)
    check_is_of_the_sample(row)
    last = row.golds.order_by("-revision").first()
    revision = last.revision if last else 0
    if seen is not None and seen != revision:
        raise Conflict(f"Another lead has changed the gold answer of {row.issue}. Nothing was changed; look again.")
    reason = without_nul(reason).strip()
    if outcome:
        check_decision(row.round, outcome)
    if outcome and not reason:
        raise Invalid({"reason": "Say why this is right: raters read it when they see the gold answer."})
    chosen = check_codes(row.round, outcome, set(codes)) if outcome else []
    made = Gold(
        round_issue=row, revision=revision + 1, outcome=outcome, reason=reason, set_by=by, set_at=timezone.now()
    )
    made.save()
    made.codes.set(chosen)
    tell(row, outcome, by)
    return made


def check_is_of_the_sample(row: RoundIssue) -> None:
    """Raises Refused for an issue that only comes again to raters: it is no part of the test."""
    if row.assignments.filter(repeats__isnull=False).exists():
        raise Refused(f"{row.issue} is not in the sample of {row.round}.")


def tell(row: RoundIssue, outcome: str, by: User) -> None:
    """The event names the issue and never the answer: members read events while the round runs."""
    record_event(
        study=row.round.study,
        by=by,
        verb="set a gold answer for" if outcome else "took back the gold answer of",
        target=f"{row.issue} in {row.round}".replace("Round", "round"),
    )
