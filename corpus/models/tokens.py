"""GitHub tokens that a study keeps, encrypted."""

from django.db import models
from django.db.models.functions import Lower

from studies.models import Study, User


class GitHubToken(models.Model):
    """A token that a lead has given to the study: named by the lead, encrypted, never shown again.

    The quota is as GitHub told it with its last answer to this token.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="github_tokens")
    name = models.CharField(max_length=100)
    sealed = models.TextField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    allowed = models.PositiveIntegerField(null=True, blank=True)
    left = models.PositiveIntegerField(null=True, blank=True)
    returns_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("study", Lower("name"), name="one_token_a_name")]

    def __str__(self) -> str:
        return self.name
