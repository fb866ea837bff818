"""What screening says of each issue: in, out, or undecided while nobody has decided on it. Closed rounds alone are
asked; over several rounds the latest decision counts, and a decision stands until another is made."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotator.models import Coding, Resolution, ResolvedCode, Round, RoundIssue
from annotator.queries.disagreements import last_resolutions
from annotator.states import FROZEN, SCREENED, Kind, Outcome
from corpus.told import SCREENED_IN, SCREENED_OUT, UNDECIDED, UNSCREENED
from studies.models import Study

OUTCOMES = {SCREENED_IN: Outcome.IN, SCREENED_OUT: Outcome.OUT}


@dataclass(frozen=True)
class Screening:
    """Issues of a study, or of one round: those that were screened, and what came of them."""

    screened: int
    screened_in: int
    screened_out: int

    @property
    def undecided(self) -> int:
        return self.screened - self.screened_in - self.screened_out


def latest_decisions() -> QuerySet[Resolution]:
    """The last one on each issue, under whichever criteria."""
    decisions = Resolution.objects.filter(outcome__in=SCREENED)
    later = decisions.filter(round_issue__issue=OuterRef("round_issue__issue"), pk__gt=OuterRef("pk"))
    return decisions.filter(~Exists(later))


def screened_codings() -> QuerySet[Coding]:
    return Coding.objects.filter(
        assignment__round_issue__round__kind=Kind.SCREENING, assignment__round_issue__round__phase__in=FROZEN
    )


def was_screened(values: Collection[str]) -> Q:
    """A condition on issues: what screening says of them is one of these."""
    decided = latest_decisions().filter(round_issue__issue=OuterRef("pk"))
    answered = Q(Exists(screened_codings().filter(assignment__round_issue__issue=OuterRef("pk"))))
    found = Q(pk__in=[])
    if outcomes := [outcome for value, outcome in OUTCOMES.items() if value in values]:
        found |= Q(Exists(decided.filter(outcome__in=outcomes)))
    if UNDECIDED in values:
        found |= answered & ~Q(Exists(decided))
    if UNSCREENED in values:
        found |= ~answered & ~Q(Exists(decided))
    return found


def screening_results(study: Study) -> dict[int, str]:
    """By issue: in, out or undecided; issues that were not screened are not in it. Two queries."""
    asked = screened_codings().filter(assignment__round_issue__round__study=study)
    found = dict.fromkeys(asked.values_list("assignment__round_issue__issue", flat=True).distinct(), UNDECIDED)
    decided = latest_decisions().filter(round_issue__round__study=study)
    values = {outcome.value: value for value, outcome in OUTCOMES.items()}
    return found | {issue: values[said] for issue, said in decided.values_list("round_issue__issue", "outcome")}


def screening_of(study: Study) -> Screening | None:
    """None while no screening round of the study is closed."""
    if not Round.objects.filter(study=study, kind=Kind.SCREENING, phase__in=FROZEN).exists():
        return None
    found = Counter(screening_results(study).values())
    return Screening(found.total(), found[SCREENED_IN], found[SCREENED_OUT])


@dataclass(frozen=True)
class RoundResult:
    """What came of one closed screening round; `reasons` counts the issues that are out by each criterion named in the
    decision, the commonest first. An issue may count under several."""

    counts: Screening
    reasons: list[tuple[str, int]]
    without_reason: int


def result_of(round: Round) -> RoundResult | None:
    """None unless it is a closed screening round."""
    if not round.is_screening or not round.is_closed:
        return None
    drawn = RoundIssue.objects.filter(round=round)
    has_coding = Exists(Coding.objects.filter(assignment__round_issue=OuterRef("pk")))
    screened = drawn.filter(has_coding | Exists(Resolution.objects.filter(round_issue=OuterRef("pk")))).count()
    decisions = last_resolutions().filter(round_issue__round=round)
    outcomes = Counter(decisions.values_list("outcome", flat=True))
    out = decisions.filter(outcome=Outcome.OUT)
    named = ResolvedCode.objects.filter(resolution__in=out.values("pk"))
    reasons = named.values_list("code__name").annotate(n=Count("pk")).order_by("-n", "code__name")
    bare = out.filter(resolved__isnull=True).count()
    return RoundResult(Screening(screened, outcomes[Outcome.IN], outcomes[Outcome.OUT]), list(reasons), bare)
