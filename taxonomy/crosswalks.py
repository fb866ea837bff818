"""Reading crosswalks: what was said of each code, by whom, and what of it one person may see now.

Two who map independently see each their own verdicts alone until both are done, and everybody else sees none: pages,
API, counts of relations and exports all read through `open_for`. How many codes somebody has judged is no secret.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Prefetch, QuerySet

from studies.errors import NotThere, Refused
from studies.models import Study, User
from taxonomy.models import Crosswalk, Mapper, Mapping, Relation, Verdict, Version
from taxonomy.queries import Node, tree

MARKS = {
    Relation.EXACT: "=",
    Relation.CLOSE: "≈",
    Relation.BROADER: "⊂",
    Relation.NARROWER: "⊃",
    Relation.RELATED: "~",
    Relation.NONE: "∅",
}
HIDDEN = (
    "Two people map independently, so what they say is hidden until both are done. It can be seen then, and compared."
)


@dataclass(frozen=True)
class Link:
    """One relation of a left code: to the right code of this uid, or to none."""

    right: uuid.UUID | None
    relation: str
    reason: str = ""

    @property
    def mark(self) -> str:
        return MARKS[Relation(self.relation)]


@dataclass(frozen=True)
class Said:
    """What one person said of one left code, or what was decided."""

    links: tuple[Link, ...]
    revision: int
    reason: str
    carried: bool
    by: str
    at: datetime

    @property
    def answer(self) -> frozenset[tuple[uuid.UUID | None, str]]:
        """The relations without their reasons: two people agree when these are the same."""
        return frozenset((link.right, link.relation) for link in self.links)


@dataclass(frozen=True)
class Case:
    """A left code with what each mapper said (None: nothing yet) and the last decision, if any."""

    node: Node
    said: Sequence[tuple[Mapper, Said | None]]
    decision: Said | None

    @property
    def given(self) -> list[Said]:
        return [said for _, said in self.said if said]

    @property
    def differs(self) -> bool:
        return len({said.answer for said in self.given}) > 1

    @property
    def is_open(self) -> bool:
        """Nothing holds yet: nobody has said anything, or they differ and nobody has decided."""
        return self.result is None

    @property
    def result(self) -> tuple[Link, ...] | None:
        """What holds of this code: the decision, else what all said."""
        if self.decision:
            return self.decision.links
        return self.given[0].links if self.given and not self.differs else None


@dataclass(frozen=True)
class Opened:
    """A crosswalk as one person may see it now. `mapper` is their own part in it, if they have one."""

    crosswalk: Crosswalk
    mappers: Sequence[Mapper]
    mapper: Mapper | None
    left: Sequence[Node]
    right: Sequence[Node]
    cases: Sequence[Case]

    @property
    def is_complete(self) -> bool:
        return is_complete(self.mappers)

    @property
    def is_blind(self) -> bool:
        return is_blind(self.mappers)

    @cached_property
    def by_uid(self) -> dict[uuid.UUID, Case]:
        return {case.node.code.uid: case for case in self.cases}

    @cached_property
    def right_by_uid(self) -> dict[uuid.UUID, Node]:
        return {node.code.uid: node for node in self.right}

    @property
    def table(self) -> list[tuple[Case, list[tuple[Link, Node | None]]]]:
        """Each left code with what holds of it, and the right codes that this leads to."""
        return [
            (case, [(link, self.right_by_uid[link.right] if link.right else None) for link in case.result or ()])
            for case in self.cases
        ]

    @property
    def judged(self) -> int:
        """Codes of which this person, or in an open crosswalk anybody, has said something."""
        return sum(bool(case.given) for case in self.cases)

    @property
    def differences(self) -> list[Case]:
        return [case for case in self.cases if case.differs]

    @property
    def undecided(self) -> list[Case]:
        return [case for case in self.differences if case.decision is None]

    @property
    def unmapped(self) -> list[Node]:
        """Right codes to which nothing leads, of what this person may see."""
        reached = {link.right for case in self.cases for said in held(case) for link in said}
        return [node for node in self.right if node.code.uid not in reached]

    def check_is_seen_by_all(self) -> None:
        """Raises Refused with the reason and when it ends."""
        if self.is_blind:
            raise Refused(HIDDEN)


def held(case: Case) -> list[tuple[Link, ...]]:
    """What holds; as long as nothing does, all that was said."""
    return [case.result] if case.result is not None else [said.links for said in case.given]


def is_complete(mappers: Sequence[Mapper]) -> bool:
    return all(mapper.is_done for mapper in mappers)


def is_blind(mappers: Sequence[Mapper]) -> bool:
    return len(mappers) > 1 and not is_complete(mappers)


def crosswalks_of(study: Study) -> QuerySet[Crosswalk]:
    """The latest first, each with its mappers, who have `judged` so many codes, and its `codes`. Two queries."""
    mappers = Mapper.objects.annotate(judged=Count("verdicts__left", distinct=True))
    return (
        Crosswalk.objects.filter(left__taxonomy__study=study)
        .select_related("left__taxonomy__study", "right__taxonomy", "started_from__left", "made_by")
        .annotate(codes=Count("left__codes"))
        .prefetch_related(
            Prefetch("mappers", mappers.select_related("member__user", "member__study").order_by("member__alias"))
        )
        .order_by("-pk")
    )


def get_crosswalk(study: Study, pk: int) -> Crosswalk:
    found = crosswalks_of(study).filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such crosswalk in this study.")
    return found


def open_for(user: User, crosswalk: Crosswalk) -> Opened:
    """All of it that this person may see. The same number of queries for any number of codes."""
    mappers = list(crosswalk.mappers.all())
    own = next((mapper for mapper in mappers if mapper.member.user_id == user.pk), None)
    seen = [mapper for mapper in mappers if mapper == own or not is_blind(mappers)]
    return opened(crosswalk, mappers, own, seen)


def open_for_all(crosswalk: Crosswalk) -> Opened:
    """As everybody in the study may see it. Refused while two map independently."""
    mappers = list(crosswalk.mappers.all())
    found = opened(crosswalk, mappers, None, [] if is_blind(mappers) else mappers)
    found.check_is_seen_by_all()
    return found


def opened(crosswalk: Crosswalk, mappers: list[Mapper], own: Mapper | None, seen: list[Mapper]) -> Opened:
    left, right = tree(crosswalk.left), tree(crosswalk.right)
    said = last_verdicts(crosswalk, seen, with_decisions=not is_blind(mappers))
    cases = [
        Case(node, [(mapper, said.get((mapper.pk, node.code.pk))) for mapper in seen], said.get((None, node.code.pk)))
        for node in left
    ]
    return Opened(crosswalk, mappers, own, left, right, cases)


def last_verdicts(
    crosswalk: Crosswalk, mappers: Iterable[Mapper], *, with_decisions: bool
) -> dict[tuple[int | None, int], Said]:
    """The last revision of each, by mapper (None: decision) and left code. Two queries."""
    wanted = {mapper.pk for mapper in mappers} | ({None} if with_decisions else set())
    rows = Verdict.objects.filter(crosswalk=crosswalk).select_related("by").order_by("revision")
    last = {(row.mapper_id, row.left_id): row for row in rows if row.mapper_id in wanted}
    links = links_of([row.pk for row in last.values()])
    return {
        key: Said(tuple(links.get(row.pk, ())), row.revision, row.reason, row.carried, str(row.by), row.at)
        for key, row in last.items()
    }


def links_of(verdicts: Sequence[int]) -> dict[int, list[Link]]:
    """By verdict, in the order of the right taxonomy's positions."""
    found: dict[int, list[Link]] = {}
    rows = Mapping.objects.filter(verdict__in=verdicts).order_by("pk")
    for verdict, right, relation, reason in rows.values_list("verdict", "right__uid", "relation", "reason"):
        found.setdefault(verdict, []).append(Link(right, relation, reason))
    return found


def later_version(crosswalk: Crosswalk) -> Version | None:
    """The newest version of ours, when it came after the one that was mapped."""
    newest: Version | None = (
        crosswalk.left.taxonomy.versions.filter(number__gt=crosswalk.left.number).order_by("-number").first()
    )
    return newest
