"""Sorting the proposals of a closed round: put together, name, accept as a code of the draft, decline, take back.

Who acts names what they saw of a card. When another lead was faster nothing is written, and the person is told.
The codings that were given with a proposal are never touched.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.models import Proposal, ProposalGroup, Round
from annotator.queries.board import Card, get_card
from annotator.states import ProposalState
from annotator.visibility import check_sees_all_codings
from studies.errors import Conflict, Invalid, NotThere
from studies.models import User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.models import Code, Version
from taxonomy.services.cleaning import clean_name, clean_text
from taxonomy.services.editing import add_code, edit_code


def check_can_sort(user: User, round: Round) -> None:
    """Raises Refused for who may not edit the taxonomy, and while the round is not closed."""
    check_is_member(user, round.study, Permission.EDIT_TAXONOMY)
    check_sees_all_codings(round)


@transaction.atomic
def put_together(*, round: Round, card: str, seen: str, onto: str, onto_seen: str, by: User) -> Card:
    """All of a card into another one, which is a group from then on, under its own name."""
    moved, target = held(round, card, seen, by), held(round, onto, onto_seen, by)
    check_is_open(moved)
    check_is_open(target)
    if moved.key == target.key:
        raise Invalid("A card cannot be put with itself.")
    group = target.group
    if group is None:
        group = ProposalGroup(round=round, name=target.name)
        group.save()
    names = [row.name for row in moved.proposals]
    step([*moved.proposals, *target.proposals], by, group=group)
    tell(round, "put together", f"“{moved.name}” with “{target.name}”", by, {"moved": names, "group": group.pk})
    return get_card(round, f"g{group.pk}")


@transaction.atomic
def take_out(*, round: Round, card: str, seen: str, proposal: int, by: User) -> Card:
    """One proposal out of its group, to stand alone again."""
    group = held(round, card, seen, by)
    check_is_open(group)
    row = next((row for row in group.proposals if row.pk == proposal), None)
    if row is None or group.group is None:
        raise Invalid("This proposal is not in the group.")
    step(group.proposals, by)
    step([row], by, group=None)
    tell(round, "took out", f"“{row.name}” of “{group.name}”", by, {"proposal": row.pk})
    return get_card(round, f"p{row.pk}")


@transaction.atomic
def name_group(*, round: Round, card: str, seen: str, name: str, by: User) -> Card:
    found = held(round, card, seen, by)
    if found.group is None:
        raise Invalid({"name": "Only a group is named; a proposal keeps the name that its author gave it."})
    before, found.group.name = found.name, clean_name(name, "A group")
    found.group.save(update_fields=["name"])
    step(found.proposals, by)
    tell(round, "named", f"the group “{found.group.name}”", by, {"before": before})
    return get_card(round, card)


@transaction.atomic
def accept_as_new(
    *, round: Round, card: str, seen: str, draft: Version, parent: Code | None, by: User, **said: Any
) -> Code:
    """A new code of the draft. `said`: its name, definition and examples."""
    found = held(round, card, seen, by)
    check_is_open(found)
    check_is_ours(round, draft)
    code = add_code(version=draft, parent=parent, by=by, **said)
    accept(round, found, code, by)
    return code


@transaction.atomic
def accept_into(*, round: Round, card: str, seen: str, code: Code, by: User) -> Code:
    """What was proposed is a code of the draft already; its quotes become examples of that code."""
    found = held(round, card, seen, by)
    check_is_open(found)
    check_is_ours(round, code.version)
    lines = [*code.examples.splitlines(), *found.examples.splitlines()]
    code = edit_code(code=code, examples="\n".join(dict.fromkeys(lines)), by=by)
    accept(round, found, code, by)
    return code


@transaction.atomic
def decline(*, round: Round, card: str, seen: str, reason: str, by: User) -> None:
    """With a reason that its authors can read."""
    found = held(round, card, seen, by)
    check_is_open(found)
    reason = clean_text("reason", reason)
    if not reason:
        raise Invalid({"reason": "Say why: those who proposed it read it here."})
    step(found.proposals, by, state=ProposalState.DECLINED, reason=reason)
    tell(round, "declined", f"“{found.name}”", by, {"reason": reason})


@transaction.atomic
def take_back(*, round: Round, card: str, seen: str, by: User) -> None:
    """Undoes accepting or declining. A code that was made stays in the draft; who does not want it removes it there."""
    found = held(round, card, seen, by)
    if found.is_open:
        raise Invalid(f"Nothing was decided on “{found.name}” yet.")
    data = {"state": found.first.state, "became": str(found.first.became or "")}
    step(found.proposals, by, state=ProposalState.PROPOSED, became=None, reason="")
    tell(round, "took back", f"the decision on “{found.name}”", by, data)


def held(round: Round, key: str, seen: str, by: User) -> Card:
    """The card, held until the transaction ends. Conflict when it is not as the person saw it."""
    check_can_sort(by, round)
    Round.objects.select_for_update().only("pk").get(pk=round.pk)
    try:
        card = get_card(round, key)
    except NotThere as error:
        raise Conflict("This card is not there any more: someone put it with another. Nothing was changed.") from error
    if card.seen != seen:
        moves = [(row.moved_at, str(row.moved_by)) for row in card.proposals if row.moved_at]
        who = "{1} at {0:%H:%M} UTC".format(*max(moves)) if moves else "someone"
        raise Conflict(f"“{card.name}” was changed by {who}, after you opened it. Nothing was changed; look again.")
    return card


def check_is_open(card: Card) -> None:
    if not card.is_open:
        raise Invalid(f"“{card.name}” is {card.first.get_state_display()} already. Take that back first.")


def check_is_ours(round: Round, draft: Version) -> None:
    if draft.taxonomy_id != round.version.taxonomy_id:
        raise Invalid({"code": f"{round} was coded with {round.version.taxonomy}: choose a code of its draft."})


def accept(round: Round, card: Card, code: Code, by: User) -> None:
    step(card.proposals, by, state=ProposalState.ACCEPTED, became=code.uid)
    whose = [f"{row.name} ({row.member.alias}, {row.round_issue.issue})" for row in card.proposals]
    tell(round, "accepted", f"“{card.name}” as “{code}”", by, {"code": str(code.uid), "proposals": whose})


def step(rows: Iterable[Proposal], by: User, **changes: Any) -> None:
    """Writes the changes and counts the step, which tells everybody who looked before."""
    for row in rows:
        for field, value in {**changes, "steps": row.steps + 1, "moved_by": by, "moved_at": timezone.now()}.items():
            setattr(row, field, value)
        row.save()


def tell(round: Round, verb: str, what: str, by: User, data: dict[str, Any]) -> None:
    record_event(study=round.study, by=by, verb=verb, target=f"{what} on the board of {str(round).lower()}", data=data)
