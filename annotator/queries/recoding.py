"""What the codings of closed rounds are under a later version of their taxonomy, and which wait to be coded again.

A coding is never rewritten: all of this is computed. A coding that waits is answered by a later one of the same rater
on the same issue from a closed re-coding round, when that one can be read. Nothing of a round that is not closed is
looked at but to whom its issues were given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from annotator.models import AppliedCode, Assignment, Coding, ResolvedCode
from annotator.queries.codings import last_codings
from annotator.queries.labels import labels_of
from annotator.states import CODED_KINDS, FROZEN, Kind
from taxonomy.carrying import Carrier, Fate, Reading, Step
from taxonomy.consequences import RoundConsequence
from taxonomy.history import carriers
from taxonomy.models import Purpose, Taxonomy, Version
from taxonomy.queries import latest_of

Pair = tuple[int, int]
ASSIGNED = {"issue": "assignment__round_issue__issue", "member": "assignment__member"}
RUNNING = "Told when the round is closed: until then nobody sees what its codings say."


@dataclass(frozen=True)
class Given:
    """A rater's independent coding in a closed round, as given. `round` and `version` are numbers, the other three
    primary keys."""

    coding: int
    round: int
    kind: str
    version: int
    issue: int
    member: int
    uids: frozenset[str]

    @property
    def pair(self) -> Pair:
        return self.issue, self.member


@dataclass(frozen=True)
class Wait:
    """An issue of a round that a rater is to code again, and why. `label`: it is the label that waits, and no coding.
    `dealt_in` is the number of the re-coding round that has it already."""

    round: int
    issue: int
    member: int
    fates: Mapping[str, Fate]
    label: bool
    dealt_in: int | None


def given_codings(version: Version, **only: int) -> list[Given]:
    """All of closed rounds under this version or an earlier one, by round and issue; of one `issue` or `member` alone
    where their ids are named. None of screening, whose answers stay what they are when criteria change. Two queries."""
    round = "assignment__round_issue__round"
    asked = {
        f"{round}__version__taxonomy": version.taxonomy_id,
        f"{round}__version__number__lte": version.number,
        f"{round}__phase__in": FROZEN,
        **{ASSIGNED[name]: value for name, value in only.items()},
        f"{round}__kind__in": CODED_KINDS,
    }
    rows = (
        last_codings()
        .filter(**asked)
        .order_by(f"{round}__number", "assignment__round_issue__position", "assignment__member")
        .values_list(
            "pk",
            f"{round}__number",
            f"{round}__kind",
            f"{round}__version__number",
            "assignment__round_issue__issue",
            "assignment__member",
        )
    )
    applied = AppliedCode.objects.filter(**{f"coding__{path}": value for path, value in asked.items()})
    codes = by_owner(applied.values_list("coding", "code__uid"))
    return [
        Given(coding, number, kind, under or 0, issue, member, frozenset(codes.get(coding, ())))
        for coding, number, kind, under, issue, member in rows
    ]


def by_owner(pairs: Iterable[tuple[int, object]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for owner, uid in pairs:
        found.setdefault(owner, set()).add(str(uid))
    return found


def readings(given: Sequence[Given], read: Mapping[int, Carrier]) -> list[tuple[Given, Reading]]:
    """Each coding with what it says under the version that `read` leads to."""
    return [(each, read[each.version].read(each.uids)) for each in given]


def unanswered(found: Sequence[tuple[Given, Reading]]) -> list[tuple[Given, Reading]]:
    """Those that wait and that no re-coding has answered."""
    again = {each.pair: each.round for each, reading in found if each.kind == Kind.RECODING and not reading.waits}
    return [(each, reading) for each, reading in found if reading.waits and again.get(each.pair, 0) <= each.round]


def queue_of(version: Version) -> list[Wait]:
    """What waits under this version, by round and issue; then the issues of which only the label waits. Screening
    waits for nothing: another round with the new criteria asks again."""
    if version.taxonomy.kind == Purpose.SCREENING:
        return []
    read = carriers(version)
    found = readings(given_codings(version), read)
    dealt = dealt_pairs(version)
    waits = [
        Wait(each.round, each.issue, each.member, reading.waits, label=False, dealt_in=dealt.get(each.pair))
        for each, reading in unanswered(found)
    ]
    return waits + label_waits(version, found, read, dealt, {wait.issue for wait in waits})


def dealt_pairs(version: Version) -> dict[Pair, int]:
    """By issue and rater, the re-coding round that is not closed yet and has the issue for them."""
    rows = Assignment.objects.filter(
        round_issue__round__kind=Kind.RECODING, round_issue__round__version__taxonomy=version.taxonomy_id
    ).exclude(round_issue__round__phase__in=FROZEN)
    return {
        (issue, member): number
        for issue, member, number in rows.values_list("round_issue__issue", "member", "round_issue__round__number")
    }


def label_waits(
    version: Version,
    found: Sequence[tuple[Given, Reading]],
    read: Mapping[int, Carrier],
    dealt: Mapping[Pair, int],
    waiting: set[int],
) -> list[Wait]:
    """Issues of which all codings can be read and the label cannot: who coded them codes them again, once."""
    fates = waiting_labels(version, read)
    again = {each.pair: each.round for each, _ in found if each.kind == Kind.RECODING}
    return [
        Wait(each.round, each.issue, each.member, fates[each.issue][1], label=True, dealt_in=dealt.get(each.pair))
        for each, _ in found
        if each.issue not in waiting and each.issue in fates
        if fates[each.issue][0] == each.round and again.get(each.pair, 0) <= each.round
    ]


def waiting_labels(version: Version, read: Mapping[int, Carrier]) -> dict[int, tuple[int, Mapping[str, Fate]]]:
    """By issue: the number of the round in which its label was given, and the codes of the label that wait."""
    rows = labels_of(version.taxonomy.study, upto=version).select_related(None).prefetch_related(None)
    resolved = ResolvedCode.objects.filter(resolution__round_issue__round__version__taxonomy=version.taxonomy_id)
    codes = by_owner(resolved.values_list("resolution", "code__uid"))
    found = {}
    for pk, issue, number, given_under in rows.values_list(
        "pk", "round_issue__issue", "round_issue__round__number", "round_issue__round__version__number"
    ):
        reading = read[given_under or 0].read(codes.get(pk, ()))
        if reading.waits:
            found[issue] = (number, reading.waits)
    return found


def consequences(taxonomy: Taxonomy, step: Step) -> list[RoundConsequence]:
    """What publishing changes for each round with codings. Of a round that is not closed only how many are in."""
    latest = latest_of(taxonomy)
    if latest is None or taxonomy.kind == Purpose.SCREENING:
        return []
    found = readings(given_codings(latest), carriers(latest, step))
    waiting = unanswered(found)
    return [
        RoundConsequence(number, codings, told_later=RUNNING)
        if phase not in FROZEN
        else closed_consequence(number, codings, [pair for pair in found if pair[0].round == number], waiting)
        for number, phase, codings in rounds_with_codings(taxonomy)
    ]


def closed_consequence(
    number: int,
    codings: int,
    found: Sequence[tuple[Given, Reading]],
    waiting: Sequence[tuple[Given, Reading]],
) -> RoundConsequence:
    readable = [(each, reading) for each, reading in found if not reading.waits]
    unchanged = sum(each.uids == reading.uids for each, reading in readable)
    issues = {each.issue for each, _ in waiting if each.round == number}
    return RoundConsequence(number, codings, unchanged, len(readable) - unchanged, len(issues))


def rounds_with_codings(taxonomy: Taxonomy) -> list[tuple[int, str, int]]:
    coded = Coding.objects.filter(revision=1, assignment__round_issue__round__version__taxonomy=taxonomy)
    coded = coded.filter(assignment__repeats__isnull=True)
    round = "assignment__round_issue__round"
    rows = coded.values_list(f"{round}__number", f"{round}__phase")
    return list(rows.annotate(codings=Count("pk")).order_by(f"{round}__number"))
