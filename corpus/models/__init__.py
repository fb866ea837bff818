"""What is coded: repositories, issues, comments, their texts and earlier texts, the imports that brought them,
and the frames that choose among them."""

from corpus.models.duplicates import LikelyDuplicate
from corpus.models.events import EventKind, IssueEvent
from corpus.models.formats import ColumnMapping, ImportTally
from corpus.models.frames import Draw, Frame, FrameIssue
from corpus.models.imports import EventsRead, ImportProblem, ImportRun, ListingPage, Source
from corpus.models.issues import Comment, Gone, Issue, IssueState, Part, Repository, Revision
from corpus.models.search import CorpusVersion, IssueFacts, IssueLabel
from corpus.models.texts import Rendering, Text
from corpus.models.tokens import GitHubToken

__all__ = [
    "ColumnMapping",
    "Comment",
    "CorpusVersion",
    "Draw",
    "EventKind",
    "EventsRead",
    "Frame",
    "FrameIssue",
    "GitHubToken",
    "Gone",
    "ImportProblem",
    "ImportRun",
    "ImportTally",
    "Issue",
    "IssueEvent",
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
