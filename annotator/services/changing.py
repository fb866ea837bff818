"""Changes to a round that was dealt, without touching what is coded: raters come and go, open issues change hands, the
sample grows. Each is a `Change` that can be looked at before it is made; each leaves an event."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.errors import Changed
from annotator.models import Assignment, Draft, Each, Round, RoundIssue, RoundRater
from annotator.services.dealing import Balance, Design, Hands, balance_of, before_of, deal_hands
from annotator.services.extending import Extension, extension_of
from annotator.services.rounds import check_can_rate, write_hands, write_issues
from annotator.services.sampling import order_for
from annotator.services.standing import (
    Standing,
    copy_of,
    handed_over,
    left_to_others,
    standing_of,
    with_rater,
    without_rater,
)
from annotator.states import Phase
from studies.errors import Invalid, Refused
from studies.models import Membership, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

CHANGEABLE = (Phase.DRAFTED, Phase.INDEPENDENT)


@dataclass(frozen=True)
class Asked:
    """What is to change: `act` is add, take_out, hand_over or extend."""

    act: str
    rater: Membership | None = None
    to: Membership | None = None
    capacity: int | None = None
    size: int = 0


@dataclass(frozen=True)
class Change:
    """Hands as they are and as they would be; drafts that would be lost; issues that would be drawn as well."""

    asked: Asked
    verb: str
    standing: Standing
    hands: Hands
    extension: Extension | None = None
    gone: str = ""
    come: list[Membership] = field(default_factory=list)
    shared: bool = False

    @cached_property
    def balance(self) -> Balance:
        return balance_of({alias: keys for alias, keys in self.hands.items() if keys or alias != self.gone})

    @property
    def headline(self) -> str:
        """What it is, as a title."""
        rater, to, size = self.asked.rater, self.asked.to, self.asked.size
        return {
            "add": f"With {rater and rater.alias}",
            "take_out": f"Without {rater and rater.alias}",
            "hand_over": f"From {rater and rater.alias} to {to and to.alias}",
            "extend": f"With {size:,} issue{'s' * (size != 1)} more",
        }[self.asked.act]

    @property
    def rows(self) -> list[tuple[str, int, int, int]]:
        """A row a rater: coded, and open now and then."""
        coded = Counter(alias for alias, _ in self.standing.done)
        before = {alias: len(self.standing.open_to(alias)) for alias in self.hands}
        return [(alias, coded[alias], before[alias], len(keys) - coded[alias]) for alias, keys in self.hands.items()]

    @property
    def lost_drafts(self) -> int:
        return sum(key not in set(self.hands[alias]) for alias, key in self.standing.begun)

    @property
    def left_out(self) -> int:
        """Issues that fewer raters would code than now."""
        now, then = (
            Counter(key for keys in hands.values() for key in keys) for hands in (self.standing.hands, self.hands)
        )
        return sum(then[key] < number for key, number in now.items())

    @cached_property
    def digest(self) -> str:
        """In a pool hands change by the minute and nothing moves from one to another; only who leaves counts."""
        if self.shared:
            gone = self.standing.hands.get(self.gone, [])
            told: list[Any] = [self.verb, gone, self.extension.drawn if self.extension else []]
            return hashlib.sha256(json.dumps(told).encode()).hexdigest()
        told = [self.verb, self.hands, sorted(self.standing.done), self.extension.drawn if self.extension else []]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @property
    def facts(self) -> dict[str, Any]:
        """For the event: open issues by rater, before and after."""
        moved = {alias: [before, after] for alias, _, before, after in self.rows if before != after}
        extended = {"from": self.extension.before, "to": self.extension.sample["size"]} if self.extension else {}
        return {"open": moved, **extended}


def check_can_change(round: Round) -> None:
    if round.phase not in CHANGEABLE:
        raise Refused(f"{round} is closed; who codes what in it does not change any more.")


def can_change(round: Round) -> bool:
    return round.phase in CHANGEABLE


def plan_change(round: Round, asked: Asked) -> Change:
    """Nothing is written. Invalid, by field, when it cannot be done."""
    return ACTS[asked.act](round, asked, standing_of(round), design_of(round))


def design_of(round: Round) -> Design:
    raters = round.raters.values_list("member__alias", "capacity")
    return Design.kept(round.design, {alias: capacity for alias, capacity in raters if capacity is not None})


def adding(round: Round, asked: Asked, standing: Standing, design: Design) -> Change:
    if asked.rater is None:
        raise Invalid({"rater": "Choose who is added."})
    check_can_rate([asked.rater], round.study)
    alias = asked.rater.alias
    if alias in standing.raters:
        raise Invalid({"rater": f"{alias} codes in {round} already."})
    if asked.capacity is not None:
        standing.capacities[alias] = asked.capacity
    if design.each == Each.POOL:
        hands = {alias: [], **standing.hands}
        return Change(asked, f"added {alias} to", standing, hands, come=[asked.rater], shared=True)
    hands = with_rater(standing, alias, design, seed=round.sample["seed"])
    if asked.capacity is not None and len(hands[alias]) > asked.capacity:
        raise Invalid(
            {"capacity": f"{alias} would get {len(hands[alias]):,} issues, which all code, and can take fewer."}
        )
    return Change(asked, f"added {alias} to", standing, hands, come=[asked.rater])


def taking_out(round: Round, asked: Asked, standing: Standing, design: Design) -> Change:
    alias = one_of(standing, asked.rater, "rater")
    if len(standing.raters) == 1:
        raise Invalid({"rater": f"{alias} is the only rater. Add another one first, or close the round."})
    pool = design.each == Each.POOL
    hands = (left_to_others if pool else without_rater)(standing, alias, design, seed=round.sample["seed"])
    return Change(asked, f"took {alias} out of", standing, hands, gone=alias, shared=pool)


def handing_over(round: Round, asked: Asked, standing: Standing, design: Design) -> Change:
    if design.each == Each.POOL:
        raise Invalid({"rater": "In a pool nobody has open issues of their own; they come back by themselves."})
    alias, to = one_of(standing, asked.rater, "rater"), one_of(standing, asked.to, "to")
    if alias == to:
        raise Invalid({"to": "Choose another rater."})
    hands = handed_over(standing, alias, to)
    if hands == standing.hands:
        raise Invalid({"rater": f"{alias} has nothing open that {to} does not have as well."})
    return Change(asked, f"handed over from {alias} to {to} in", standing, hands)


def one_of(standing: Standing, rater: Membership | None, name: str) -> str:
    if rater is None or rater.alias not in standing.raters:
        raise Invalid({name: "Choose a rater of this round."})
    return rater.alias


def extending(round: Round, asked: Asked, standing: Standing, design: Design) -> Change:
    extension = extension_of(round, asked.size)
    hands = copy_of(standing.hands)
    before = before_of({alias: hands[alias] for alias in standing.raters})
    more = deal_hands(extension.drawn, list(standing.raters), design, seed=round.sample["seed"], before=before)
    for alias, keys in more.items():
        hands[alias] += keys
    return Change(asked, "extended", standing, hands, extension, shared=design.each == Each.POOL)


ACTS = {"add": adding, "take_out": taking_out, "hand_over": handing_over, "extend": extending}


@transaction.atomic
def change_round(*, round: Round, asked: Asked, seen: str = "", by: User) -> Change:
    """Make the change. `seen` is the digest of the one that was looked at; another one raises Changed, so that nobody
    loses what was coded in between."""
    check_is_member(by, round.study, Permission.MANAGE_ROUNDS)
    locked = lock(round)
    check_can_change(locked)
    change = plan_change(locked, asked)
    if seen and seen != change.digest:
        raise Changed("Raters have gone on since this was shown. Look again.")
    if change.extension:
        write_extension(locked, change.extension)
    take_away(locked, change)
    for member in change.come:
        RoundRater.objects.update_or_create(
            round=locked, member=member,
            defaults={"left_at": None, "capacity": asked.capacity, "added_at": timezone.now()},
        )  # fmt: skip
    give(locked, change)
    record_event(study=locked.study, by=by, verb=change.verb, target=str(locked).lower(), data=change.facts)
    return change


def lock(round: Round) -> Round:
    """The assignments, then the round: a submit locks in this order, so that neither waits for the other."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(round_issue__round=round).order_by("pk")
    list(rows.values_list("pk"))
    return Round.objects.select_for_update(of=("self",)).select_related("study", "population").get(pk=round.pk)


def write_extension(round: Round, extension: Extension) -> None:
    write_issues(round, extension.drawn, extension.issues, after=extension.before)
    round.sample = extension.sample
    round.save(update_fields=["sample"])


def take_away(round: Round, change: Change) -> None:
    """Only what has no coding: the round is locked, and a submit waits for that lock."""
    lost = {
        alias: {change.standing.issues[key] for key in set(keys) - set(change.hands[alias])}
        for alias, keys in change.standing.hands.items()
    }
    for alias, issues in lost.items():
        rows = Assignment.objects.filter(
            round_issue__round=round, member__alias=alias, round_issue__issue__in=issues, codings__isnull=True
        )
        Draft.objects.filter(assignment__in=rows).delete()
        rows.delete()
    if change.gone:
        left = Assignment.objects.filter(round_issue__round=round, member__alias=change.gone, codings__isnull=True)
        Draft.objects.filter(assignment__in=left, assignment__repeats__isnull=False).delete()
        left.filter(repeats__isnull=False).delete()
        RoundIssue.objects.filter(round=round, assignments__isnull=True, position__gt=round.sample["size"]).delete()
        RoundRater.objects.update_or_create(
            round=round,
            member=change.standing.raters[change.gone],
            defaults={"left_at": timezone.now()},
            create_defaults={"left_at": timezone.now(), "added_at": round.drafted_at},
        )


def give(round: Round, change: Change) -> None:
    had = change.standing.hands
    new = {
        alias: order_for(set(keys) - set(had.get(alias, ())), alias, seed=round.sample["seed"])
        for alias, keys in change.hands.items()
    }
    issues = change.standing.issues | (change.extension.issues if change.extension else {})
    members = [*change.standing.raters.values(), *change.come]
    write_hands(round, new, issues, members)


@transaction.atomic
def pause_round(*, round: Round, reason: str, by: User) -> Round:
    """Raters can neither open it nor submit, and are told why. No phase: nothing is frozen or shown."""
    check_is_member(by, round.study, Permission.MANAGE_ROUNDS)
    locked = Round.objects.select_for_update().get(pk=round.pk)
    if locked.phase != Phase.INDEPENDENT:
        raise Refused(f"Only a running round can be paused; {round} is {locked.get_phase_display()}.")
    if locked.paused_at:
        raise Refused(f"{round} is paused already.")
    if not reason.strip():
        raise Invalid({"reason": "Say why: raters read it."})
    locked.paused_at, locked.pause_reason = timezone.now(), reason.strip()
    locked.save(update_fields=["paused_at", "pause_reason"])
    record_event(study=round.study, by=by, verb="paused", target=str(round).lower(), data={"reason": reason.strip()})
    return locked


@transaction.atomic
def resume_round(*, round: Round, by: User) -> Round:
    check_is_member(by, round.study, Permission.MANAGE_ROUNDS)
    locked = Round.objects.select_for_update().get(pk=round.pk)
    if locked.paused_at is None:
        raise Refused(f"{round} is not paused.")
    locked.paused_at, locked.pause_reason = None, ""
    locked.save(update_fields=["paused_at", "pause_reason"])
    record_event(study=round.study, by=by, verb="resumed", target=str(round).lower())
    return locked
