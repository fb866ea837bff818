"""Who has which issue of a round, and how hands change while raters work: pure rules over what is open and done.

What is coded stays where it is. What somebody has begun moves only when that rater leaves or hands it over.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from annotator.models import Assignment, Coding, Draft, Each, Round, RoundRater
from annotator.services.dealing import Design, Hands
from annotator.services.sampling import ranked
from studies.models import Membership


@dataclass(frozen=True)
class Standing:
    """Keys by alias, in each rater's order; pairs of alias and key that are coded, and that have a draft; ids of the
    issues by key; the raters who take part now."""

    hands: Hands
    done: frozenset[tuple[str, str]]
    begun: frozenset[tuple[str, str]]
    issues: dict[str, int]
    raters: dict[str, Membership]
    capacities: dict[str, int]

    def open_to(self, alias: str) -> list[str]:
        return [key for key in self.hands.get(alias, ()) if (alias, key) not in self.done]


def standing_of(round: Round) -> Standing:
    """Two queries. What comes again, hidden, is the rater's own and changes hands with nobody."""
    rows = (
        Assignment.objects.filter(round_issue__round=round, repeats__isnull=True)
        .select_related("member", "round_issue__issue__repository")
        .annotate(
            coded=Exists(Coding.objects.filter(assignment=OuterRef("pk"))),
            drafted=Exists(Draft.objects.filter(assignment=OuterRef("pk"))),
        )
        .order_by("position")
    )
    hands: Hands = {}
    issues, members = dict[str, int](), dict[str, Membership]()
    done, begun = set(), set()
    for row in rows:
        alias, key = row.member.alias, row.round_issue.issue.key.lower()
        hands.setdefault(alias, []).append(key)
        issues[key], members[alias] = row.round_issue.issue_id, row.member
        if row.coded:
            done.add((alias, key))
        elif row.drafted:
            begun.add((alias, key))
    part = list(RoundRater.objects.filter(round=round).select_related("member"))
    members |= {rater.member.alias: rater.member for rater in part}
    gone = {rater.member.alias for rater in part if rater.left_at}
    return Standing(
        hands={alias: hands.get(alias, []) for alias in sorted(members)},
        done=frozenset(done),
        begun=frozenset(begun),
        issues=issues,
        raters={alias: members[alias] for alias in sorted(members) if alias not in gone},
        capacities={rater.member.alias: rater.capacity for rater in part if rater.capacity is not None},
    )


def copy_of(hands: Mapping[str, Iterable[str]]) -> Hands:
    return {alias: list(keys) for alias, keys in hands.items()}


def for_all(standing: Standing, design: Design) -> set[str]:
    """The issues that every rater codes."""
    if design.each == Each.EVERY:
        return set(standing.issues)
    if design.each != Each.OVERLAP:
        return set()
    times = Counter(key for keys in standing.hands.values() for key in keys)
    return {key for key, number in times.items() if number > 1}


def with_rater(standing: Standing, alias: str, design: Design, *, seed: int) -> Hands:
    """The newcomer gets what all code, and of the rest as much as the others have open, taken evenly from what they
    have not begun."""
    hands = copy_of(standing.hands)
    every, hand = for_all(standing, design), hands.setdefault(alias, [])
    hand += [key for key in sorted(every) if key not in set(hand)]
    give = {one: movable(standing, one, every, alias, seed) for one in standing.raters if one != alias}
    still = {one: len(standing.open_to(one)) for one in give}
    has, most = set(hand), standing.capacities.get(alias)
    mine = sum((alias, key) not in standing.done for key in hand)
    while donors := [one for one, keys in give.items() if keys and still[one] >= mine + 2]:
        donor = max(donors, key=lambda one: still[one])
        key = give[donor].pop(0)
        if key in has or (most is not None and len(hand) >= most):
            continue
        hands[donor].remove(key)
        hand.append(key)
        has.add(key)
        still[donor], mine = still[donor] - 1, mine + 1
    return hands


def movable(standing: Standing, alias: str, every: set[str], to: str, seed: int) -> list[str]:
    """What a rater has neither coded nor begun and does not share with all, in random order."""
    free = [key for key in standing.open_to(alias) if (alias, key) not in standing.begun and key not in every]
    return ranked(free, seed=seed, purpose=f"to {to}")


def without_rater(standing: Standing, alias: str, design: Design, *, seed: int) -> Hands:
    """What the rater has open goes to whoever has least open; what all code, and what nobody else can take, falls
    away. What is coded stays."""
    hands, opened = copy_of(standing.hands), standing.open_to(alias)
    hands[alias] = [key for key in hands[alias] if (alias, key) in standing.done]
    every = for_all(standing, design)
    others = [one for one in standing.raters if one != alias]
    sets = {one: set(hands[one]) for one in others}
    still = {one: len(standing.open_to(one)) for one in others}
    for key in ranked((key for key in opened if key not in every), seed=seed, purpose=f"from {alias}"):
        able = [one for one in others if key not in sets[one] and has_room(standing, one, len(sets[one]))]
        if able:
            taker = min(able, key=lambda one: still[one])
            hands[taker].append(key)
            sets[taker].add(key)
            still[taker] += 1
    return hands


def left_to_others(standing: Standing, alias: str, design: Design, *, seed: int) -> Hands:
    """In a pool: what the rater has open is anybody's again."""
    return copy_of(standing.hands) | {alias: [key for key in standing.hands[alias] if (alias, key) in standing.done]}


def has_room(standing: Standing, alias: str, number: int) -> bool:
    most = standing.capacities.get(alias)
    return most is None or number < most


def handed_over(standing: Standing, alias: str, to: str) -> Hands:
    """All that a rater has open and the other has not."""
    hands, theirs = copy_of(standing.hands), set(standing.hands[to])
    moving = [key for key in standing.open_to(alias) if key not in theirs]
    hands[alias] = [key for key in hands[alias] if key not in set(moving)]
    hands[to] += moving
    return hands
