"""What is coded: repositories, issues, comments, their texts and earlier texts, the imports that brought them,
and the frames that choose among them."""

from corpus.models.duplicates import LikelyDuplicate
from corpus.models.formats import ColumnMapping, ImportTally
from corpus.models.frames import Draw, Frame, FrameIssue
from corpus.models.imports import ImportProblem, ImportRun, ListingPage, Source
from corpus.models.issues import Comment, Issue, IssueState, Part, Repository, Revision
from corpus.models.search import CorpusVersion, IssueFacts, IssueLabel
from corpus.models.texts import Rendering, Text

__all__ = [
    "ColumnMapping",
    "Comment",
    "CorpusVersion",
    "Draw",
    "Frame",
    "FrameIssue",
    "ImportProblem",
    "ImportRun",
    "ImportTally",
    "Issue",
    "IssueFacts",
    "IssueLabel",
    "IssueState",
    "LikelyDuplicate",
    "ListingPage",
    "Part",
    "Rendering",
    "Repository",
    "Revision",
    "Source",
    "Text",
]
