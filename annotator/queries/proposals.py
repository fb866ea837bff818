"""Proposed codes: a rater's own while they code, and everybody's once they may be seen."""

import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import AppliedProposal, Proposal, Round
from annotator.states import ProposalState
from studies.errors import NotThere
from studies.models import Membership, Study


def is_used() -> Exists:
    return Exists(AppliedProposal.objects.filter(proposal=OuterRef("pk")))


def own_proposals(round: Round, member: Membership) -> QuerySet[Proposal]:
    """What the member can tick in this round, the oldest first, each with `used`: whether a coding of theirs, of any
    revision, was given with it."""
    return (
        Proposal.objects.filter(round_issue__round=round, member=member)
        .exclude(state=ProposalState.WITHDRAWN)
        .annotate(used=is_used())
        .order_by("pk")
    )


def get_own_proposal(round: Round, member: Membership, pk: int) -> Proposal:
    """NotThere for anybody else's: that it exists is not told."""
    found = own_proposals(round, member).filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such proposal of yours in this round.")
    return found


@dataclass(frozen=True)
class Origin:
    """A proposal that became a code: whose, from which issue of which round."""

    proposal: Proposal

    @property
    def issue_id(self) -> int:
        return self.proposal.round_issue.issue_id

    @property
    def key(self) -> str:
        return str(self.proposal.round_issue.issue)

    @property
    def alias(self) -> str:
        return self.proposal.member.alias

    @property
    def round_number(self) -> int:
        return self.proposal.round_issue.round.number


def origins_of(study: Study, uid: uuid.UUID) -> list[Origin]:
    """Only proposals of closed rounds can have become codes, so nothing blind is told."""
    rows = (
        Proposal.objects.filter(round_issue__round__study=study, became=uid)
        .select_related("member", "round_issue__round", "round_issue__issue__repository")
        .order_by("pk")
    )
    return [Origin(row) for row in rows]
