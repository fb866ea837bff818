"""Answers of a closed calibration round beside what they are judged by: gold answers, or what the others say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.datasets.codebooks import Codebook, CodeEntry, codebook, in_order
from analysis.datasets.ratings import Rating, ratings
from analysis.stats.ratings import Value
from annotator.models import Round
from annotator.queries.gold import gold_setters, golds_of
from annotator.states import ANSWERS, Outcome
from annotator.visibility import check_sees_all_codings
from corpus.models import Issue

OFF_TOPIC = Outcome.OFF_TOPIC.label
LONGEST_EXCERPT = 320


@dataclass(frozen=True)
class Right:
    """What an answer is judged by; `reason` is of a gold answer."""

    outcome: str
    codes: tuple[CodeEntry, ...]
    reason: str = ""

    @property
    def key(self) -> tuple[str, frozenset[str]]:
        return self.outcome, frozenset(code.uid for code in self.codes)

    @property
    def value(self) -> Value:
        return value_of(self.outcome, self.codes)


@dataclass(frozen=True)
class Judged:
    """A rater's coding of an issue that can be judged: unclear is not right, a skipped or missing one is not judged."""

    rating: Rating
    right: Right

    @property
    def is_hit(self) -> bool:
        return not self.rating.proposals and answer_key(self.rating) == self.right.key

    @property
    def value(self) -> Value | None:
        """As a rating; None where the rater gave no answer that the codes say whole."""
        answered = self.rating.outcome in ANSWERS and not self.rating.proposals
        return value_of(self.rating.outcome, self.rating.given) if answered else None


@dataclass(frozen=True)
class Exam:
    """`unjudged` counts codings without anything to judge them by; `setters` are aliases of raters who set gold answers
    and so know them; `excerpts` are by issue."""

    round: int
    against: str
    book: Codebook
    judged: tuple[Judged, ...]
    unjudged: int
    golds: int
    setters: frozenset[str]
    raters: tuple[str, ...]
    excerpts: dict[int, tuple[str, str]]


def value_of(outcome: str, codes: Iterable[CodeEntry]) -> Value:
    return frozenset([OFF_TOPIC]) if outcome == Outcome.OFF_TOPIC else frozenset(code.label for code in codes)


def answer_key(rating: Rating) -> tuple[str, frozenset[str]]:
    return rating.outcome, frozenset(code.uid for code in rating.given)


def exam_of(round: Round, against: str) -> Exam:
    """`against`: gold or raters. Refused while the round is not closed."""
    check_sees_all_codings(round)
    given = [rating for rating in ratings([round]) if rating.outcome != Outcome.SKIPPED]
    book = codebook(round.version)
    golds = gold_answers(round, book)
    rights = [golds.get(each.issue_id) if against == "gold" else others_say(each, given, book) for each in given]
    judged = tuple(Judged(each, right) for each, right in zip(given, rights, strict=True) if right)
    setters = gold_setters(round)
    aliases = round.study.memberships.filter(user__in=setters).values_list("alias", flat=True)
    return Exam(
        round=round.number,
        against=against,
        book=book,
        judged=judged,
        unjudged=len(given) - len(judged),
        golds=len(golds),
        setters=frozenset(aliases) if against == "gold" else frozenset(),
        raters=tuple(dict.fromkeys(sorted(each.rater for each in given))),
        excerpts=excerpts({each.rating.issue_id for each in judged if not each.is_hit}),
    )


def gold_answers(round: Round, book: Codebook) -> dict[int, Right]:
    """By issue."""
    issues = dict(round.round_issues.values_list("pk", "issue"))
    return {
        issues[pk]: Right(gold.outcome, in_order(book, {str(code.uid) for code in gold.codes.all()}), gold.reason)
        for pk, gold in golds_of(round).items()
    }


def others_say(rating: Rating, given: Sequence[Rating], book: Codebook) -> Right | None:
    """The answer that more than half of the other raters of the issue gave, codes and all; None where there is none."""
    others = Counter(
        answer_key(each)
        for each in given
        if each.issue_id == rating.issue_id and each.rater != rating.rater
        if each.outcome in ANSWERS and not each.proposals
    )
    said, times = others.most_common(1)[0] if others else (None, 0)
    if said is None or 2 * times <= others.total():
        return None
    return Right(said[0], in_order(book, set(said[1])))


def excerpts(issues: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Title, and how the body begins."""
    rows = Issue.objects.filter(pk__in=issues).select_related("body")
    return {row.pk: (row.title, shortened(row.body.markdown)) for row in rows}


def shortened(markdown: str) -> str:
    text = " ".join(markdown.split())
    return text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rsplit(' ', 1)[0]} …"
