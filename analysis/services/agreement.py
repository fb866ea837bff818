"""Agreement of closed rounds, computed once: a closed round's codings are frozen."""

from dataclasses import asdict

from analysis.datasets import RoundRatings, round_ratings
from analysis.reports.agreement import PLAN, AgreementReport, agreement_report
from analysis.services.results import content_key, keep, kept
from annotator.models import Round

KIND = "agreement"


def agreement_of(round: Round) -> AgreementReport:
    """The round's agreement, stored or computed and stored. Refused while the round is not closed."""
    ratings = round_ratings(round)
    subject, key = str(round), _key(ratings)
    found = kept(AgreementReport, study=round.study, kind=KIND, subject=subject, key=key)
    if found and found.is_current:
        return found.report
    report = agreement_report(ratings)
    keep(study=round.study, kind=KIND, subject=subject, key=key, report=report)
    return report


def _key(ratings: RoundRatings) -> str:
    return content_key([asdict(PLAN), asdict(ratings)])
