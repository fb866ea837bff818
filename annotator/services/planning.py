"""What a round would be before anything is written: the sample, and who would code what."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from annotator.models import Allocation, Method, Round, RoundIssue, StratifiedBy
from annotator.queries.populations import Listed, unpacked
from annotator.services.candidates import Candidates, Narrow, candidates, check_size
from annotator.services.dealing import Balance, Design, Hands, balance_of, deal_hands
from annotator.services.listed import keys_in, named
from annotator.services.repeats import Again, Repeats, choose_repeats, mixed
from annotator.services.sampling import GENERATOR, GENERATOR_VERSION, SEEDS, draw, new_seed
from annotator.services.strata import allot
from annotator.states import Kind
from corpus.models import Frame
from studies.errors import Invalid
from studies.models import Membership, Study
from taxonomy.models import Version

SIMPLE = "simple random sample without replacement"
ORDERED = (Method.SIMPLE, Method.NEXT)


@dataclass(frozen=True)
class Way:
    """How the issues are chosen, beside their number and where they come from. `sizes` are those of given strata,
    `listed` the pasted list, `after` the round whose order of the draw goes on."""

    method: str = Method.SIMPLE
    stratify_by: str = StratifiedBy.REPOSITORY
    allocation: str = Allocation.PROPORTIONAL
    sizes: Mapping[str, int] = field(default_factory=dict)
    minimum_one: bool = False
    listed: str = ""
    after: Round | None = None


@dataclass(frozen=True)
class Plan:
    """The sample, in the order of the draw, with the facts that a round keeps, and the hands that would be dealt."""

    found: Candidates
    sample: dict[str, Any]
    drawn: list[str]
    design: Design
    hands: Hands
    repeats: Repeats = field(default_factory=dict)
    again: Again = field(default_factory=Again)

    @cached_property
    def mixed(self) -> Hands:
        """The hands with what comes again among them."""
        return mixed(self.hands, self.repeats, seed=self.sample["seed"])

    @property
    def coming_again(self) -> list[tuple[str, int, int]]:
        """A row a rater: how many issues come again, of how many asked for."""
        given = {alias: len(keys) for alias, keys in self.hands.items()}
        return [(alias, len(keys), self.again.of(given[alias])) for alias, keys in self.repeats.items()]

    @cached_property
    def balance(self) -> Balance:
        return balance_of(self.hands)

    @cached_property
    def digest(self) -> str:
        """Tells whether a later plan is the same, issue by issue and rater by rater."""
        return hashlib.sha256(json.dumps([self.drawn, self.mixed, self.design.facts]).encode()).hexdigest()


def plan_round(
    *,
    study: Study,
    raters: Sequence[Membership],
    size: int | None,
    seed: int | None = None,
    frame: Frame | None = None,
    without_coded: bool = False,
    screened_in: bool = False,
    kind: str = Kind.CODING,
    way: Way | None = None,
    design: Design | None = None,
    again: Again | None = None,
    version: Version | None = None,
    several_codes: bool = True,
) -> Plan:
    """Nothing is written. Invalid, by field, when what is asked for cannot be drawn or dealt."""
    way, design = way or Way(), design or Design()
    if seed is not None and not 0 <= seed < SEEDS:
        raise Invalid({"seed": f"A seed is a whole number from 0 to {SEEDS - 1}."})
    narrow = Narrow(without_coded, screened_in, screening=kind == Kind.SCREENING)
    if way.method == Method.NEXT:
        found, facts = going_on(way.after, size, study, narrow)
    else:
        by = way.stratify_by if way.method == Method.STRATIFIED else ""
        found = candidates(study=study, frame=frame, narrow=narrow, by=by)
        found, facts = CHOOSERS[Method(way.method)](way, size, found, study)
    sample = facts | {
        "of": len(found.issues),
        "seed": facts.get("seed", new_seed() if seed is None else seed),
        "generator": GENERATOR,
        "generator_version": GENERATOR_VERSION,
        **found.kept,
    }
    drawn = draw(found.listed.strata, sample)
    hands = deal_hands(drawn, [rater.alias for rater in raters], design, seed=sample["seed"])
    again = again or Again()
    repeats = choose_repeats(
        raters, version, hands, again, design, drawn=drawn, seed=sample["seed"],
        several_codes=several_codes and version.several_codes,
    ) if version else {}  # fmt: skip
    return Plan(found, sample, drawn, design, hands, repeats, again)


Chosen = tuple[Candidates, dict[str, Any]]


def check_is_given(size: int | None) -> int:
    if size is None:
        raise Invalid({"size": "Say how many issues to draw."})
    return size


def at_random(way: Way, size: int | None, found: Candidates, study: Study) -> Chosen:
    size = check_is_given(size)
    check_size(size, found)
    return found, {"method": SIMPLE, "size": size}


def everything(way: Way, size: int | None, found: Candidates, study: Study) -> Chosen:
    check_size(None, found)
    return found, {"method": "all issues, in random order", "how": Method.ALL, "size": len(found.issues)}


def stratified(way: Way, size: int | None, found: Candidates, study: Study) -> Chosen:
    given = sum(way.sizes.values()) if way.allocation == Allocation.GIVEN else check_is_given(size)
    strata = Counter(found.listed.strata.values())
    allotted = check_given(way.sizes, strata) if way.allocation == Allocation.GIVEN else {}
    check_size(given, found)
    if not allotted:
        check_minimum(given, len(strata), way)
        allotted = allot(strata, given, allocation=way.allocation, minimum_one=way.minimum_one)
    by, how = StratifiedBy(way.stratify_by), Allocation(way.allocation)
    return found, {
        "method": f"stratified random sample by {by.label}, {how.label}",
        "how": Method.STRATIFIED,
        "size": given,
        "strata": {
            "by": by,
            "allocation": how,
            "minimum_one": way.minimum_one,
            "sizes": [[name, strata[name], allotted.get(name, 0)] for name in sorted(strata)],
        },
    }


def check_minimum(size: int, strata: int, way: Way) -> None:
    if way.minimum_one and size < strata:
        raise Invalid({"size": f"There are {strata:,} strata; one of each needs {strata:,} issues or more."})


def check_given(sizes: Mapping[str, int], strata: Mapping[str, int]) -> dict[str, int]:
    """Names may be written in any case. Invalid names what is not there and what is too much."""
    if not sizes:
        raise Invalid(
            {"sizes": f"Say how many from each stratum, one a line: {next(iter(sorted(strata)), 'name')}: 10"}
        )
    there = {name.lower(): name for name in strata}
    if unknown := [name for name in sizes if name.lower() not in there]:
        raise Invalid({"sizes": f"No such stratum: {named(unknown)}. There are {named(sorted(strata))}."})
    allotted = {there[name.lower()]: size for name, size in sizes.items()}
    if large := [f"{name} has {strata[name]:,}" for name, size in allotted.items() if size > strata[name]]:
        raise Invalid({"sizes": f"More than there are: {named(large)}."})
    return allotted


def given_list(way: Way, size: int | None, found: Candidates, study: Study) -> Chosen:
    """The list is the population. What was coded already is left out on wish, as everywhere."""
    keys = keys_in(way.listed, study)
    if unknown := [key for key in keys if key not in found.issues]:
        left_out = found.kept.get("left_out_coded")
        coded = " Those that somebody has coded are left out; untick that to have them." if left_out else ""
        raise Invalid({"listed": f"Not in {found.source.replace('The', 'the', 1)}: {named(unknown)}.{coded}"})
    listed = Listed({key: found.issues[key] for key in keys}, dict.fromkeys(keys, ""))
    chosen = Candidates(listed, found.kept, "The list")
    return chosen, {"method": "a given list", "how": Method.LISTED, "size": len(keys)}


CHOOSERS = {
    Method.SIMPLE: at_random,
    Method.ALL: everything,
    Method.STRATIFIED: stratified,
    Method.LISTED: given_list,
}


def going_on(after: Round | None, size: int | None, study: Study, narrow: Narrow) -> Chosen:
    """The next of an earlier round's order: from its list, without what it and the rounds after it have taken."""
    if after is None or after.study_id != study.pk:
        raise Invalid({"after": "Choose the round whose order goes on."})
    if after.population is None or after.sample.get("how", Method.SIMPLE) not in ORDERED:
        raise Invalid({"after": f"{after} kept no order of a simple random draw that could go on."})
    root = after.sample.get("order_of", after.number)
    first = study.rounds.select_related("population").get(number=root)
    taken = taken_from(first)
    listed = unpacked(first.population) if first.population else unpacked(after.population)
    there = candidates(study=study, frame=None, narrow=narrow)
    issues = {key: pk for key, pk in listed.issues.items() if pk not in taken and pk in set(there.issues.values())}
    kept = {name: after.sample[name] for name in ("frame",) if name in after.sample}
    found = Candidates(Listed(issues, dict.fromkeys(issues, "")), kept, f"The order of round {root}")
    size = check_is_given(size)
    check_size(size, found)
    method = f"the next of the random order of round {root}"
    return found, {"method": method, "how": Method.NEXT, "size": size, "order_of": root, "seed": first.sample["seed"]}


def taken_from(first: Round) -> set[int]:
    """Ids of the issues that the round and those that go on with its order have drawn."""
    rows = RoundIssue.objects.filter(round__study=first.study_id).exclude(assignments__repeats__isnull=False)
    own, later = rows.filter(round=first), rows.filter(round__sample__order_of=first.number)
    return set((own | later).values_list("issue", flat=True))
