"""Repositories, issues, comments, and their earlier texts."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from corpus.models.texts import Text
from studies.models import Study


class Gone(models.TextChoices):
    """Why GitHub no longer shows what it showed before. What was read of it stays."""

    MOVED = "moved", "moved to another repository"
    DELETED = "deleted", "deleted on GitHub"
    HIDDEN = "hidden", "private or deleted on GitHub"
    BLOCKED = "blocked", "blocked on GitHub for legal reasons"
    OFF = "off", "issues are switched off on GitHub"


def gone_with_its_time(name: str) -> models.CheckConstraint:
    """Why and since when are both told, or neither."""
    return models.CheckConstraint(
        condition=Q(gone="", gone_since__isnull=True) | Q(gone__in=Gone.values, gone_since__isnull=False), name=name
    )


class Repository(models.Model):
    """A repository as GitHub last named it; `former_names` has the full names it had before, the oldest first."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="repositories")
    owner = models.CharField(max_length=100)
    name = models.CharField(max_length=150)
    github_id = models.BigIntegerField(null=True, blank=True)
    former_names = models.JSONField(default=list, blank=True)
    gone = models.CharField(max_length=10, choices=Gone, blank=True)
    gone_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "repositories"
        constraints = [
            models.UniqueConstraint("study", Lower("owner"), Lower("name"), name="one_repository_a_name"),
            models.UniqueConstraint(
                fields=["study", "github_id"], condition=Q(github_id__isnull=False), name="one_repository_a_github_id"
            ),
            gone_with_its_time("repository_gone_with_its_time"),
        ]

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


class IssueState(models.TextChoices):
    """Not known: coded elsewhere and never read; its time of creation is the moment it was first told of."""

    OPEN = "open", "open"
    CLOSED = "closed", "closed"
    UNKNOWN = "unknown", "not known"


class Issue(models.Model):
    """One issue as last seen. Times are kept as received, also where they contradict each other.

    A moved issue stays under its old number with `moved_to_url`, and `moved_to` where the study has the new one.
    """

    repository = models.ForeignKey(Repository, on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveIntegerField()
    github_id = models.BigIntegerField(null=True, blank=True)
    title = models.TextField()
    body = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    author = models.CharField(max_length=100, blank=True)
    author_association = models.CharField(max_length=30, blank=True)
    author_is_bot = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=IssueState)
    state_reason = models.CharField(max_length=30, blank=True)
    labels = models.JSONField(default=list)
    milestone = models.TextField(blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=100, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    url = models.TextField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone = models.CharField(max_length=10, choices=Gone, blank=True)
    gone_since = models.DateTimeField(null=True, blank=True)
    moved_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="moved_from")
    moved_to_url = models.TextField(blank=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="marked_duplicates"
    )
    brought_by = models.ForeignKey(
        "corpus.ImportRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="brought_issues"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "number"], name="one_issue_a_number"),
            models.CheckConstraint(condition=Q(state__in=IssueState.values), name="issue_state_is_known"),
            gone_with_its_time("issue_gone_with_its_time"),
        ]
        indexes = [
            models.Index(fields=["repository", "-created_at"], name="issue_by_age"),
            models.Index(fields=["moved_to_url"], condition=~Q(moved_to_url=""), name="issue_that_moved"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """`owner/name#number`; costs a query unless the repository was loaded with the issue."""
        return f"{self.repository}#{self.number}"


class Comment(models.Model):
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="comments")
    github_id = models.BigIntegerField()
    author = models.CharField(max_length=100, blank=True)
    author_association = models.CharField(max_length=30, blank=True)
    author_is_bot = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(
        "corpus.ImportRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="brought_comments"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "github_id"], name="one_comment_a_github_id")]
        indexes = [models.Index(fields=["issue", "created_at", "github_id"], name="comment_in_order")]

    def __str__(self) -> str:
        return f"comment {self.github_id}"


class Part(models.TextChoices):
    TITLE = "title", "title"
    BODY = "body", "body"
    COMMENT = "comment", "comment"


class Revision(models.Model):
    """An earlier text of an issue or comment, kept when a later import brought another one."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="revisions")
    comment = models.ForeignKey(Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="revisions")
    part = models.CharField(max_length=10, choices=Part)
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(part=Part.COMMENT, comment__isnull=False)
                | (~Q(part=Part.COMMENT) & Q(comment__isnull=True)),
                name="revision_part_fits_comment",
            )
        ]

    def __str__(self) -> str:
        return f"earlier {self.part} of issue {self.issue_id}"
