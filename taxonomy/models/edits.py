"""What was done to a draft, one thing a row, so that it can be taken back."""

from django.db import models

from studies.models import User
from taxonomy.models.codes import Version


class Edit(models.Model):
    """One thing that a person did to a draft.

    `steps` hold, by code, what was said before and after: the fields that differ, `parent` as uid and `place` among
    its siblings where it moved; None where there was no such code. The step of no code is the version's settings.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="edits")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sentence = models.CharField(max_length=500)
    steps = models.JSONField()
    undone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.sentence
