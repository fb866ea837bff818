"""Gold answers that raters see as soon as they have submitted: what was said before it counts."""

from annotator.models import Coding, Gold, RoundIssue
from annotator.queries.gold import gold_of, is_shown_at_once
from studies.errors import Refused


def check_was_not_told(round_issue: RoundIssue, *, has_coding: bool) -> None:
    """Raises Refused where the rater has seen the gold answer."""
    if has_coding and is_shown_at_once(round_issue.round) and gold_of(round_issue):
        raise Refused(f"You have seen the gold answer of {round_issue.issue}, so your answer stays as it is.")


def shown_after(coding: Coding) -> Gold | None:
    """The gold answer that this submit brings up, where the round says so."""
    round_issue = coding.assignment.round_issue
    return gold_of(round_issue) if is_shown_at_once(round_issue.round) else None
