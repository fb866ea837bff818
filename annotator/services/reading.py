"""An issue as it is read, without what may bias: its state, its end, other answers. Rendered on first need."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from corpus.models import Comment, Issue
from corpus.queries import comments_of
from corpus.services.renderings import renderings_of


@dataclass(frozen=True)
class ReadComment:
    comment: Comment
    html: SafeString
    days: int


@dataclass(frozen=True)
class Reading:
    issue: Issue
    html: SafeString
    comments: list[ReadComment]


def reading_of(issue: Issue) -> Reading:
    """The issue's body and comments as safe HTML, each comment with whole days since the issue was opened."""
    comments = list(comments_of(issue))
    found = renderings_of([issue.body, *(comment.text for comment in comments)])
    safe = {key: mark_safe(row.html) for key, row in found.items()}  # noqa: S308 (sanitised by corpus.markdown)
    return Reading(
        issue,
        safe[issue.body_id],
        [ReadComment(row, safe[row.text_id], max((row.created_at - issue.created_at).days, 0)) for row in comments],
    )
