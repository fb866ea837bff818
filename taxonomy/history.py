"""Reading how versions followed each other: their stored changes, the difference of any two, the fates of codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from taxonomy.carrying import Carrier, Step, carry
from taxonomy.changes import Change
from taxonomy.consequences import RoundConsequence, consequences_of
from taxonomy.differences import difference
from taxonomy.models import ChangeKind, Code, CodeChange, Taxonomy, Version
from taxonomy.queries import Content, content_of


@dataclass(frozen=True)
class Difference:
    """What makes `after` of `before`. `names`: what the codes of both are called, the later name where they differ."""

    before: Content
    after: Content
    changes: Sequence[Change]

    @property
    def names(self) -> dict[str, str]:
        return {str(code.uid): code.name for code in (*self.before.codes, *self.after.codes)}


def as_change(row: CodeChange) -> Change:
    return Change(
        row.kind, tuple(row.sources), tuple(row.targets), row.data, note=row.note, meaning_changed=row.meaning_changed
    )


def predecessor(version: Version) -> Version | None:
    """The version published before this one; for a draft the latest."""
    earlier = Version.objects.filter(taxonomy=version.taxonomy_id, number__isnull=False)
    if version.number is not None:
        earlier = earlier.filter(number__lt=version.number)
    found: Version | None = earlier.order_by("-number").first()
    return found


def changes_between(earlier: Version, later: Version) -> Difference:
    """Of any two versions of a taxonomy, the earlier one first."""
    steps = steps_between(earlier, later)
    before, after = content_of(earlier), content_of(later)
    meanings = meanings_in(steps)
    return Difference(before, after, difference(before, after, carry(steps), meanings))


def meanings_in(steps: Sequence[Step]) -> dict[str, bool | None]:
    """By uid, whether any of the rewordings changed what the code means; None where nobody was asked."""
    said: dict[str, bool | None] = {}
    for change in (change for step in steps for change in step.changes if change.kind == ChangeKind.REWORD):
        uid = change.sources[0]
        said[uid] = said.get(uid) or change.meaning_changed
    return said


def steps_between(earlier: Version, later: Version) -> list[Step]:
    """The changes of each version after `earlier`, up to and with `later`. Versions published before changes were
    stored have theirs computed."""
    chain = list(
        Version.objects.filter(
            taxonomy=earlier.taxonomy_id, number__gte=earlier.number, number__lte=later.number
        ).order_by("number")
    )
    stored: dict[int, list[Change]] = {}
    for row in CodeChange.objects.filter(version__in=chain[1:]).order_by("version", "position"):
        stored.setdefault(row.version_id, []).append(as_change(row))
    return [
        Step(after.number, tuple(stored.get(after.pk) or difference(content_of(before), content_of(after))))
        for before, after in pairwise(chain)
    ]


def carriers(target: Version, *more: Step) -> dict[int, Carrier]:
    """By number of each version up to `target`: how its codes read under `target`, or after `more` changes."""
    chain = versions_upto(target)
    steps = [*steps_between(chain[0], target), *more]
    return {version.number or 0: Carrier(carry(steps[place:])) for place, version in enumerate(chain)}


def versions_upto(version: Version) -> list[Version]:
    """The versions that can be read as of this one, the earliest first."""
    found = Version.objects.filter(taxonomy=version.taxonomy_id, number__lte=version.number)
    return list(found.select_related("taxonomy").order_by("number"))


def versions_from(version: Version) -> list[Version]:
    """The published versions as of which this one can be read, the earliest (itself) first."""
    found = Version.objects.filter(taxonomy=version.taxonomy_id, number__gte=version.number)
    return list(found.select_related("taxonomy").order_by("number"))


def names_upto(version: Version) -> dict[str, str]:
    """What each code is called that some version up to this one had, by uid; the latest name counts."""
    codes = Code.objects.filter(version__taxonomy=version.taxonomy_id, version__number__lte=version.number)
    return {str(uid): name for uid, name in codes.order_by("version__number").values_list("uid", "name")}


def recorded(draft: Version) -> list[CodeChange]:
    """What was merged, split and retired in the draft, as far as it holds: a code that is there again is not gone."""
    there = set(map(str, draft.codes.values_list("uid", flat=True)))
    rows = draft.changes.filter(kind__in=(ChangeKind.MERGE, ChangeKind.SPLIT, ChangeKind.RETIRE))
    return [row for row in rows.order_by("position") if not there & set(row.sources)]


def changes_of_draft(draft: Version, meanings: Mapping[str, bool | None] | None = None) -> Difference:
    """What publishing the draft would store. The first version has no changes: there is nothing before it."""
    after, earlier = content_of(draft), predecessor(draft)
    if earlier is None:
        return Difference(after, after, [])
    before = content_of(earlier)
    fates = carry(Step(None, (as_change(row),)) for row in recorded(draft))
    return Difference(before, after, difference(before, after, fates, meanings))


def following(
    taxonomy: Taxonomy, found: Difference, meanings: Mapping[str, bool]
) -> list[tuple[RoundConsequence, RoundConsequence]]:
    """For each round with codings what publishing would mean: if no other rewording changed its meaning, and if all
    of those that nobody has answered for did."""

    def step(unsaid: bool) -> Step:
        return Step(None, tuple(answered(change, meanings, unsaid) for change in found.changes))

    return list(zip(*(consequences_of(taxonomy, step(unsaid)) for unsaid in (False, True)), strict=True))


def answered(change: Change, meanings: Mapping[str, bool], unsaid: bool) -> Change:
    if change.kind != ChangeKind.REWORD:
        return change
    return replace(change, meaning_changed=meanings.get(change.sources[0], unsaid))


def added_since(version: Version) -> dict[int, int]:
    """By number of each version up to this one, how many codes of this one it did not have yet. One query."""
    codes = Code.objects.filter(version__taxonomy=version.taxonomy_id, version__number__lte=version.number)
    found: dict[int, set[UUID]] = {}
    for number, uid in codes.values_list("version__number", "uid"):
        found.setdefault(number, set()).add(uid)
    there = found.get(version.number or 0, set())
    return {number: len(there - uids) for number, uids in found.items()}
