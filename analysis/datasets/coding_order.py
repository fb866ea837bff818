"""The issues of closed rounds in the order in which they were coded, each with the codes that its raters gave."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Min

from analysis.datasets.ratings import Rating, closed_rounds, ratings
from annotator.models import Coding, Proposal, Round
from annotator.states import FROZEN, ProposalState
from taxonomy.models import Taxonomy


@dataclass(frozen=True)
class CodedIssue:
    """An issue in one round. `codes` are uids, and what stands for codes that were proposed there and are none yet;
    `names` says what each was called."""

    round: int
    issue_id: int
    issue: str
    codes: tuple[str, ...]
    names: dict[str, str]


def rounds_under(taxonomy: Taxonomy) -> list[Round]:
    """Closed rounds of any version of this taxonomy, in their order."""
    return list(closed_rounds(taxonomy.study).filter(version__taxonomy=taxonomy).order_by("number"))


def in_coding_order(rounds: Sequence[Round]) -> list[CodedIssue]:
    """Round after round; within a round by the first submit of any rater, then by the place in the sample.

    An issue has the codes of all its raters' independent codings. One without a coding is not in it; one that is coded
    again in a later round comes again there. Nothing of a round that is not closed enters.
    """
    by_issue: dict[tuple[int, int], list[Rating]] = defaultdict(list)
    for rating in ratings(rounds):
        by_issue[rating.round, rating.issue_id].append(rating)
    proposed = proposed_in(rounds)
    return [coded(by_issue[key], proposed.get(key, {})) for key in first_submits(rounds) if key in by_issue]


def first_submits(rounds: Sequence[Round]) -> list[tuple[int, int]]:
    """Number of the round and id of the issue, in coding order."""
    drawn = "assignment__round_issue"
    rows = (
        Coding.objects.filter(**{f"{drawn}__round__in": rounds})
        .values(number=F(f"{drawn}__round__number"), issue=F(f"{drawn}__issue"), place=F(f"{drawn}__position"))
        .annotate(first=Min("submitted_at"))
        .order_by("number", "first", "place")
    )
    return [(row["number"], row["issue"]) for row in rows]


def proposed_in(rounds: Sequence[Round]) -> dict[tuple[int, int], dict[str, str]]:
    """By round and issue what was proposed in closed rounds and not declined or withdrawn, with its name: under the uid
    of the code that it became, else with its group, else with all of the same name."""
    rows = (
        Proposal.objects.filter(round_issue__round__in=rounds, round_issue__round__phase__in=FROZEN)
        .filter(state__in=(ProposalState.PROPOSED, ProposalState.ACCEPTED))
        .select_related("group", "round_issue__round")
        .order_by("made_at", "pk")
    )
    found: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for row in rows:
        group = row.group
        same = f"group {group.pk}" if group else f"name {row.name.casefold()}"
        key = str(row.became) if row.became else same
        found[row.round_issue.round.number, row.round_issue.issue_id][key] = group.name if group else row.name
    return found


def coded(given: list[Rating], proposed: dict[str, str]) -> CodedIssue:
    first = given[0]
    names = proposed | {code.uid: code.label for rating in given for code in rating.codes}
    return CodedIssue(first.round, first.issue_id, first.issue, tuple(names), names)
