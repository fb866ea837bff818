"""Marked passages of the independent codings of closed rounds, with the codes that they were given for."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import F

from analysis.datasets.codebooks import CodeEntry, codebook, codes_by, in_order
from analysis.datasets.keys import issue_columns, take_key
from annotator.models import Evidence, Round
from annotator.queries.codings import last_codings
from annotator.states import FROZEN

FIELDS = ("pk", "part", "renderer", "start", "end", "raw_start", "raw_end", "exact", "prefix", "suffix")
ROUND = "coding__assignment__round_issue__round"


@dataclass(frozen=True)
class Passage:
    """`given` are codes of `given_under`, as the rater gave them. `sha256` is of the text that was marked."""

    issue_id: int
    issue: str
    url: str
    round: int
    rater: str
    name: str
    part: str
    github_comment: int | None
    sha256: str
    renderer: str
    start: int
    end: int
    raw_start: int | None
    raw_end: int | None
    exact: str
    prefix: str
    suffix: str
    given: tuple[CodeEntry, ...]
    given_under: int
    taxonomy: str
    proposals: tuple[str, ...]


def passages(rounds: Collection[Round]) -> Iterator[Passage]:
    """Of these rounds, as far as they are closed, by round, issue, rater, and in the order the rater gave them."""
    seen = {f"{ROUND}__in": rounds, f"{ROUND}__phase__in": FROZEN, "coding__in": last_codings()}
    rows = (
        Evidence.objects.filter(**seen)
        .order_by(f"{ROUND}__number", "coding__assignment__round_issue__position", "coding__assignment__member", "pk")
        .values(
            *FIELDS,
            round_id=F(ROUND), round=F(f"{ROUND}__number"), sha256=F("text"), github_comment=F("comment__github_id"),
            rater=F("coding__assignment__member__alias"), name=F("coding__assignment__member__user__name"),
            **issue_columns("coding__assignment__round_issue__issue"),
        )
    )  # fmt: skip
    books = {round.pk: codebook(round.version) for round in rounds}
    tied = codes_by(Evidence.objects.filter(**seen, codes__isnull=False).values_list("pk", "codes__uid"))
    proposed = defaultdict(list)
    names = Evidence.objects.filter(**seen, proposals__isnull=False).order_by("proposals")
    for pk, name in names.values_list("pk", "proposals__name"):
        proposed[pk].append(name)
    for row in rows:
        book, pk = books[row.pop("round_id")], row.pop("pk")
        yield Passage(
            issue=take_key(row), given=in_order(book, tied.get(pk, set())), given_under=book.version,
            taxonomy=book.taxonomy, proposals=tuple(proposed[pk]), **row,
        )  # fmt: skip
