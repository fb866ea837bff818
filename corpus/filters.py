"""Which issues: one filter for the list, for programs and for frames, as it stands in an address or is kept as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, ExtractYear, Lower

from corpus import queries, told
from corpus.models import Issue, IssueLabel
from studies.models import Membership

YES, NO = "yes", "no"


@dataclass(frozen=True)
class IssueFilter:
    """Values of one field are alternatives; the fields hold together. An empty field says nothing.

    `q` is what was typed into the search box. The empty text stands for "none" in `reason`, `label`, `association`,
    `screened`, `coded` and `coded_as`; `bot`, `comments`, `code`, `images` and `changed` are "yes", "no" or both; the
    days are the first and the last day of creation, in UTC. What `screened`, `coded`, `coded_as` and `changed` mean is
    `corpus.told`'s.
    """

    q: str = ""
    repository: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    association: tuple[str, ...] = ()
    bot: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    duplicate: tuple[str, ...] = ()
    screened: tuple[str, ...] = ()
    coded: tuple[str, ...] = ()
    coded_as: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    created_from: str = ""
    created_to: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]]) -> "IssueFilter":
        """From lists by name, as `dict(request.GET.lists())` or `to_params` gives them. Other names, and values that
        cannot be meant (a year that is no number, a day that is no date), are left out."""
        said = {}
        for field in fields(cls):
            values = tuple(dict.fromkeys(value.replace("\0", "").strip() for value in params.get(field.name, ())))
            if field.name in CHECKS:
                values = tuple(value for value in values if CHECKS[field.name](value))
            said[field.name] = values if isinstance(field.default, tuple) else next(iter(values), "")
        return cls(**said)  # type: ignore[arg-type]

    def to_params(self) -> dict[str, list[str]]:
        """Lists by name, without what says nothing: `from_params` of it is equal to this filter."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: [value] if isinstance(value, str) else list(value) for name, value in said.items() if value}

    def apply(self, issues: QuerySet[Issue], viewer: Membership | None = None) -> QuerySet[Issue]:
        """Those of the issues that fit, in their order; as far as the viewer may know, if one is named."""
        for name in FIELD_OF:
            if values := getattr(self, name):
                issues = issues.filter(**{f"{FIELD_OF[name]}__in": values})
        for name, holds in HOLDS.items():
            if len(values := set(getattr(self, name))) == 1:
                issues = issues.filter(holds if values == {YES} else ~holds)
        issues = issues.filter(told.asked_for({name: getattr(self, name) for name in told.FACETS}, viewer))
        issues = with_labels(in_repositories(issues, self.repository), self.label)
        if self.year:
            issues = issues.alias(year=ExtractYear("created_at")).filter(year__in=[int(year) for year in self.year])
        if self.created_from:
            issues = issues.filter(created_at__gte=midnight(self.created_from))
        if self.created_to:
            issues = issues.filter(created_at__lt=midnight(self.created_to) + timedelta(days=1))
        return queries.search(issues, self.q) if self.q else issues


# Where a field is a column of the issue, and where it is a question about it.
FIELD_OF = {"state": "state", "reason": "state_reason", "association": "author_association"}
HOLDS = {
    "bot": Q(author_is_bot=True),
    "comments": Q(facts__comments__gt=0),
    "code": Q(facts__has_code=True),
    "images": Q(facts__has_images=True),
    "duplicate": Q(likely_duplicate__isnull=False) | Q(state_reason="duplicate"),
}


def is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_year(value: str) -> bool:
    return value.isdecimal() and len(value) == 4


def is_answer(value: str) -> bool:
    return value in (YES, NO)


CHECKS = dict.fromkeys((*HOLDS, "changed"), is_answer) | {
    "year": is_year, "created_from": is_day, "created_to": is_day,
    "state": lambda value: value != "", "repository": lambda value: value != "",
}  # fmt: skip


def midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def in_repositories(issues: QuerySet[Issue], names: Sequence[str]) -> QuerySet[Issue]:
    """Full names, in any case."""
    if not names:
        return issues
    full = Concat(Lower("repository__owner"), Value("/"), Lower("repository__name"))
    return issues.alias(full_name=full).filter(full_name__in=[name.lower() for name in names])


def with_labels(issues: QuerySet[Issue], names: Sequence[str]) -> QuerySet[Issue]:
    if not names:
        return issues
    rows = IssueLabel.objects.filter(issue=OuterRef("pk"))
    found = Q(Exists(rows.filter(name__in=[name for name in names if name])))
    return issues.filter(found | Q(~Exists(rows)) if "" in names else found)
