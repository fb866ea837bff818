"""When nothing new comes any more: new codes by issue in coding order, and a stop rule that was set beforehand.

Guest, Namey & Chen (2020): after a base of m issues, new codes are counted over runs of n issues that follow each
other by one; when those of a run are at most a set share of the codes found in the base, saturation is reached.
"""

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class StopRule:
    """`base` and `run` in issues, from 1 on; `threshold` is a share: 0 asks for runs without any new code."""

    base: int
    run: int
    threshold: float


@dataclass(frozen=True)
class RunState:
    """A run of issues that ends with issue `end`, from 1 on. `share` is None where the base has no codes."""

    end: int
    new: int
    share: float | None


@dataclass(frozen=True)
class RuleState:
    """`reached_at`: the issue that ends the first run that keeps to the threshold; None while there is none.

    `last` is the run that ends there, or the last whole one; None before a run is whole.
    """

    base_codes: int
    reached_at: int | None
    last: RunState | None
    issues: int


def new_by_issue(coded: Sequence[Collection[Hashable]]) -> list[list[Hashable]]:
    """For each issue in coding order the codes that no issue before it had; within an issue in the order given."""
    seen: set[Hashable] = set()
    new = []
    for codes in coded:
        fresh = list(dict.fromkeys(code for code in codes if code not in seen))
        seen.update(fresh)
        new.append(fresh)
    return new


def cumulative(new: Sequence[int]) -> list[int]:
    """How many codes there are after each issue."""
    total = 0
    return [total := total + count for count in new]


def last_new(new: Sequence[int]) -> int:
    """The last issue that brought a code, from 1 on; 0 where none did. After it nothing new came."""
    return max((at for at, count in enumerate(new, start=1) if count), default=0)


def runs(new: Sequence[int], rule: StopRule) -> Iterator[RunState]:
    """Every whole run after the base, one issue further each."""
    base = sum(new[: rule.base])
    for end in range(rule.base + rule.run, len(new) + 1):
        found = sum(new[end - rule.run : end])
        yield RunState(end, found, found / base if base else None)


def rule_state(new: Sequence[int], rule: StopRule) -> RuleState:
    """`new`: new codes of each issue in coding order. Raises ValueError for a rule that cannot be held against them."""
    if rule.base < 1 or rule.run < 1 or not 0 <= rule.threshold < 1:
        raise ValueError("A rule needs a base and a run of at least 1 issue, and a threshold from 0 to below 1.")
    last = None
    for last in runs(new, rule):
        if last.share is not None and last.share <= rule.threshold:
            return RuleState(sum(new[: rule.base]), last.end, last, len(new))
    return RuleState(sum(new[: rule.base]), None, last, len(new))
