"""Agreement of closed rounds, computed once: a closed round's codings are frozen. That of a running round, for who
broke its blind, is computed each time and never stored."""

from dataclasses import asdict

from analysis.datasets import RoundRatings, round_ratings, round_ratings_as_of
from analysis.reports.agreement import PLAN, AgreementReport, agreement_report
from analysis.services.results import content_key, keep, kept
from annotator.models import Round
from annotator.visibility import sees_all_codings
from studies.models import Membership
from taxonomy.models import Version

KIND = "agreement"


def agreement_of(round: Round, as_of: Version | None = None, viewer: Membership | None = None) -> AgreementReport:
    """The round's agreement, stored or computed and stored; with `as_of` read under that version. Refused while the
    round is not closed, but for a viewer who broke its blind."""
    ratings = round_ratings_as_of(round, as_of, viewer) if as_of else round_ratings(round, viewer)
    if not sees_all_codings(round):
        return agreement_report(ratings)
    subject, key = subject_of(round, as_of), _key(ratings)
    found = kept(AgreementReport, study=round.study, kind=KIND, subject=subject, key=key)
    if found and found.is_current:
        return found.report
    report = agreement_report(ratings)
    keep(study=round.study, kind=KIND, subject=subject, key=key, report=report)
    return report


def subject_of(round: Round, as_of: Version | None) -> str:
    """A round read as of its own version is the round."""
    return f"{round} as of version {as_of.number}" if as_of and as_of.pk != round.version_id else str(round)


def _key(ratings: RoundRatings) -> str:
    return content_key([asdict(PLAN), asdict(ratings)])
