"""Who said what about which issue."""

from annotator.models.coding import AppliedCode, Coding, Draft
from annotator.models.proposal import AppliedProposal, Proposal, ProposalGroup
from annotator.models.resolution import Resolution, ResolvedCode
from annotator.models.round import Assignment, Round, RoundIssue

__all__ = [
    "AppliedCode",
    "AppliedProposal",
    "Assignment",
    "Coding",
    "Draft",
    "Proposal",
    "ProposalGroup",
    "Resolution",
    "ResolvedCode",
    "Round",
    "RoundIssue",
]
