"""Who said what about which issue."""

from annotator.models.coding import AppliedCode, Coding, Draft
from annotator.models.resolution import Resolution, ResolvedCode
from annotator.models.round import Assignment, Round, RoundIssue

__all__ = ["AppliedCode", "Assignment", "Coding", "Draft", "Resolution", "ResolvedCode", "Round", "RoundIssue"]
