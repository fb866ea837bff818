"""Codes that raters propose while they code, in rounds that allow it, and what became of them on the board."""

from django.db import models
from django.db.models import Q

from annotator.models.coding import Coding
from annotator.models.round import Round, RoundIssue
from annotator.states import ProposalState
from studies.models import Membership, User


class ProposalGroup(models.Model):
    """Proposals that a lead holds for the same thing, under one name."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="proposal_groups")
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """`became` is the uid of the code that it was accepted as. `steps` counts what was done with it on the board: who
    acts names the number they saw, so that two leads cannot undo each other unknowingly."""

    round_issue = models.ForeignKey(RoundIssue, on_delete=models.PROTECT, related_name="proposals")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="proposals")
    name = models.CharField(max_length=200)
    sentence = models.TextField(blank=True)
    quote = models.TextField(blank=True)
    made_at = models.DateTimeField()
    client_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    group = models.ForeignKey(ProposalGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals")
    became = models.UUIDField(null=True, blank=True, db_index=True)
    reason = models.TextField(blank=True)
    steps = models.PositiveIntegerField(default=0)
    moved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ProposalState.ACCEPTED, became__isnull=False)
                | (Q(became__isnull=True) & ~Q(state=ProposalState.ACCEPTED)),
                name="accepted_proposal_became_a_code",
            ),
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class AppliedProposal(models.Model):
    """A coding that was given with a proposal, beside the codes that it was given with."""

    coding = models.ForeignKey(Coding, on_delete=models.PROTECT, related_name="applied_proposals")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="applications")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coding", "proposal"], name="a_proposal_once_a_coding")]

    def __str__(self) -> str:
        return f"{self.proposal_id} in coding {self.coding_id}"
