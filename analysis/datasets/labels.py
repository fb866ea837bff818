"""Decisions of closed rounds: one row an issue, with its latest label and its resolution time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from analysis.datasets.codebooks import Codebook, CodeEntry, codebook, codes_by, in_order
from analysis.datasets.keys import issue_columns, take_key
from annotator.models import ResolvedCode, RoundIssue
from annotator.queries.labels import labels_of
from annotator.states import FROZEN, Kind, Outcome
from corpus.models import IssueState
from studies.models import Study
from taxonomy.models import Version

SECONDS_A_DAY = 86_400
RESOLUTION_FIELDS: tuple[str, ...] = ("pk", "outcome", "how", "reason", "decided_at")


@dataclass(frozen=True)
class LabelledIssue:
    """An issue with its latest decision. `days` is None while it is open; below zero it contradicts itself.

    `decided_by` is the alias of the person, `decider` the name. `codes` are of `version`; `given` and `given_under` are
    as decided. `waits` says why the decision cannot be read under `version`; it has no codes then.
    `watched` is how long an issue that was not resolved was followed, and `because` why it was not (see `times`).
    """

    issue_id: int
    issue: str
    url: str
    title: str
    state: str
    created_at: datetime
    closed_at: datetime | None
    days: float | None
    outcome: str
    codes: tuple[CodeEntry, ...]
    how: str
    reason: str
    decided_at: datetime
    decided_by: str
    decider: str
    round: int
    taxonomy: str
    version: int
    given: tuple[CodeEntry, ...]
    given_under: int
    waits: str = ""
    watched: float | None = None
    because: str = ""
    seen_at: datetime | None = None

    @property
    def tops(self) -> frozenset[str]:
        return frozenset(code.top for code in self.codes)

    @property
    def is_on_topic(self) -> bool:
        return self.outcome != Outcome.OFF_TOPIC

    @property
    def has_times(self) -> bool:
        """Not so of what was coded elsewhere and never read: it is neither open nor closed for all we know."""
        return self.state != IssueState.UNKNOWN

    @property
    def is_open(self) -> bool:
        return self.days is None and self.has_times

    @property
    def is_impossible(self) -> bool:
        return self.days is not None and self.days < 0


def labels(study: Study, versions: Collection[Version], upto: Version | None = None) -> list[LabelledIssue]:
    """Each issue whose latest decision was made under one of these versions, by repository and number. With `upto`
    decisions under later versions are left out of account."""
    issue = "round_issue__issue"
    closed = {"round_issue__round__version__in": versions, "round_issue__round__phase__in": FROZEN}
    rows = (
        labels_of(study, upto).filter(**closed).select_related(None).prefetch_related(None)
        .values(
            *RESOLUTION_FIELDS, decider_id=F("decided_by"), decider=F("decided_by__name"),
            version_id=F("round_issue__round__version"), round=F("round_issue__round__number"),
            title=F(f"{issue}__title"), state=F(f"{issue}__state"),
            created_at=F(f"{issue}__created_at"), closed_at=F(f"{issue}__closed_at"), **issue_columns(issue),
        )
    )  # fmt: skip
    books = {version.pk: codebook(version) for version in versions}
    resolved = ResolvedCode.objects.filter(**{f"resolution__{key}": value for key, value in closed.items()})
    codes = codes_by(resolved.values_list("resolution", "code__uid"))
    aliases = dict(study.memberships.values_list("user", "alias"))
    return [_labelled(row, books[row.pop("version_id")], codes, aliases) for row in rows]


def _labelled(
    row: dict[str, Any], book: Codebook, codes: dict[int, set[str]], aliases: dict[int, str]
) -> LabelledIssue:
    given = in_order(book, codes[row.pop("pk")])
    return LabelledIssue(
        issue=take_key(row),
        codes=given,
        given=given,
        given_under=book.version,
        days=days_open(row["state"], row["created_at"], row["closed_at"]),
        decided_by=aliases.get(row.pop("decider_id"), ""),
        taxonomy=book.taxonomy,
        version=book.version,
        **row,
    )


def days_open(state: str, created_at: datetime, closed_at: datetime | None) -> float | None:
    """From creation to close in days, as the times were received; None for an issue that is not closed."""
    if closed_at is None or state != IssueState.CLOSED:
        return None
    return (closed_at - created_at).total_seconds() / SECONDS_A_DAY


def under_others(study: Study, version: Version) -> int:
    """Issues whose latest decision under this taxonomy was made under another version of it."""
    same = {"round_issue__round__version__taxonomy": version.taxonomy_id, "round_issue__round__phase__in": FROZEN}
    return labels_of(study).filter(**same).exclude(round_issue__round__version=version).order_by().count()


def undecided(study: Study, versions: Collection[Version]) -> int:
    """Issues that were coded in closed rounds of these versions and have no decision there."""
    drawn = RoundIssue.objects.filter(round__study=study, round__version__in=versions, round__phase__in=FROZEN)
    drawn = drawn.exclude(round__kind=Kind.CONSISTENCY)
    decided = drawn.filter(resolutions__isnull=False).values("issue")
    coded = drawn.filter(assignments__codings__isnull=False)
    return coded.exclude(issue__in=decided).values("issue").distinct().count()
