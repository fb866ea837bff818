"""Calibration rounds judged: what the result page and the round's page show."""

from analysis.datasets import round_ratings
from analysis.datasets.calibration import exam_of
from analysis.reports.calibration import ExamReport, exam_report, state_of
from analysis.stats.coefficients import agreement
from annotator.models import Round
from annotator.queries.target import TargetState


def judged_by(round: Round) -> str:
    """What the target says; without one gold answers where there are any, else the other raters."""
    if round.target:
        return str(round.target["against"])
    return "gold" if round.round_issues.filter(golds__isnull=False).exists() else "raters"


def result_of(round: Round, against: str = "") -> ExamReport:
    """Refused while the round is not closed."""
    return exam_report(exam_of(round, against or judged_by(round)))


def target_state(round: Round) -> TargetState:
    """Of a closed round that has a target."""
    target = round.target
    all_raters = target["measure"] == "coefficient" and target["against"] == "raters"
    alpha = agreement(round_ratings(round).matrix, "krippendorff_alpha") if all_raters else None
    return state_of(result_of(round), target["measure"], target["threshold"], alpha)
