"""What a crosswalk says: what of ours is covered there, what is new here, what exists there and was not seen.

The definitions are those of docs/method.md, section 9.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from analysis.datasets import LabelledIssue
from analysis.stats.coefficients import agreement
from analysis.stats.intervals import Bootstrap
from analysis.stats.ratings import Agreement, RatingMatrix
from taxonomy.crosswalks import Case, Link, Opened, Said
from taxonomy.models import Relation
from taxonomy.queries import Node


class Ours(StrEnum):
    """Where one of our codes stands to theirs, from the best to the least covered."""

    COVERED = "covered"
    PARTLY = "partly covered"
    RELATED = "only related"
    NEW = "new here"
    OPEN = "not settled"


class Theirs(StrEnum):
    """Where one of their codes stands to ours."""

    SEEN = "seen"
    PARTLY = "partly seen"
    RELATED = "only related"
    BELOW = "seen in codes below it"
    WITHIN = "within a code that is seen"
    UNSEEN = "not seen"


MEANING: dict[str, str] = {
    Ours.COVERED: "exact, close, or theirs is broader and holds it",
    Ours.PARTLY: "theirs is narrower: a part of it only",
    Ours.RELATED: "they touch, neither holds the other",
    Ours.NEW: "no counterpart there",
    Ours.OPEN: "not mapped yet, or the two who mapped differ and nobody has decided",
    Theirs.SEEN: "exact, close, or ours is broader and holds it",
    Theirs.PARTLY: "ours is narrower: a part of it only",
    Theirs.BELOW: "no relation of its own, but one of the codes below it has one",
    Theirs.WITHIN: "no relation of its own, but a code above it is seen: we do not tell it apart",
    Theirs.UNSEEN: "nothing of ours leads to it",
}
OF_OURS: dict[str, Ours] = {
    Relation.EXACT: Ours.COVERED,
    Relation.CLOSE: Ours.COVERED,
    Relation.BROADER: Ours.COVERED,
    Relation.NARROWER: Ours.PARTLY,
    Relation.RELATED: Ours.RELATED,
    Relation.NONE: Ours.NEW,
}
OF_THEIRS: dict[str, Theirs] = {
    Relation.EXACT: Theirs.SEEN,
    Relation.CLOSE: Theirs.SEEN,
    Relation.NARROWER: Theirs.SEEN,
    Relation.BROADER: Theirs.PARTLY,
    Relation.RELATED: Theirs.RELATED,
}
OUR_ORDER, THEIR_ORDER = list(Ours), list(Theirs)


@dataclass(frozen=True)
class OurLine:
    """`issues`: labelled with this code itself; one with several codes counts at each."""

    node: Node
    status: Ours
    links: tuple[tuple[Link, Node | None], ...]
    issues: int


@dataclass(frozen=True)
class TheirLine:
    node: Node
    status: Theirs
    links: tuple[tuple[Link, Node], ...]


@dataclass(frozen=True)
class Share:
    """How many codes have a status, and how many issues. An issue counts once, by its least covered code."""

    status: str
    meaning: str
    codes: int
    issues: int


@dataclass(frozen=True)
class CrosswalkReport:
    """`issues` carry a code as of the left version. `without` were labelled with none of them, and `waiting` have a
    label that cannot be read under it: neither counts anywhere."""

    found: Opened
    ours: tuple[OurLine, ...]
    theirs: tuple[TheirLine, ...]
    our_shares: tuple[Share, ...]
    their_shares: tuple[Share, ...]
    issues: int
    without: int
    waiting: int


@dataclass(frozen=True)
class MappingAgreement:
    """Of two who mapped independently: over left codes, which right codes they lead to; over the pairs that both
    relate, which relation."""

    counterparts: Agreement
    counterparts_percent: Agreement
    relations: Agreement
    relations_percent: Agreement


def crosswalk_report(found: Opened, labelled: Sequence[LabelledIssue]) -> CrosswalkReport:
    """`labelled`: the issues with a label as of the left version."""
    status = {str(case.node.code.uid): status_of(case) for case in found.cases}
    coded = [[code.uid for code in label.codes] for label in labelled if label.codes]
    per_code = Counter(uid for codes in coded for uid in codes)
    per_issue: Counter[str] = Counter(max((status[uid] for uid in codes), key=OUR_ORDER.index) for codes in coded)
    ours = tuple(
        OurLine(case.node, status[str(case.node.code.uid)], tuple(links), per_code[str(case.node.code.uid)])
        for case, links in found.table
    )
    theirs = their_lines(found)
    return CrosswalkReport(
        found=found,
        ours=ours,
        theirs=theirs,
        our_shares=tuple(shares(Ours, [line.status for line in ours], per_issue)),
        their_shares=tuple(shares(Theirs, [line.status for line in theirs], Counter())),
        issues=len(coded),
        without=sum(not label.codes and not label.waits and label.is_on_topic for label in labelled),
        waiting=sum(bool(label.waits) for label in labelled),
    )


def shares(kinds: type[Ours] | type[Theirs], of: Sequence[str], issues: Counter[str]) -> list[Share]:
    codes: Counter[str] = Counter(of)
    return [Share(kind, MEANING[kind], codes[kind], issues[kind]) for kind in kinds if codes[kind] or kind != Ours.OPEN]


def status_of(case: Case) -> Ours:
    """By the relation that covers best."""
    if case.result is None:
        return Ours.OPEN
    return min((OF_OURS[link.relation] for link in case.result), key=OUR_ORDER.index)


def their_lines(found: Opened) -> tuple[TheirLine, ...]:
    leading: dict[UUID, list[tuple[Link, Node]]] = {}
    for case in found.cases:
        for link in case.result or ():
            if link.right:
                leading.setdefault(link.right, []).append((link, case.node))
    own = {
        uid: min((OF_THEIRS[link.relation] for link, _ in links), key=THEIR_ORDER.index)
        for uid, links in leading.items()
    }
    found_status = own | through(found.right, own)
    return tuple(
        TheirLine(node, found_status[node.code.uid], tuple(leading.get(node.code.uid, ()))) for node in found.right
    )


def through(nodes: Sequence[Node], own: dict[UUID, Theirs]) -> dict[UUID, Theirs]:
    """The status of codes without a relation of their own, by what stands below and above them."""
    above: dict[UUID, list[UUID]] = {}
    trail: list[UUID] = []
    for node in nodes:
        trail = trail[: node.depth]
        above[node.code.uid] = trail
        trail = [*trail, node.code.uid]
    touched = (Theirs.SEEN, Theirs.PARTLY)
    with_seen_below = {uid for code, trail in above.items() if own.get(code) in touched for uid in trail}
    return {
        code: Theirs.BELOW
        if code in with_seen_below
        else Theirs.WITHIN
        if any(own.get(uid) == Theirs.SEEN for uid in trail)
        else Theirs.UNSEEN
        for code, trail in above.items()
        if code not in own
    }


def sentence(report: CrosswalkReport) -> str:
    """What a paper prints: by code and by issue."""
    ours, crosswalk = {share.status: share for share in report.our_shares}, report.found.crosswalk
    parts = [
        f"{share.codes} {'is' if share.codes == 1 else 'are'} {share.status}" for share in ours.values() if share.codes
    ]
    whole = f"{counted(len(report.ours), 'code')} ({crosswalk.left})"
    words = [f"Of our {whole}, held against {crosswalk.right}, {listed(parts)}."]
    if report.issues:
        covered, new = ours[Ours.COVERED].issues, ours[Ours.NEW].issues
        words.append(
            f"{covered:,} of {counted(report.issues, 'labelled issue')} ({share(covered, report.issues)}) carry "
            f"covered codes only; {new:,} ({share(new, report.issues)}) carry a code that is new here."
        )
    theirs = Counter(line.status for line in report.theirs)
    there = [
        (theirs[Theirs.SEEN] + theirs[Theirs.PARTLY], "seen here at least in part"),
        (theirs[Theirs.BELOW] + theirs[Theirs.WITHIN], "seen only through a code below or above"),
        (theirs[Theirs.RELATED], "only related to one of ours"),
        (theirs[Theirs.UNSEEN], "not seen"),
    ]
    of_them = listed([f"{number} {'is' if number == 1 else 'are'} {what}" for number, what in there if number])
    words.append(f"Of the {counted(len(report.theirs), 'code')} there, {of_them}.")
    return " ".join(words)


def listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def mapping_agreement(found: Opened, plan: Bootstrap) -> MappingAgreement:
    """Cohen's κ and percent agreement of the two mappers, over what both have judged."""
    said = [
        (case.node.code.uid, mapper.member.alias, verdict)
        for case in found.cases
        for mapper, verdict in case.said
        if verdict
    ]
    counterparts = RatingMatrix.from_ratings((uid, alias, reached(verdict)) for uid, alias, verdict in said)
    relations = [
        ((uid, link.right), alias, frozenset([link.relation]))
        for uid, alias, verdict in said
        for link in verdict.links
        if link.right
    ]
    twice = {unit for unit, times in Counter(unit for unit, _, _ in relations).items() if times > 1}
    both = RatingMatrix.from_ratings(rating for rating in relations if rating[0] in twice)
    return MappingAgreement(
        agreement(counterparts, "cohen_kappa", sure=plan),
        agreement(counterparts, "percent_agreement"),
        agreement(both, "cohen_kappa", sure=plan),
        agreement(both, "percent_agreement"),
    )


def reached(verdict: Said) -> frozenset[str]:
    """The right codes of a verdict; empty where there is no counterpart."""
    return frozenset(str(link.right) for link in verdict.links if link.right)
