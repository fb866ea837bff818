"""What is coded: repositories, issues, comments, their texts and earlier texts, and the imports that brought them."""

from corpus.models.formats import ColumnMapping, ImportTally
from corpus.models.imports import ImportProblem, ImportRun, ListingPage, Source
from corpus.models.issues import Comment, Issue, IssueState, Part, Repository, Revision
from corpus.models.texts import Rendering, Text

__all__ = [
    "ColumnMapping",
    "Comment",
    "ImportProblem",
    "ImportRun",
    "ImportTally",
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
