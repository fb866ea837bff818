"""Why an issue came back to a rater in a re-coding round: from their own coding alone, never from another's."""

from annotator.models import Assignment
from annotator.queries.recoding import given_codings, readings
from annotator.states import Kind
from taxonomy.history import carriers, names_upto
from taxonomy.telling import why_it_waits


def why_back(assignment: Assignment) -> list[str] | None:
    """Sentences on the codes of the rater's last coding that cannot be read under the round's version; none where it
    came back for another reason. None in other rounds."""
    round = assignment.round_issue.round
    if round.kind != Kind.RECODING:
        return None
    given = given_codings(round.version, issue=assignment.round_issue.issue_id, member=assignment.member_id)
    if not given:
        return []
    [(_, reading)] = readings(given[-1:], carriers(round.version))
    names = names_upto(round.version) if reading.waits else {}
    return [why_it_waits(uid, fate, names) for uid, fate in sorted(reading.waits.items())]
