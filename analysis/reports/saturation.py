"""New codes by issue in coding order, by round, and how the stop rule stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.datasets.coding_order import CodedIssue, in_coding_order, rounds_under
from analysis.models import StopRule as StoredRule
from analysis.queries import rounds_begun, stop_rules_of
from analysis.stats.saturation import RuleState, StopRule, cumulative, last_new, new_by_issue, rule_state
from taxonomy.models import Taxonomy


@dataclass(frozen=True)
class NewCodes:
    """An issue that brought codes; `place` is its place in coding order, `total` counts the codes so far."""

    place: int
    round: int
    issue_id: int
    issue: str
    names: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class RoundSaturation:
    """`last_place` is that of the round's last issue."""

    number: int
    issues: int
    new: int
    total: int
    last_place: int


@dataclass(frozen=True)
class SaturationReport:
    """`last_new` is the place of the last issue that brought a code, 0 where none did."""

    issues: int
    codes: int
    last_new: int
    rounds: tuple[RoundSaturation, ...]
    steps: tuple[NewCodes, ...]
    state: RuleState | None

    @property
    def after_last(self) -> int:
        """Issues coded since then."""
        return self.issues - self.last_new


@dataclass(frozen=True)
class RuleLine:
    """A rule with who set it and when; `started` are rounds that had begun by then, so that it was not beforehand."""

    rule: StopRule
    set_by: str
    set_at: datetime
    started: tuple[int, ...]


@dataclass(frozen=True)
class Saturation:
    """A taxonomy's report with its rules, the one that counts first."""

    taxonomy: Taxonomy
    rules: tuple[RuleLine, ...]
    report: SaturationReport

    @property
    def standing(self) -> str:
        """Where the rule that counts stands; empty while there is none."""
        state = self.report.state
        return standing(state, self.rules[0].rule) if state else ""


def saturation_of(taxonomy: Taxonomy) -> Saturation:
    begun = rounds_begun(taxonomy)
    rules = tuple(_line(row, begun) for row in stop_rules_of(taxonomy))
    order = in_coding_order(rounds_under(taxonomy))
    return Saturation(taxonomy, rules, saturation_report(order, rules[0].rule if rules else None))


def _line(row: StoredRule, begun: Sequence[tuple[int, datetime]]) -> RuleLine:
    rule = StopRule(row.base, row.run, row.threshold_percent / 100)
    return RuleLine(rule, str(row.set_by), row.set_at, tuple(number for number, at in begun if at <= row.set_at))


def saturation_report(order: Sequence[CodedIssue], rule: StopRule | None) -> SaturationReport:
    new = new_by_issue([issue.codes for issue in order])
    counts = list(map(len, new))
    totals = cumulative(counts)
    steps = (
        NewCodes(place, issue.round, issue.issue_id, issue.issue, tuple(issue.names[str(uid)] for uid in codes), total)
        for place, (issue, codes, total) in enumerate(zip(order, new, totals, strict=True), start=1)
        if codes
    )
    return SaturationReport(
        issues=len(order),
        codes=totals[-1] if totals else 0,
        last_new=last_new(counts),
        rounds=tuple(_rounds(order, counts, totals)),
        steps=tuple(steps),
        state=rule_state(counts, rule) if rule else None,
    )


def _rounds(order: Sequence[CodedIssue], counts: list[int], totals: list[int]) -> list[RoundSaturation]:
    places: dict[int, list[int]] = {}
    for at, issue in enumerate(order):
        places.setdefault(issue.round, []).append(at)
    return [
        RoundSaturation(number, len(at), sum(counts[each] for each in at), totals[at[-1]], at[-1] + 1)
        for number, at in places.items()
    ]


def words(rule: StopRule) -> str:
    """The rule as a paper would state it."""
    base = f"After a base of {rule.base} issue{'s' * (rule.base != 1)}, stop when "
    run = "the next issue" if rule.run == 1 else f"{rule.run} issues in a row"
    if rule.threshold == 0:
        return f"{base}{run} bring{'s' * (rule.run == 1)} no new code."
    share = f"{rule.threshold * 100:g} %"
    return f"{base}{run} bring{'s' * (rule.run == 1)} at most {share} of the codes of the base as new ones."


def standing(state: RuleState, rule: StopRule) -> str:
    """Where the rule stands, in one sentence."""
    if state.reached_at is not None and state.last is not None:
        share = f"{(state.last.share or 0) * 100:.1f} % of {state.base_codes}"
        return (
            f"Reached at issue {state.reached_at} of {state.issues} ({state.reached_at - rule.run}+{rule.run}): "
            f"{state.last.new} new code{'s' * (state.last.new != 1)} in the run, {share} of the base."
        )
    if state.last is None:
        return f"Not yet: {state.issues} of the {rule.base + rule.run} issues that the rule needs are coded."
    if state.last.share is None:
        return "Cannot be told: the issues of the base have no code."
    found = f"{state.last.new} new code{'s' * (state.last.new != 1)} in the last {rule.run} issues"
    share = f"{state.last.share * 100:.1f} % of {state.base_codes}"
    return f"Not yet, after {state.issues} issues: {found}, {share} of the base."
