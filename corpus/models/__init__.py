"""What is coded: repositories, issues, comments, their texts and earlier texts, and the imports that brought them."""

from corpus.models.imports import ImportProblem, ImportRun, ListingPage, Source
from corpus.models.issues import Comment, Issue, IssueState, Part, Repository, Revision
from corpus.models.texts import Rendering, Text

__all__ = [
    "Comment",
    "ImportProblem",
    "ImportRun",
    "Issue",
    "IssueState",
    "ListingPage",
    "Part",
    "Rendering",
    "Repository",
    "Revision",
    "Source",
    "Text",
]
