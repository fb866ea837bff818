"""Proposing a code while coding: usable at once by its author, unseen by everybody else until the round is closed.

Members read events while the round runs, so nothing here is told by one: the rows say who proposed what and when, and
the event of closing says how many there are.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from annotator.errors import Alike
from annotator.models import AppliedProposal, Assignment, Proposal, Round
from annotator.queries.proposals import own_proposals
from annotator.queries.similarity import alike
from annotator.services.coding import check_can_submit, check_is_own, locked, without_nul
from annotator.services.running import check_is_running
from annotator.states import ProposalState
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Membership, User
from studies.permissions import Permission, check_may

LONGEST_NAME = 200
LONGEST_TEXT = 5000


def check_allows_proposals(round: Round) -> None:
    """Raises Refused in a round whose codes are settled."""
    if not round.allows_proposals:
        raise Refused(f"{round} takes no proposals: it is coded with the codes of {round.version}.")


@transaction.atomic
def propose(
    *,
    assignment: Assignment,
    name: str,
    sentence: str = "",
    quote: str = "",
    client_id: uuid.UUID,
    anyway: bool = False,
    by: User,
) -> Proposal:
    """A code of the rater's own, for the rest of this round. The same `client_id` again gives what it made before.

    Invalid for a name that is there already. Alike, with the names, for one that is nearly there, unless `anyway`.
    """
    row = locked(assignment)
    check_is_own(by, row)
    if made := made_before(row, client_id):
        return made
    check_can_submit(by, row)
    check_allows_proposals(row.round_issue.round)
    texts = cleaned(name=name, sentence=sentence, quote=quote)
    check_name(row.round_issue.round, row.member, texts["name"], anyway=anyway)
    made = Proposal(
        round_issue=row.round_issue, member=row.member, made_at=timezone.now(), client_id=client_id, **texts
    )
    made.save()
    return made


def made_before(assignment: Assignment, client_id: uuid.UUID) -> Proposal | None:
    made = Proposal.objects.filter(client_id=client_id).first()
    if made and (made.round_issue_id, made.member_id) != (assignment.round_issue_id, assignment.member_id):
        raise Conflict("This proposal was sent before, for another issue. Nothing was changed.")
    return made


def check_name(round: Round, member: Membership, name: str, *, anyway: bool, but: Proposal | None = None) -> None:
    codes = list(round.version.codes.values_list("name", flat=True))
    own = [row.name for row in own_proposals(round, member) if row != but]
    same = {other.casefold(): other for other in [*codes, *own]}.get(name.casefold())
    if same:
        raise Invalid({"name": f"There is “{same}” already. Tick it instead, or give the new code another name."})
    near = alike(name, [*codes, *own])
    if near and not anyway:
        raise Alike(name, near)


@transaction.atomic
def edit_proposal(*, proposal: Proposal, name: str, sentence: str = "", by: User, anyway: bool = False) -> Proposal:
    """Other words for one's own proposal, as long as no coding was given with it."""
    row = lock_own_unused(proposal, by)
    texts = cleaned(name=name, sentence=sentence)
    check_name(row.round_issue.round, row.member, texts["name"], anyway=anyway, but=row)
    row.name, row.sentence = texts["name"], texts["sentence"]
    row.save(update_fields=["name", "sentence"])
    return row


@transaction.atomic
def withdraw_proposal(*, proposal: Proposal, by: User) -> Proposal:
    """Takes one's own proposal back, as long as no coding was given with it. The row stays."""
    row = lock_own_unused(proposal, by)
    row.state = ProposalState.WITHDRAWN
    row.save(update_fields=["state"])
    return row


def lock_own_unused(proposal: Proposal, by: User) -> Proposal:
    """The author's assignment is locked as a submit locks it, so that the two wait for each other."""
    row = Proposal.objects.select_related("member__study", "round_issue__round__version").get(pk=proposal.pk)
    if row.member.user_id != by.pk or row.member.left_at is not None:
        raise NotThere("There is no such proposal of yours in this round.")
    check_may(row.member, Permission.CODE_ISSUES)
    round = Round.objects.select_for_update().get(pk=row.round_issue.round_id)
    check_is_running(round)
    row.refresh_from_db(fields=["state", "name", "sentence"])
    if row.state != ProposalState.PROPOSED:
        raise Conflict(f"“{row}” was withdrawn in another tab. Nothing was changed.")
    if AppliedProposal.objects.filter(proposal=row).exists():
        raise Conflict(f"“{row}” stands in a coding of yours, so it stays as it is. The board can rename it.")
    return row


def cleaned(**texts: str) -> dict[str, str]:
    kept = {field: without_nul(text).replace("\r\n", "\n").strip() for field, text in texts.items()}
    kept["name"] = " ".join(kept["name"].split())
    if not kept["name"]:
        raise Invalid({"name": "A code needs a name."})
    if len(kept["name"]) > LONGEST_NAME:
        raise Invalid({"name": f"A name has at most {LONGEST_NAME} characters; this one has {len(kept['name'])}."})
    for field, text in kept.items():
        if len(text) > LONGEST_TEXT:
            raise Invalid({field: f"This takes at most {LONGEST_TEXT:,} characters; it has {len(text):,}."})
    return kept
