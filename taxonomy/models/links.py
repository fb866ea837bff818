"""Links by which anyone may read a published version."""

from django.db import models
from django.db.models import Q

from studies.models import User
from taxonomy.models.codes import Version


class PublicLink(models.Model):
    """On until it has an end; who holds the key may read. The key stays, so that the lead can copy the link again."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="public_links")
    key = models.CharField(max_length=43, unique=True)
    with_counts = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(ended_at__isnull=True), name="one_open_link_a_version"
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk} to {self.version}"
