"""Consistency: issues that raters coded some time ago come again, hidden among the others of a round.

While the round runs nothing tells them from the rest: they are assignments in the rater's own random order. When it
is closed they are put into a round of their own, of kind consistency, so that no figure of the round counts them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from annotator.models import Assignment, Coding, Each, Round, RoundIssue
from annotator.queries.codings import last_codings
from annotator.services.dealing import Design, Hands
from annotator.services.sampling import order_for, ranked
from annotator.states import ANSWERS, FROZEN, Kind, Phase
from studies.errors import Invalid
from studies.models import Membership, User
from studies.services.events import record_event
from taxonomy.models import Version

# By alias: the first assignment of each issue that comes again, by key.
Repeats = dict[str, dict[str, int]]
LONGEST = 3650


@dataclass(frozen=True)
class Again:
    """How many issues each rater codes a second time: `number`, or `share` percent of the issues given to them; coded
    at least `days` ago."""

    number: int = 0
    share: int = 0
    days: int = 14

    @classmethod
    def read(cls, text: str, days: int | None) -> "Again":
        """From what is typed: nothing, a number such as 10, or a share such as 10 %. Raises Invalid."""
        number = text.replace("%", "").strip()
        if not number:
            return cls()
        if not number.isdecimal() or len(number) > 6 or int(number) < 1:
            raise Invalid({"again": f"“{text[:20]}” is no number of issues and no share such as 10 %."})
        days = cls.days if days is None else days
        return cls(share=int(number), days=days) if "%" in text else cls(int(number), days=days)

    @property
    def words(self) -> str:
        return f"{self.share} %" if self.share else str(self.number)

    def of(self, given: int) -> int:
        return max((given * self.share + 50) // 100, 1) if self.share else self.number

    def __bool__(self) -> bool:
        return bool(self.number or self.share)


def check_again(again: Again, design: Design) -> None:
    """Raises Invalid, by field, when it cannot be asked for."""
    if not 0 <= again.share <= 100 or again.number < 0:
        raise Invalid({"again": "A share is 1 to 100 percent, a number 1 or more."})
    if not 1 <= again.days <= LONGEST:
        raise Invalid({"again_days": f"Say after how many days, 1 to {LONGEST:,}."})
    if design.each == Each.POOL:
        raise Invalid({"again": "Issues come again only where they are dealt beforehand, not where raters take them."})


def choose_repeats(
    raters: Sequence[Membership], version: Version, hands: Hands, again: Again, design: Design, *,
    drawn: Sequence[str], several_codes: bool, seed: int,
) -> Repeats:  # fmt: skip
    """By seed, from what each rater coded long enough ago in closed rounds under this version, with the text as it is
    now, and has not coded a second time. Fewer where there are fewer; Invalid when nobody has any."""
    if not again:
        return {}
    check_again(again, design)
    found: Repeats = {}
    for rater in raters:
        there = coded_before(rater, version, again, several_codes=several_codes)
        free = ranked(set(there) - set(drawn), seed=seed, purpose=f"again {rater.alias}")
        room = design.capacities.get(rater.alias, len(free) + len(hands[rater.alias])) - len(hands[rater.alias])
        chosen = free[: min(again.of(len(hands[rater.alias])), room)]
        found[rater.alias] = {key: there[key] for key in chosen}
    if not any(found.values()):
        raise Invalid(
            {"again": f"No rater has coded an issue at least {again.days} days ago that could come again: in a closed "
             "round under this version, not drawn now, its text unchanged."}
        )  # fmt: skip
    return found


def coded_before(rater: Membership, version: Version, again: Again, *, several_codes: bool) -> dict[str, int]:
    """Assignments by key; of an issue coded more than once the last."""
    twice = Assignment.objects.filter(
        member=rater, repeats__isnull=False, round_issue__issue=OuterRef("assignment__round_issue__issue")
    )
    rows = last_codings().filter(
        ~Exists(twice),
        assignment__member=rater,
        assignment__repeats__isnull=True,
        assignment__round_issue__round__version=version,
        assignment__round_issue__round__phase__in=FROZEN,
        assignment__round_issue__round__several_codes=several_codes,
        outcome__in=ANSWERS,
        applied_proposals__isnull=True,
        body_seen=F("assignment__round_issue__issue__body"),
        submitted_at__lte=timezone.now() - timedelta(days=again.days),
    )
    rows = rows.select_related("assignment__round_issue__issue__repository").order_by("pk")
    return {row.assignment.round_issue.issue.key.lower(): row.assignment_id for row in rows}


def mixed(hands: Hands, repeats: Repeats, *, seed: int) -> Hands:
    """Each hand with what comes again, in the random order in which the rater meets all of them."""
    return {
        alias: order_for([*keys, *again], alias, seed=seed) if (again := repeats.get(alias)) else keys
        for alias, keys in hands.items()
    }


def facts(again: Again, repeats: Repeats) -> dict[str, Any]:
    """What a round keeps of it; leads alone see it."""
    if not repeats:
        return {}
    given = {alias: len(keys) for alias, keys in repeats.items()}
    return {"asked": again.words, "after_days": again.days, "given": given}


def first_issues(repeats: Repeats) -> dict[str, int]:
    """Ids of the issues by key."""
    firsts = {pk for keys in repeats.values() for pk in keys.values()}
    rows = Assignment.objects.filter(pk__in=firsts).select_related("round_issue__issue__repository")
    return {row.round_issue.issue.key.lower(): row.round_issue.issue_id for row in rows}


def tie(round: Round, repeats: Repeats, issues: Mapping[str, int]) -> None:
    """Say of each assignment that is a second one which the first was."""
    rows = {
        (row.member.alias, row.round_issue.issue_id): row
        for row in Assignment.objects.filter(
            round_issue__round=round, round_issue__issue__in=issues.values()
        ).select_related("member", "round_issue")
    }
    second = []
    for alias, keys in repeats.items():
        for key, first in keys.items():
            row = rows[alias, issues[key]]
            row.repeats_id = first
            second.append(row)
    Assignment.objects.bulk_update(second, ["repeats"])


def own_issues(round: Round) -> QuerySet[RoundIssue]:
    """The issues of the sample, without those that only come again."""
    return RoundIssue.objects.filter(round=round).exclude(assignments__repeats__isnull=False)


def keep_apart(closed: Round, by: User) -> Round | None:
    """Put the second codings of a round that was just closed into a round of their own. Nothing is decided there."""
    rows = RoundIssue.objects.filter(round=closed, assignments__repeats__isnull=False).distinct()
    issues = list(rows.values_list("pk", flat=True))
    if not issues:
        return None
    apart = Round(
        study=closed.study,
        number=closed.study.rounds.order_by("-number").values_list("number", flat=True)[0] + 1,
        kind=Kind.CONSISTENCY,
        version=closed.version,
        several_codes=closed.several_codes,
        phase=Phase.RESOLVED,
        sample={
            "method": f"second codings by the same raters, hidden in {str(closed).lower()}",
            "size": len(issues), "hidden_in": closed.number, "after_days": closed.repeats["after_days"],
            "seed": closed.sample["seed"],
        },
        drafted_at=closed.drafted_at,
        started_at=closed.started_at,
        closed_at=closed.closed_at,
        resolved_at=closed.closed_at,
    )  # fmt: skip
    apart.save()
    RoundIssue.objects.filter(pk__in=issues).update(round=apart)
    codings = Coding.objects.filter(assignment__round_issue__round=apart, revision=1).count()
    record_event(
        study=closed.study, by=by, verb="kept apart", target=str(apart).lower(),
        data={"hidden_in": closed.number, "issues": len(issues), "codings": codings},
    )  # fmt: skip
    return apart
