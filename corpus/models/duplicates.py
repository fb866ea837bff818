"""Issues whose text is the same as an earlier one's, or nearly so: found by a job, shown to leads, never removed."""

from django.db import models

from corpus.models.issues import Issue


class LikelyDuplicate(models.Model):
    """The issue says what an earlier one says. `similarity` is the Jaccard index of their runs of three words."""

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, primary_key=True, related_name="likely_duplicate")
    of = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="likely_duplicates")
    similarity = models.FloatField()
    found_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"issue {self.issue_id} like issue {self.of_id}"

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is said of the same text only."""
        return int(self.similarity * 100)
