"""Frames: named filters that say which issues may be sampled, what was drawn from them, and the lists behind it."""

from django.db import models
from django.db.models.functions import Lower

from corpus.models.issues import Issue
from studies.models import Study, User


class Frame(models.Model):
    """A step of choosing: the issues of the frame before it (or the corpus) that fit its filter, as counted last.

    `left_out` tells, of a step that chooses by screening, how many of the issues that it leaves out were screened as
    what. Once a round has drawn from it, it is frozen: its issues are the list in `FrameIssue`, whatever the corpus
    does.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="frames")
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    filter = models.JSONField(default=dict)
    criteria = models.TextField()
    counted = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    left_out = models.JSONField(default=dict)
    of_issues = models.PositiveIntegerField()
    of_repositories = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("study", Lower("name"), name="one_frame_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class FrameIssue(models.Model):
    """An issue of a frozen frame."""

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="frozen_issues")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="in_frames")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["frame", "issue"], name="an_issue_once_a_frame")]

    def __str__(self) -> str:
        return f"issue {self.issue_id} in frame {self.frame_id}"


class Draw(models.Model):
    """A sample that was drawn from a frame: by what, how many, and when."""

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="draws")
    name = models.CharField(max_length=100)
    issues = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["frame", "name"], name="one_draw_a_name")]

    def __str__(self) -> str:
        return f"{self.name}: {self.issues} from {self.frame}"
