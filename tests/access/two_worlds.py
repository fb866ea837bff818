"""Two worlds that are the same but for what one rater answered, and answers to requests made comparable.

The second world is the first one with rater_b's answers said otherwise: codes, outcomes, memos, confidence, flags,
proposed codes and drafts. How many codings are in, and when, is the same: that is no secret.
"""

import itertools
import logging
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.models import (
    AppliedCode,
    AppliedProposal,
    Assignment,
    Coding,
    Draft,
    Evidence,
    Gold,
    ImportedIssue,
    Proposal,
    Resolution,
    Round,
)
from annotator.states import ProposalState
from corpus.board import BOARDS
from studies.models import Membership, Role, Study
from tests import factories
from tests.access.world import build

# What rater_b says of the issues of a round by place, in either world: outcome, codes, confidence, flagged. Of what
# there can be more or fewer (coded, skipped, flagged, sure), rater_a has a number between the two worlds: an order by
# any of it turns round. Nobody else codes the last issue: whether it has an answer at all is rater_b's.
SAID = (
    (("coded", ["Output"], "high", False), ("skipped", [], "low", True)),
    (("coded", ["Memory"], "high", False), ("coded", ["Loading", "Memory"], "low", True)),
    (("coded", ["Output", "Memory"], "high", False), ("skipped", [], "", True)),
    (("unclear", [], "", False), ("off_topic", [], "medium", False)),
)
# Rows in which an answer is said, which the two worlds have otherwise.
VARIED = {Coding, AppliedCode, AppliedProposal, Draft, Evidence, Proposal}
# Rows near them that are the same in both, and why.
SAME = {
    Assignment: "who has which issue is told, and not what is said of it",
    Gold: "the lead says it, before anybody codes",
    ImportedIssue: "rounds from files are closed from the beginning",
    Resolution: "there is none before a round is closed, and it is the lead's",
}
# What rater_a says of the first issues of the running round; the last one is left open.
MINE = (
    {"names": ["Output"], "confidence": "high", "flagged": True},
    {"names": ["Loading"], "confidence": "low"},
    {"outcome": "skipped"},
)
MEMOS = ("it lacks memory", "the licence is missing")
QUOTES = ("It", "fails")
NAMES = ("Tokenizer mismatch", "Licence of weights")


def two_worlds(study: Study, members: dict[str, Membership]) -> Any:
    """The world of the permission table with rater_b's answers in every round, a lead who codes in the running one,
    and a lead who broke its blind."""
    world = build(study, members)
    members |= {name: factories.member(study, factories.user(name), Role.LEAD) for name in ("coding_lead", "unblinded")}
    for drawn in world.running.round_issues.all():
        given = Assignment.objects.create(round_issue=drawn, member=members["coding_lead"], position=drawn.position)
        if drawn.position < len(MINE):
            factories.coding(given, ["Loading"])
    factories.broken_blind(world.running, members["unblinded"])
    own = Assignment.objects.filter(round_issue__round=world.running, member=members["rater_a"])
    for given, fields in zip(own.order_by("position"), MINE, strict=False):
        factories.coding(given, memo="mine", **fields)
    world.b = members["rater_b"]
    world.rounds = {round.phase: round for round in (world.drafted, world.running, world.closed, world.resolved)}
    for round in world.rounds.values():
        Round.objects.filter(pk=round.pk).update(allows_proposals=True)
        begin(round, world.b)
    say(world, 0, world.rounds.values())
    return world


def begin(round: Round, member: Membership) -> None:
    """What is the same in both worlds: that the rater coded each issue, typed again, and proposed two codes."""
    for given in Assignment.objects.filter(round_issue__round=round, member=member).order_by("position"):
        if not given.codings.exists():
            factories.coding(given)
        Draft.objects.create(assignment=given, saved_at=factories.NOW, version=1)
    for _ in NAMES:
        factories.proposal(round.round_issues.order_by("position").first(), member, "")


def say(world: Any, which: int, rounds: Any) -> None:
    """Let rater_b have answered as in this world, in these rounds. As many rows as in the other world."""
    for round in rounds:
        first, second = Proposal.objects.filter(round_issue__round=round, member=world.b).order_by("pk")[:2]
        for row, named in ((first, True), (second, False)):
            state = ProposalState.PROPOSED if named or which else ProposalState.WITHDRAWN
            name = NAMES[which] if named else f"{NAMES[which]}, again"
            told = {"name": name, "sentence": MEMOS[which], "quote": NAMES[1 - which], "state": state}
            Proposal.objects.filter(pk=row.pk).update(**told)
        rows = Coding.objects.filter(assignment__round_issue__round=round, assignment__member=world.b)
        for coding in rows.select_related("assignment").order_by("assignment__position"):
            outcome, names, confidence, flagged = SAID[coding.assignment.position][which]
            answer(coding, round, names, [first] if outcome == "coded" and which else [])
            Evidence.objects.filter(coding=coding).delete()
            factories.evidence(coding, QUOTES[which], names[:1])
            said = {"outcome": outcome, "confidence": confidence, "flagged": flagged, "memo": MEMOS[which]}
            Coding.objects.filter(pk=coding.pk).update(**said)
        drafts = Draft.objects.filter(assignment__round_issue__round=round, assignment__member=world.b)
        drafts.update(payload={"outcome": "coded", "codes": [], "memo": MEMOS[which]})
    BOARDS.clear()


def answer(coding: Coding, round: Round, names: list[str], proposals: list[Proposal]) -> None:
    AppliedCode.objects.filter(coding=coding).delete()
    AppliedProposal.objects.filter(coding=coding).delete()
    for code in factories.codes_of(round.version, names):
        AppliedCode.objects.create(coding=coding, code=code)
    for proposal in proposals:
        AppliedProposal.objects.create(coding=coding, proposal=proposal)


class People:
    """Signed-in clients by name. Each request starts with the cookies of the sign-in, and leaves nothing behind."""

    def __init__(self, users: dict[str, Any]) -> None:
        self.cookies = {}
        for name, user in users.items():
            client = Client()
            if user is not None:
                client.force_login(user)
            self.cookies[name] = client.cookies.output(header="").strip()

    def asks(self, who: str, question: Any, world: Any) -> tuple[int, str, bytes]:
        """Status, where it leads, and the content without tokens, as in a world in which nothing was ever sent."""
        row, client = question.row, Client()
        client.cookies = SimpleCookie(self.cookies[who])
        as_json = row.name.startswith("api-") and row.method != "get" and not row.sends_file
        extra = {"content_type": "application/json"} if as_json else {}
        with left_as_it_was():
            address = reverse(row.name, kwargs=question.kwargs(world))
            response = getattr(client, row.method)(address, question.data(world), **extra)
            content = b"".join(response) if response.streaming else response.content
        return response.status_code, response.get("Location", ""), content


@contextmanager
def left_as_it_was() -> Iterator[None]:
    """The same chance for both worlds, and all that was written is undone."""
    chance = random.Random(1)
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(timezone, "now", lambda: factories.NOW)
        patch.setattr(time, "time", factories.NOW.timestamp)
        patch.setattr(os, "urandom", chance.randbytes)
        patch.setattr(random, "_urandom", chance.randbytes)
        patch.setattr(factories, "numbers", itertools.count(10_000))
        yield
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
    if connection.vendor == "postgresql":
        rewind_sequences()


def rewind_sequences() -> None:
    """PostgreSQL counts on where a transaction is undone; ids of new rows must be the same in both worlds."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(apps.get_models())):
            cursor.execute(statement)
