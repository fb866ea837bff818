"""Leads who looked at the codings of a round while it ran."""

from django.db import models

from annotator.models.round import Round
from studies.models import Membership


class BrokenBlind(models.Model):
    """That a lead broke the blind, why, and how many codings of how many assignments were in then. It stands for ever:
    what was seen cannot be unseen. What the same person codes in the round from then on is marked by it."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="broken_blinds")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    codings = models.PositiveIntegerField()
    given = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "member"], name="the_blind_is_broken_once_a_member")]

    def __str__(self) -> str:
        return f"blind of {self.round} broken by member {self.member_id}"
