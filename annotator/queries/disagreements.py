"""Where the independent codings of a round differ, and what has been decided.

Outcomes are kept apart. *coded*, *none of these* and *not about our topic* are answers, in screening *belongs* and
*does not belong*: they can agree or differ. *unclear*, in screening unsure, and *skipped* are no answers: an issue with
one of them needs a person, so it counts as differing.
*Missing* says nothing: it neither agrees nor differs, and is shown. A coding that was given with a proposed code says
more than the round's version can: it needs a person too, and there is no majority while the version lacks what
somebody said.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Assignment, Coding, Resolution, Round, RoundIssue
from annotator.queries.codings import SAID, independent_codings, proposals_in
from annotator.states import ANSWERS, SCREENED, Outcome
from studies.errors import NotThere
from studies.models import Membership
from taxonomy.models import Code

Answer = tuple[str, frozenset[int]]


class Standing(StrEnum):
    """How the independent codings of one issue stand to each other."""

    UNANIMOUS = "unanimous"
    DIFFER = "differ"
    SINGLE = "single"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Case:
    """One issue of a round: what each of its raters said (None: missing), and the last decision (None: open)."""

    round_issue: RoundIssue
    raters: Sequence[tuple[Membership, Coding | None]]
    resolution: Resolution | None

    @property
    def codings(self) -> list[Coding]:
        return [coding for _, coding in self.raters if coding]

    @property
    def answers(self) -> list[Answer]:
        """Those that the codes of the round's version say whole."""
        return [answer(coding) for coding in self.codings if coding.outcome in ANSWERS and not proposals_in(coding)]

    @property
    def has_proposals(self) -> bool:
        return any(proposals_in(coding) for coding in self.codings)

    @property
    def off_topic(self) -> int:
        """How many raters say that the issue is not about the topic."""
        return sum(coding.outcome == Outcome.OFF_TOPIC for coding in self.codings)

    @property
    def standing(self) -> Standing:
        if not self.codings:
            return Standing.NOBODY
        if len(self.answers) < len(self.codings) or len(set(self.answers)) > 1:
            return Standing.DIFFER
        return Standing.SINGLE if len(self.codings) == 1 else Standing.UNANIMOUS

    @property
    def majority(self) -> Answer | None:
        return None if self.has_proposals else majority(self.answers)

    @property
    def is_open(self) -> bool:
        return self.resolution is None

    @property
    def is_marked(self) -> bool:
        """Its file says that it was a conflict, where the codings were imported."""
        return bool(getattr(getattr(self.round_issue, "imported", None), "conflict", False))


def answer(row: Coding | Resolution) -> Answer:
    return answer_with(row.outcome, (code.pk for code in row.codes.all()))


def answer_with(outcome: str, codes: Iterable[int]) -> Answer:
    """In screening the criteria behind an answer are no part of it: raters agree that an issue is out, each with a
    reason of their own."""
    return outcome, frozenset() if outcome in SCREENED else frozenset(codes)


def shared_codes(case: Case) -> list[Code]:
    """The codes that all codings have, in the taxonomy's order: of unanimous answers all, in screening the criteria
    that all name."""
    chosen = [set(coding.codes.all()) for coding in case.codings]
    return sorted(set.intersection(*chosen), key=lambda code: (code.position, code.pk))


def majority(answers: Sequence[Answer]) -> Answer | None:
    """What more than half of at least two answers say, code by code; None when a code stands at exactly half of them,
    or when more than half agree on nothing."""
    if len(answers) < 2:
        return None
    votes = Counter(code for _, codes in answers for code in codes)
    if any(2 * count == len(answers) for count in votes.values()):
        return None
    chosen = frozenset(code for code, count in votes.items() if 2 * count > len(answers))
    if chosen:
        return Outcome.CODED, chosen
    without = Counter(outcome for outcome, _ in answers if outcome != Outcome.CODED)
    most = next((outcome for outcome, count in without.items() if 2 * count > len(answers)), None)
    return (most, frozenset()) if most else None


def last_resolutions() -> QuerySet[Resolution]:
    """The last revision of each decision."""
    later = Resolution.objects.filter(round_issue=OuterRef("round_issue"), revision__gt=OuterRef("revision"))
    return Resolution.objects.filter(~Exists(later)).select_related("decided_by").prefetch_related("codes")


def cases_of(round: Round) -> list[Case]:
    """Every issue of the round in the order of its sample. The same number of queries for any number of issues."""
    issues = RoundIssue.objects.filter(round=round).select_related("issue__repository", "imported").order_by("position")
    given: dict[int, list[Assignment]] = {}
    for assignment in Assignment.objects.filter(round_issue__round=round).select_related("member__user"):
        given.setdefault(assignment.round_issue_id, []).append(assignment)
    codings = {coding.assignment_id: coding for coding in independent_codings(round)}
    decided = {row.round_issue_id: row for row in last_resolutions().filter(round_issue__round=round)}
    return [
        Case(
            drawn,
            [
                (assignment.member, codings.get(assignment.pk))
                for assignment in sorted(given.get(drawn.pk, []), key=lambda row: row.member.alias)
            ],
            decided.get(drawn.pk),
        )
        for drawn in issues
    ]


def case_of(round_issue: RoundIssue) -> Case:
    return Case(
        round_issue,
        [
            (assignment.member, coding)
            for assignment in round_issue.assignments.select_related("member__user").order_by("member__alias")
            for coding in [assignment.codings.prefetch_related(*SAID).order_by("-revision").first()]
        ],
        last_resolutions().filter(round_issue=round_issue).first(),
    )


def disagreements_of(cases: Sequence[Case]) -> list[Case]:
    """Those that a person must look at: all but the unanimous ones that no file marks as a conflict."""
    return [case for case in cases if case.standing != Standing.UNANIMOUS or case.is_marked]


def said_off_topic(cases: Sequence[Case]) -> list[Case]:
    """Those of which one rater or more says that they are not about the topic, agreed upon or not."""
    return [case for case in cases if case.off_topic]


def unanimous_open(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.standing == Standing.UNANIMOUS and case.is_open]


def undecided_in(round: Round) -> int:
    """How many issues that somebody coded have no decision."""
    coded = RoundIssue.objects.filter(
        Exists(Coding.objects.filter(assignment__round_issue=OuterRef("pk"))), round=round
    )
    return coded.filter(~Exists(Resolution.objects.filter(round_issue=OuterRef("pk")))).count()


def get_round_issue(round: Round, issue_id: int) -> RoundIssue:
    found = (
        RoundIssue.objects.select_related(
            "round__version__taxonomy", "round__study", "issue__repository", "issue__body"
        )
        .filter(round=round, issue=issue_id)
        .first()
    )
    if found is None:
        raise NotThere("This issue is not in the round.")
    return found
