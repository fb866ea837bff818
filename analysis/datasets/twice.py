"""Issues that a rater coded a second time without knowing: both independent codings, side by side."""

from collections.abc import Collection
from dataclasses import dataclass

from analysis.datasets.ratings import Rating, answers_in, ratings
from analysis.stats.ratings import Value
from annotator.models import Assignment, Round
from annotator.states import FROZEN, Kind
from studies.models import Study


@dataclass(frozen=True)
class Twice:
    first: Rating
    second: Rating

    @property
    def days(self) -> int:
        """Whole days between the two submits."""
        return (self.second.submitted_at - self.first.submitted_at).days

    @property
    def values(self) -> tuple[Value, Value] | None:
        """None unless both are ratings."""
        first, second = self.first.value, self.second.value
        return None if first is None or second is None else (first, second)


@dataclass(frozen=True)
class RoundTwice:
    """A closed consistency round: by alias how many issues came again; and those that were coded again. `labels` are
    the codes in the order of the tree, in screening the two answers."""

    number: int
    hidden_in: int
    after_days: int
    given: dict[str, int]
    twice: tuple[Twice, ...]
    labels: tuple[str, ...]


def consistency_rounds(study: Study) -> list[Round]:
    found = Round.objects.filter(study=study, kind=Kind.CONSISTENCY, phase__in=FROZEN)
    return list(found.select_related("version__taxonomy", "study").order_by("number"))


def consistency_of(round: Round) -> Round | None:
    """The round itself, or the one that was hidden in it."""
    found = consistency_rounds(round.study)
    return next((each for each in found if round.pk == each.pk or each.sample["hidden_in"] == round.number), None)


def coded_twice(round: Round) -> RoundTwice:
    rows = Assignment.objects.filter(round_issue__round=round, repeats__isnull=False).values_list(
        "member__alias", "round_issue__issue", "repeats__round_issue__round__number"
    )
    before = {(alias, issue): number for alias, issue, number in rows}
    firsts = {(each.round, each.rater, each.issue_id): each for each in ratings(earlier(round, before.values()))}
    twice = [
        Twice(firsts[before[second.rater, second.issue_id], second.rater, second.issue_id], second)
        for second in ratings([round])
    ]
    aliases = [alias for alias, _ in before]
    return RoundTwice(
        round.number,
        round.sample["hidden_in"],
        round.sample["after_days"],
        {alias: aliases.count(alias) for alias in sorted(set(aliases))},
        tuple(twice),
        tuple(code.label for code in answers_in(round).codes),
    )


def earlier(round: Round, numbers: Collection[int]) -> list[Round]:
    found = Round.objects.filter(study=round.study_id, number__in=set(numbers))
    return list(found.select_related("version__taxonomy"))
