"""A person's own keys of the coding screen."""

from django.db import models

from studies.models import User


class OwnKeys(models.Model):
    """`chosen` are keys by the key that each stands for; `off` turns all single keys off. No row: as they come."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="own_keys")
    chosen = models.JSONField(default=dict)
    off = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "own keys"

    def __str__(self) -> str:
        return f"keys of person {self.user_id}"
