"""An issue as it is read, without what may bias: its state, its end, other answers. Rendered on first need.

The coding screen gets the beginning of it: of a long text its first piece, of a long thread its first comments. The
rest comes on demand, and is found by searching the whole of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from annotator.services.pieces import Piece, piece_of
from corpus.models import Comment, Issue, Text
from corpus.queries import comments_of
from corpus.services.renderings import renderings_of
from corpus.services.revisions import sha256
from studies.errors import NotThere

# Characters of HTML: of one text at first and with each further piece; and of a screen before its thread breaks off.
FIRST, FURTHER, SCREEN = 60_000, 300_000, 120_000
COMMENTS = 40


@dataclass(frozen=True)
class Shown:
    """A text as safe HTML, whole or from its beginning; `rest` is where that breaks off, `size` what all of it has."""

    html: SafeString
    rest: int | None = None
    size: int = 0


@dataclass(frozen=True)
class ReadComment:
    comment: Comment
    shown: Shown
    days: int
    number: int


@dataclass(frozen=True)
class Reading:
    """`total` comments there are; those that follow the shown ones come on demand."""

    issue: Issue
    title: str
    shown: Shown
    comments: list[ReadComment]
    total: int

    @property
    def left(self) -> int:
        return self.total - (self.comments[-1].number if self.comments else 0)

    @property
    def title_text(self) -> str:
        return sha256(self.issue.title)


def reading_of(issue: Issue, *, whole: bool = True) -> Reading:
    """The issue's body and comments as safe HTML, each comment with whole days since the issue was opened."""
    found = comments_of(issue)
    comments = list(found) if whole else list(found[: COMMENTS + 1])
    total = len(comments) if whole or len(comments) <= COMMENTS else found.count()
    html = html_of([issue.body, *(comment.text for comment in comments)])
    body = whole_of(html[issue.body_id]) if whole else beginning_of(html[issue.body_id])
    read = read_comments(issue, comments, html, whole=whole, room=SCREEN - len(body.html))
    return Reading(issue, issue.title, body, read, total)


def thread_after(issue: Issue, after: int, upto: int = 0) -> Reading:
    """The comments that follow the first `after` ones, to be shown below them; at least as far as number `upto`."""
    found = comments_of(issue)
    comments = list(found[after : max(after + COMMENTS, upto)])
    html = html_of([comment.text for comment in comments])
    read = read_comments(issue, comments, html, whole=False, room=SCREEN, after=after, upto=upto)
    return Reading(issue, issue.title, Shown(SafeString()), read, found.count())


def read_comments(
    issue: Issue,
    comments: Sequence[Comment],
    html: dict[str, str],
    *,
    whole: bool,
    room: int,
    after: int = 0,
    upto: int = 0,
) -> list[ReadComment]:
    """As many as there is room for, at least one and those up to `upto`."""
    read: list[ReadComment] = []
    for number, row in enumerate(comments, after + 1):
        shown = whole_of(html[row.text_id]) if whole else beginning_of(html[row.text_id])
        room -= len(shown.html)
        if not whole and read and number > upto and (room < 0 or len(read) == COMMENTS):
            break
        days = max((row.created_at - issue.created_at).days, 0)
        read.append(ReadComment(row, shown, days, number))
    return read


def html_of(texts: Sequence[Text]) -> dict[str, str]:
    return {key: row.html for key, row in renderings_of(texts).items()}


def whole_of(html: str) -> Shown:
    return Shown(mark_safe(html))  # noqa: S308 (sanitised by corpus.markdown)


def beginning_of(html: str) -> Shown:
    piece = piece_of(html, 0, FIRST)
    return Shown(mark_safe(piece.html), piece.next, len(html))  # noqa: S308 (as above)


def text_of(issue: Issue, comment_id: int | None) -> Text:
    """The body's text, or that of one of the issue's comments. NotThere for another's."""
    if comment_id is None:
        return issue.body
    comment = comments_of(issue).filter(pk=comment_id).first()
    if comment is None:
        raise NotThere("This issue has no such comment.")
    return comment.text


def rest_of(issue: Issue, comment_id: int | None, begin: int) -> Piece:
    """The piece of a long text that begins here."""
    text = text_of(issue, comment_id)
    html = html_of([text])[text.pk]
    return piece_of(html, min(begin, len(html)), FURTHER)
