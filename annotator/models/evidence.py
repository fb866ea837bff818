"""Evidence: passages of an issue that a rater marked, and the codes that each of them supports."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from annotator.models.coding import Coding
from annotator.models.proposal import Proposal
from corpus.models import Comment, Part, Text
from taxonomy.models import Code


class Evidence(models.Model):
    """One passage, as marked: written with its coding and never changed. Without a code it is about the issue.

    `text` is the revision that the rater saw. Offsets count the code points of its plain text, for title and comments
    alike; `renderer` says whose rendering that is, and is empty for a title, which is its own plain text. `raw_start`
    and `raw_end` are the place in the Markdown as received, where the same words stand there.
    """

    coding = models.ForeignKey(Coding, on_delete=models.PROTECT, related_name="evidence")
    part = models.CharField(max_length=10, choices=Part)
    comment = models.ForeignKey(Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    renderer = models.CharField(max_length=20, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    exact = models.TextField()
    prefix = models.TextField(blank=True)
    suffix = models.TextField(blank=True)
    raw_start = models.PositiveIntegerField(null=True, blank=True)
    raw_end = models.PositiveIntegerField(null=True, blank=True)
    codes = models.ManyToManyField(Code, related_name="+")
    proposals = models.ManyToManyField(Proposal, related_name="+")

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(part=Part.COMMENT, comment__isnull=False)
                | Q(part__in=[Part.TITLE, Part.BODY], comment__isnull=True),
                name="evidence_part_fits_comment",
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="evidence_is_a_passage"),
            models.CheckConstraint(
                condition=Q(end=F("start") + Length("exact")), name="evidence_offsets_are_those_of_its_quote"
            ),
            models.CheckConstraint(
                condition=Q(raw_start__isnull=True, raw_end__isnull=True)
                | Q(raw_start__isnull=False, raw_end__isnull=False, raw_end__gt=F("raw_start")),
                name="evidence_has_both_raw_offsets_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.start}–{self.end} in coding {self.coding_id}"
