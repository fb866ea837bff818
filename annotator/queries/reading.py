"""An issue as it is read: what a rater may see of it, without what may bias (its state, its end, other answers)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from corpus.models import Comment, Issue, Text


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
    comments = issue.comments.select_related("text").order_by("created_at", "github_id")
    return Reading(
        issue,
        html_of(issue.body),
        [ReadComment(row, html_of(row.text), days_between(issue.created_at, row.created_at)) for row in comments],
    )


def days_between(start: datetime, end: datetime) -> int:
    return max((end - start).days, 0)


def html_of(text: Text) -> SafeString:
    return mark_safe(linebreaks(text.markdown, autoescape=True))  # noqa: S308 (escaped by linebreaks)
