"""What may be seen now: blindness, in one place. `studies.permissions` answers who may at all.

`SEES` is the table; the functions below follow from it, and a page prints it for the members of a study. A person
always sees their own codings. Another's codings, and everything computed from them, stay unseen until the round is
closed, for leads as well: unless a lead breaks the blind, which stands on record and shows them to that lead alone.
How many codings are in is no secret; what they say is.
"""

from django.db import models
from django.db.models import Q, QuerySet

from annotator.models import Assignment, BrokenBlind, Round
from annotator.models.drawing import Each
from annotator.states import Phase
from studies.errors import Refused
from studies.models import Membership, Role


class Viewer(models.TextChoices):
    """Who looks at a round."""

    RATER = "rater", "rater"
    LEAD = "lead", "lead"
    UNBLINDED = "unblinded", "lead who broke the blind"
    OBSERVER = "observer", "observer"
    STRANGER = "stranger", "not a member"


class Thing(models.TextChoices):
    """What there is to see of a round."""

    ROUND = "round", "The round: kind, sample, raters, dates"
    PROGRESS = "progress", "How many codings are in, by rater"
    PACE = "pace", "Another’s pace and submits by day, and who stands still"
    OWN_ASSIGNMENTS = "own_assignments", "The issues given to oneself"
    OWN_CODINGS = "own_codings", "One’s own codings, drafts and proposed codes"
    CODINGS = "codings", "Another’s codings: codes, evidence, memo, confidence, flag, skip"
    PROPOSALS = "proposals", "Codes that another proposed"
    DRAFTS = "drafts", "What another typed and did not submit"
    AGREEMENT = "agreement", "Agreement, and the issues behind each figure"
    DISAGREEMENTS = "disagreements", "Disagreements, side by side"
    LABELS = "labels", "Labels; findings, saturation and counts of codes made of them"
    EXPORTS = "exports", "The round in exported data sets"
    BROKEN = "broken", "That a lead broke the blind: who, when and why"


UNBLINDED = frozenset({Viewer.UNBLINDED})
LEADS = UNBLINDED | {Viewer.LEAD}
MEMBERS = LEADS | {Viewer.RATER, Viewer.OBSERVER}
NOBODY = frozenset[Viewer]()

# What is each person's own is seen by whoever has it.
OWN = (Thing.OWN_ASSIGNMENTS, Thing.OWN_CODINGS)

Row = dict[str, frozenset[Viewer]]


def row(
    drafted: frozenset[Viewer],
    running: frozenset[Viewer],
    discussion: frozenset[Viewer],
    resolved: frozenset[Viewer],
) -> Row:
    return {
        Phase.DRAFTED: drafted,
        Phase.INDEPENDENT: running,
        Phase.DISCUSSION: discussion,
        Phase.RESOLVED: resolved,
    }


SEES: dict[str, Row] = {
    Thing.ROUND: row(MEMBERS, MEMBERS, MEMBERS, MEMBERS),
    Thing.PROGRESS: row(MEMBERS, MEMBERS, MEMBERS, MEMBERS),
    Thing.PACE: row(LEADS, LEADS, LEADS, LEADS),
    Thing.OWN_ASSIGNMENTS: row(NOBODY, MEMBERS, MEMBERS, MEMBERS),
    Thing.OWN_CODINGS: row(NOBODY, MEMBERS, MEMBERS, MEMBERS),
    Thing.CODINGS: row(NOBODY, UNBLINDED, MEMBERS, MEMBERS),
    Thing.PROPOSALS: row(NOBODY, UNBLINDED, MEMBERS, MEMBERS),
    Thing.DRAFTS: row(NOBODY, NOBODY, NOBODY, NOBODY),
    Thing.AGREEMENT: row(NOBODY, UNBLINDED, MEMBERS, MEMBERS),
    Thing.DISAGREEMENTS: row(NOBODY, UNBLINDED, LEADS, LEADS),
    Thing.LABELS: row(NOBODY, NOBODY, MEMBERS, MEMBERS),
    Thing.EXPORTS: row(NOBODY, NOBODY, LEADS, LEADS),
    Thing.BROKEN: row(NOBODY, MEMBERS, MEMBERS, MEMBERS),
}


def sees(thing: str, phase: str, viewer: Viewer) -> bool:
    return viewer in SEES[thing][phase]


def phases_of(thing: str, viewer: Viewer) -> list[str]:
    """Those in which the viewer sees it."""
    return [phase for phase in Phase.values if sees(thing, phase, viewer)]


def viewer_of(member: Membership, round: Round | None = None) -> Viewer:
    """As what the member looks at the round; without one, at rounds of which they have not broken the blind. Nobody
    looks as a placeholder."""
    if member.left_at or member.role == Role.PLACEHOLDER or (round and round.study_id != member.study_id):
        return Viewer.STRANGER
    if round and member.role == Role.LEAD and broken_by(member).filter(round=round).exists():
        return Viewer.UNBLINDED
    return Viewer[Role(member.role).name]


def broken_by(member: Membership) -> QuerySet[BrokenBlind]:
    return BrokenBlind.objects.filter(member=member)


def sees_all_codings(round: Round, member: Membership | None = None) -> bool:
    """Whether this member does; without one, whether every member does."""
    everybody = sees(Thing.CODINGS, round.phase, Viewer.OBSERVER)
    return everybody or (member is not None and sees(Thing.CODINGS, round.phase, viewer_of(member, round)))


def check_sees_all_codings(round: Round, member: Membership | None = None) -> None:
    """Raises Refused with the reason and when it ends."""
    if not sees_all_codings(round, member):
        raise Refused(f"{round} is {round.get_phase_display()}, so its codings are hidden until the lead closes it.")


def visible_assignments(member: Membership) -> Q:
    """Condition on Assignment rows: the member's own, once the round was started."""
    return Q(member=member, round_issue__round__phase__in=phases_of(Thing.OWN_ASSIGNMENTS, viewer_of(member)))


def visible_codings(member: Membership) -> Q:
    """Condition on Coding rows: the member's own, and everybody's in rounds that they see; but while they
    code an issue a second time without knowing, nothing of its earlier codings."""
    own = Q(assignment__member=member) & in_phases("assignment__round_issue__round", Thing.OWN_CODINGS, member)
    others = in_phases("assignment__round_issue__round", Thing.CODINGS, member)
    return (own | others) & ~before_again("assignment__round_issue", member)


def visible_proposals(member: Membership) -> Q:
    """Condition on Proposal rows: the member's own, and everybody's in rounds that they see."""
    return Q(member=member) & in_phases("round_issue__round", Thing.OWN_CODINGS, member) | (
        in_phases("round_issue__round", Thing.PROPOSALS, member)
    )


def in_phases(round: str, thing: str, member: Membership) -> Q:
    """Condition on the round at this path: of the member's study, in a phase in which they see the thing."""
    viewer, study = viewer_of(member), {f"{round}__study": member.study_id}
    seen = Q(**{f"{round}__phase__in": phases_of(thing, viewer)})
    if viewer == Viewer.LEAD:
        broken = {f"{round}__in": broken_by(member).values("round")}
        seen |= Q(**{f"{round}__phase__in": phases_of(thing, Viewer.UNBLINDED)}, **broken)
    return seen & Q(**study)


def issues_again_of(member: Membership) -> "QuerySet[Assignment, int]":
    """Ids of the issues that the member codes a second time, hidden, in a running round."""
    hidden = Assignment.objects.filter(member=member, repeats__isnull=False)
    return hidden.filter(round_issue__round__phase=Phase.INDEPENDENT).values_list("round_issue__issue", flat=True)


def before_again(round_issue: str, member: Membership) -> Q:
    """Condition on the round issue at this path: a closed round's, of an issue that the member codes again now."""
    closed = phases_of(Thing.CODINGS, viewer_of(member))
    return Q(**{f"{round_issue}__issue__in": issues_again_of(member), f"{round_issue}__round__phase__in": closed})


def issues_coded_now_by(member: Membership) -> "QuerySet[Assignment, int]":
    """Ids of the issues that the member codes in a running round, submitted or not: a submit can be taken back. What
    closed rounds say of these issues is not told where the member reads about issues."""
    own = Assignment.objects.filter(member=member, round_issue__round__phase=Phase.INDEPENDENT)
    return own.values_list("round_issue__issue", flat=True)


def issues_pooled_for(member: Membership) -> "QuerySet[Round, int]":
    """Ids of the issues of running rounds that the member takes part in and whose issues are dealt as raters come: any
    of them may be theirs next, so they are told as little of them."""
    pools = Round.objects.filter(phase=Phase.INDEPENDENT, design__each=Each.POOL)
    part = pools.filter(raters__member=member, raters__left_at__isnull=True)
    return part.values_list("round_issues__issue", flat=True)
