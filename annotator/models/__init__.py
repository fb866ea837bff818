"""Who said what about which issue."""

from annotator.models.blind import BrokenBlind
from annotator.models.coding import AppliedCode, Coding, Draft
from annotator.models.drawing import Allocation, Each, Method, RoundRater, StratifiedBy
from annotator.models.evidence import Evidence
from annotator.models.gold import Gold
from annotator.models.imported import CodingColumns, CodingImport, CodingImportProblem, ImportedIssue
from annotator.models.keys import OwnKeys
from annotator.models.proposal import AppliedProposal, Proposal, ProposalGroup
from annotator.models.resolution import Resolution, ResolvedCode
from annotator.models.round import Assignment, Population, Round, RoundIssue

__all__ = [
    "Allocation",
    "AppliedCode",
    "AppliedProposal",
    "Assignment",
    "BrokenBlind",
    "Coding",
    "CodingColumns",
    "CodingImport",
    "CodingImportProblem",
    "Draft",
    "Each",
    "Evidence",
    "Gold",
    "ImportedIssue",
    "Method",
    "OwnKeys",
    "Population",
    "Proposal",
    "ProposalGroup",
    "Resolution",
    "ResolvedCode",
    "Round",
    "RoundIssue",
    "RoundRater",
    "StratifiedBy",
]
