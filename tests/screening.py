"""A study that screens: criteria, and a closed round of two raters on six issues."""

from collections.abc import Sequence
from typing import Any

from annotator.models import Assignment, Round
from annotator.states import Kind, Outcome, Phase
from corpus.models import Issue
from studies.models import Membership, Study, User
from taxonomy.models import Purpose, Taxonomy, Version
from tests import factories

IN, OUT, UNSURE = Outcome.IN, Outcome.OUT, Outcome.UNCLEAR
# In, out, differ, unsure, one alone, nobody.
SAID = [(IN, IN), (OUT, OUT), (IN, OUT), (OUT, UNSURE), (IN, None), (None, None)]


def criteria(study: Study, by: User, names: Sequence[str] = ("About a model", "A question", "Spam")) -> Version:
    version = factories.taxonomy(study, names, by=by)
    Taxonomy.objects.filter(pk=version.taxonomy_id).update(kind=Purpose.SCREENING)
    version.taxonomy.refresh_from_db()
    return version


def screening_round(
    version: Version,
    issues: Sequence[Issue],
    raters: Sequence[Membership],
    said: Sequence[Sequence[str | None]] = (),
    *,
    phase: str = Phase.DISCUSSION,
    **fields: Any,
) -> Round:
    """What each rater said of each issue; None leaves it missing."""
    round = factories.round_of(version, issues, raters, phase=phase, kind=Kind.SCREENING, **fields)
    for drawn, answers in zip(round.round_issues.order_by("position"), said, strict=bool(said)):
        for rater, outcome in zip(raters, answers, strict=True):
            if outcome:
                factories.coding(Assignment.objects.get(round_issue=drawn, member=rater), outcome=outcome)
    return round


def screened_study(study: Study, members: dict[str, Membership], lead: User) -> Round:
    """Issues 1 to 6 as in SAID, and 7, which no round has drawn."""
    repository = factories.repository(study)
    issues = [factories.issue(repository, number=number) for number in range(1, 8)]
    return screening_round(criteria(study, lead), issues[:6], [members["rater_a"], members["rater_b"]], SAID)
