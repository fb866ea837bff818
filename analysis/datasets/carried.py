"""Codings and labels as of a version: those given under it and, carried forward, those given under earlier ones.

What was given under a later version is left out: it is not carried back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Min

from analysis.datasets.codebooks import Codebook, CodeEntry, codebook, in_order
from analysis.datasets.labels import LabelledIssue, labels
from analysis.datasets.ratings import (
    Rating,
    RoundRatings,
    as_matrix,
    closed_rounds,
    ratings,
    why_proposals_wait,
)
from annotator.models import Round
from annotator.queries.proposals import Used
from annotator.states import Kind, Outcome
from annotator.visibility import check_sees_all_codings
from studies.models import Membership, Study
from taxonomy.carrying import Carrier
from taxonomy.history import added_since, carriers, names_upto, versions_upto
from taxonomy.models import Code, Version
from taxonomy.telling import why_it_waits


@dataclass(frozen=True)
class Reader:
    """Reads what was given under versions up to one as of that one."""

    book: Codebook
    read: Mapping[int, Carrier]
    names: Mapping[str, str]
    first: Mapping[str, int]

    def codes(self, given: Iterable[CodeEntry], under: int) -> tuple[tuple[CodeEntry, ...], str]:
        """The codes as of the version, or none and why they wait."""
        reading = self.read[under].read(code.uid for code in given)
        why = " ".join(why_it_waits(uid, fate, self.names) for uid, fate in sorted(reading.waits.items()))
        return in_order(self.book, set(reading.uids)), why

    def rating(self, rating: Rating) -> Rating:
        codes, why = self.codes(rating.given, rating.given_under)
        for proposal in rating.proposals:
            became, waits = self.proposal(proposal)
            codes, why = (*codes, *became), f"{why} {waits}".strip()
        codes = () if why else in_order(self.book, {code.uid for code in codes})
        return replace(rating, codes=codes, version=self.book.version, waits=why)

    def proposal(self, proposal: Used) -> tuple[tuple[CodeEntry, ...], str]:
        """The code that it became, read on from the version that first had it; or why it waits."""
        if proposal.became not in self.first:
            return (), why_proposals_wait([proposal])
        reading = self.read[self.first[proposal.became]].read([proposal.became])
        why = " ".join(why_it_waits(uid, fate, self.names) for uid, fate in reading.waits.items())
        return in_order(self.book, set(reading.uids)), why

    def label(self, label: LabelledIssue) -> LabelledIssue:
        codes, why = self.codes(label.given, label.given_under)
        return replace(label, codes=codes, version=self.book.version, waits=why)


def reader(version: Version) -> Reader:
    return Reader(codebook(version), carriers(version), names_upto(version), first_versions(version))


def first_versions(version: Version) -> dict[str, int]:
    """By uid of each code of this version and those before it, the number of the version that first had it."""
    rows = Code.objects.filter(version__taxonomy=version.taxonomy_id, version__number__lte=version.number)
    found = rows.values_list("uid").annotate(first=Min("version__number")).order_by()
    return {str(uid): number for uid, number in found}


def labels_as_of(study: Study, version: Version) -> list[LabelledIssue]:
    """The latest decision on each issue under this version or an earlier one, as it reads under this one."""
    read = reader(version).label
    return [read(label) for label in labels(study, versions_upto(version), upto=version)]


def ratings_upto(study: Study, version: Version) -> list[Rating]:
    """All codings of closed rounds under this version or an earlier one, as they read under this one."""
    rounds = closed_rounds(study).filter(version__taxonomy=version.taxonomy, version__number__lte=version.number)
    return list(map(reader(version).rating, ratings(rounds.order_by("number"))))


def ratings_as_of(round: Round, version: Version, viewer: Membership | None = None) -> list[Rating]:
    """The codings of a closed round, or of one of which the viewer broke the blind, as of this version, its own or a
    later one. For one that waits stands what the same rater said of the issue in a later re-coding round, where that
    can be read."""
    check_sees_all_codings(round, viewer)
    later = closed_rounds(round.study).filter(
        kind=Kind.RECODING, number__gt=round.number,
        version__taxonomy=version.taxonomy_id, version__number__lte=version.number,
    )  # fmt: skip
    found = list(map(reader(version).rating, ratings([round, *later], viewer)))
    again = {(each.issue_id, each.rater): each for each in found if each.round != round.number and not each.waits}
    own = [each for each in found if each.round == round.number]
    return [again.get((each.issue_id, each.rater), each) if each.waits else each for each in own]


def round_ratings_as_of(round: Round, version: Version, viewer: Membership | None = None) -> RoundRatings:
    """The round's matrix as of this version, without the issues of which a coding waits."""
    found = ratings_as_of(round, version, viewer)
    waiting = frozenset(each.issue_id for each in found if each.waits)
    there = [each for each in found if each.issue_id not in waiting]
    return replace(
        as_matrix(round, codebook(version), found, waiting),
        again=sum(each.round != round.number for each in there),
        none_before=none_before(there, version),
    )


def none_before(given: Iterable[Rating | LabelledIssue], version: Version) -> int:
    """How many say none of these from before codes of this version were there."""
    added = added_since(version)
    return sum(each.outcome == Outcome.NONE and added[each.given_under] > 0 for each in given)
