"""The board of a closed round: proposals as cards, alone or in groups, with what they were used for."""

from dataclasses import dataclass

from django.db.models import QuerySet

from annotator.models import AppliedProposal, Proposal, ProposalGroup, Round
from annotator.queries.codings import last_codings
from annotator.queries.similarity import pairs_alike
from annotator.states import ProposalState
from studies.errors import NotThere

SUGGESTED = 8


@dataclass(frozen=True)
class Card:
    """One proposal, or a group of them: what is sorted and decided as one. `key` names it in addresses and forms."""

    group: ProposalGroup | None
    proposals: tuple[Proposal, ...]
    codings: frozenset[int]

    @property
    def key(self) -> str:
        return f"g{self.group.pk}" if self.group else f"p{self.proposals[0].pk}"

    @property
    def name(self) -> str:
        return self.group.name if self.group else self.proposals[0].name

    @property
    def first(self) -> Proposal:
        return self.proposals[0]

    @property
    def is_open(self) -> bool:
        return self.first.state == ProposalState.PROPOSED

    @property
    def seen(self) -> str:
        """What a person who acts on this card saw: every step on the board changes it."""
        return " ".join(f"{row.pk}.{row.steps}" for row in self.proposals)

    @property
    def uses(self) -> int:
        """In how many codings it stands."""
        return len(self.codings)

    @property
    def aliases(self) -> list[str]:
        return sorted({row.member.alias for row in self.proposals})

    @property
    def definition(self) -> str:
        return "\n".join(dict.fromkeys(row.sentence for row in self.proposals if row.sentence))

    @property
    def examples(self) -> str:
        """One a line: the quote in one line, and behind it the issue's key."""
        quoted = [(" ".join(row.quote.split()), str(row.round_issue.issue)) for row in self.proposals if row.quote]
        return "\n".join(dict.fromkeys(f"“{quote}” {key}" for quote, key in quoted))


@dataclass(frozen=True)
class Suggestion:
    """Two open cards whose names are nearly the same, and how alike they are, of 100."""

    one: Card
    other: Card
    score: int


def uses_in(round: Round) -> dict[int, set[int]]:
    """By proposal, the last codings that were given with it; earlier revisions are no answers any more."""
    found: dict[int, set[int]] = {}
    rows = AppliedProposal.objects.filter(coding__in=last_codings(), proposal__round_issue__round=round)
    for proposal, coding in rows.values_list("proposal", "coding"):
        found.setdefault(proposal, set()).add(coding)
    return found


def proposals_of(round: Round) -> QuerySet[Proposal]:
    """Whoever calls this has asked `visibility.check_sees_all_codings`."""
    return (
        Proposal.objects.filter(round_issue__round=round)
        .exclude(state=ProposalState.WITHDRAWN)
        .select_related("member__user", "group", "moved_by", "round_issue__issue__repository")
        .order_by("pk")
    )


def cards_of(round: Round) -> list[Card]:
    """In the order in which they were proposed first; two queries for any number."""
    uses = uses_in(round)
    stacks: dict[str, list[Proposal]] = {}
    for row in proposals_of(round):
        stacks.setdefault(f"g{row.group_id}" if row.group_id else f"p{row.pk}", []).append(row)
    return [
        Card(rows[0].group, tuple(rows), frozenset().union(*(uses.get(row.pk, ()) for row in rows)))
        for rows in stacks.values()
    ]


def get_card(round: Round, key: str) -> Card:
    found = next((card for card in cards_of(round) if card.key == key), None)
    if found is None:
        raise NotThere("There is no such card on the board of this round. It may be in a group by now.")
    return found


def suggestions(cards: list[Card]) -> list[Suggestion]:
    """Which open cards could be the same thing. A hint to a person; nothing is put together by it."""
    open_cards = [card for card in cards if card.is_open]
    return [
        Suggestion(open_cards[one], open_cards[other], score)
        for one, other, score in pairs_alike([card.name for card in open_cards], SUGGESTED)
    ]
