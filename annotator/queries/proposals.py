"""Proposed codes: a rater's own while they code, and everybody's once they may be seen."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import AppliedProposal, Proposal, Round
from annotator.states import ProposalState
from studies.errors import NotThere
from studies.models import Membership, Study
from taxonomy.origins import Origin


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
class Used:
    """A proposal in a coding: its name, and the uid of the code that it became, if it did."""

    name: str
    became: str


def used_in(codings: Mapping[str, Any]) -> dict[int, tuple[Used, ...]]:
    """By coding, for the codings of these conditions. One query. Ask for codings that may be seen only."""
    found: dict[int, tuple[Used, ...]] = {}
    rows = AppliedProposal.objects.filter(**{f"coding__{path}": value for path, value in codings.items()})
    for coding, name, became in rows.order_by("pk").values_list("coding", "proposal__name", "proposal__became"):
        found[coding] = (*found.get(coding, ()), Used(name, str(became or "")))
    return found


def origins(study: Study, uid: uuid.UUID) -> list[Origin]:
    """The proposals that became this code. Only those of closed rounds can, so nothing blind is told."""
    rows = (
        Proposal.objects.filter(round_issue__round__study=study, became=uid)
        .select_related("member", "round_issue__round", "round_issue__issue__repository")
        .order_by("pk")
    )
    return [
        Origin(
            name=row.name,
            alias=row.member.alias,
            round=row.round_issue.round.number,
            issue=str(row.round_issue.issue),
            issue_id=row.round_issue.issue_id,
        )
        for row in rows
    ]
