"""A calibration round as a test: by rater and by code, each miss, and where the target stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.datasets.calibration import Exam, Judged, Right
from analysis.datasets.codebooks import CodeEntry
from analysis.stats.coefficients import agreement
from analysis.stats.ratings import Agreement, RatingMatrix
from annotator.queries.target import TargetState

# Fewer judged issues of a rater, or issues in which a code is right, say too little to judge by.
LEAST, LEAST_OF_A_CODE = 10, 5


@dataclass(frozen=True)
class RaterResult:
    """`judged` issues, `right` of them. `knows`: set gold answers, so that nothing is judged by them."""

    rater: str
    judged: int
    right: int
    kappa: Agreement
    knows: bool

    @property
    def missed(self) -> int:
        return self.judged - self.right

    @property
    def share(self) -> float | None:
        return self.right / self.judged if self.judged else None

    @property
    def is_too_few(self) -> bool:
        return self.judged < LEAST


@dataclass(frozen=True)
class CodeResult:
    """Over answers of all raters: `expected` should have the code, `hits` of them have it; `extra` have it and should
    not."""

    code: CodeEntry
    issues: int
    expected: int
    hits: int
    extra: int

    @property
    def missed(self) -> int:
        return self.expected - self.hits

    @property
    def is_too_few(self) -> bool:
        return self.issues < LEAST_OF_A_CODE


@dataclass(frozen=True)
class Miss:
    rater: str
    issue_id: int
    issue: str
    title: str
    excerpt: str
    said: Right
    right: Right
    memo: str


@dataclass(frozen=True)
class ExamReport:
    exam: Exam
    raters: tuple[RaterResult, ...]
    codes: tuple[CodeResult, ...]
    misses: tuple[Miss, ...]
    least: int = LEAST
    least_of_a_code: int = LEAST_OF_A_CODE

    @property
    def is_too_few(self) -> bool:
        return all(row.is_too_few for row in self.raters)


def exam_report(exam: Exam) -> ExamReport:
    return ExamReport(
        exam,
        tuple(rater_result(exam, alias) for alias in exam.raters),
        tuple(by_code(exam)),
        tuple(miss(exam, each) for each in exam.judged if not each.is_hit and each.rating.rater not in exam.setters),
    )


def rater_result(exam: Exam, alias: str) -> RaterResult:
    mine = [each for each in exam.judged if each.rating.rater == alias]
    both = [(each.rating.issue_id, (each.value, each.right.value)) for each in mine if each.value is not None]
    matrix = RatingMatrix(tuple(issue for issue, _ in both), (alias, "right"), tuple(values for _, values in both))
    return RaterResult(
        alias,
        judged=len(mine),
        right=sum(each.is_hit for each in mine),
        kappa=agreement(matrix, "cohen_kappa"),
        knows=alias in exam.setters,
    )


def by_code(exam: Exam) -> Iterator[CodeResult]:
    """In the order of the tree, without codes that nobody used and nothing asks for."""
    there = [each for each in exam.judged if each.rating.rater not in exam.setters]
    for code in exam.book.codes:
        asks = [each for each in there if code in each.right.codes]
        extra = sum(code in each.rating.given and code not in each.right.codes for each in there)
        if asks or extra:
            hits = sum(code in each.rating.given for each in asks)
            yield CodeResult(code, len({each.rating.issue_id for each in asks}), len(asks), hits, extra)


def miss(exam: Exam, each: Judged) -> Miss:
    title, excerpt = exam.excerpts[each.rating.issue_id]
    rating = each.rating
    said = Right(rating.outcome, rating.given)
    return Miss(rating.rater, rating.issue_id, rating.issue, title, excerpt, said, each.right, rating.memo)


def state_of(report: ExamReport, measure: str, threshold: float, alpha: Agreement | None) -> TargetState:
    """`alpha` is asked for where the target is a coefficient of all raters."""
    if alpha is not None:
        return state_of_alpha(alpha, threshold)
    counted = [row for row in report.raters if not row.knows]
    if not counted:
        return TargetState("nobody but who set the gold answers has coded")
    if few := [row for row in counted if row.is_too_few]:
        told = ", ".join(f"{row.rater} {row.judged}" for row in few)
        return TargetState(f"too few issues to judge; {LEAST} a rater are needed: {told}")
    reached = [row for row in counted if reaches(row, measure, threshold)]
    return TargetState(f"by {len(reached)} of {len(counted)} raters", len(reached) == len(counted))


def reaches(row: RaterResult, measure: str, threshold: float) -> bool:
    value = row.kappa.value if measure == "coefficient" else 100 * (row.share or 0)
    return value is not None and value >= threshold


def state_of_alpha(alpha: Agreement, threshold: float) -> TargetState:
    if alpha.value is None:
        return TargetState(f"α is undefined: {alpha.undefined_because}")
    if alpha.n_units < LEAST:
        return TargetState(
            f"too few issues to judge; {LEAST} that two raters rated are needed, {alpha.n_units} are there"
        )
    return TargetState(f"α = {alpha.value:.2f} over {alpha.n_units} issues", alpha.value >= threshold)
