"""A larger sample of the same draw: from the list that the round was drawn from, as if it had been larger from the
start."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from annotator.models import Allocation, Method, Round
from annotator.queries.populations import Listed, unpacked
from annotator.services.listed import named
from annotator.services.sampling import draw
from annotator.services.strata import allot, larger_without_less
from corpus.models import Issue
from studies.errors import Invalid

WHOLE = (Method.ALL, Method.LISTED)


@dataclass(frozen=True)
class Extension:
    """The issues that come, in the order of the draw, their ids by key, and the sample's facts with them."""

    before: int
    drawn: list[str]
    issues: dict[str, int]
    sample: dict[str, Any]


def extension_of(round: Round, more: int) -> Extension:
    """Invalid, by field, when there is no larger draw that holds this one."""
    if round.repeats:
        raise Invalid({"size": f"In {round} issues come again, hidden; its sample stays as it is. Draw another round."})
    listed = check_has_order(round)
    before = round.sample["size"]
    if more < 1:
        raise Invalid({"size": "Say how many issues come."})
    if before + more > len(listed.issues):
        left = len(listed.issues) - before
        raise Invalid({"size": f"The list that {round} was drawn from has {left:,} more; draw {left:,} or fewer."})
    sample = larger(round.sample, before + more, listed)
    has = set(round.round_issues.values_list("issue", flat=True))
    drawn = [key for key in draw(listed.strata, sample) if listed.issues[key] not in has]
    check_are_there(drawn, listed)
    extended = [*round.sample.get("extended", []), {"from": before, "to": before + more}]
    return Extension(before, drawn, {key: listed.issues[key] for key in drawn}, sample | {"extended": extended})


def check_has_order(round: Round) -> Listed:
    how = round.sample.get("how", Method.SIMPLE)
    if round.population is None or how in WHOLE:
        raise Invalid({"size": f"{round} holds all that it was drawn from. Draw another round."})
    root = round.sample.get("order_of", round.number)
    later = round.study.rounds.filter(sample__order_of=root, number__gt=round.number).order_by("-number").first()
    if later:
        raise Invalid({"size": f"{later} goes on with the order of this draw. Extend that one."})
    return unpacked(round.population)


def larger(sample: dict[str, Any], size: int, listed: Listed) -> dict[str, Any]:
    strata = sample.get("strata")
    if not strata:
        return sample | {"size": size}
    if strata["allocation"] == Allocation.GIVEN:
        raise Invalid({"size": "The sizes of the strata were given. Draw another round for more of some."})
    sizes, now = Counter(listed.strata.values()), {name: drawn for name, _, drawn in strata["sizes"]}
    options = {"allocation": strata["allocation"], "minimum_one": strata["minimum_one"]}
    fits = larger_without_less(sizes, now, size, **options)
    if fits != size:
        come = fits - sample["size"]
        raise Invalid({"size": f"With so many, a stratum would have fewer than it has now. {come:,} more would do."})
    allotted = allot(sizes, size, **options)
    filled = [[name, sizes[name], allotted[name]] for name in sorted(sizes)]
    return sample | {"size": size, "strata": strata | {"sizes": filled}}


def check_are_there(drawn: list[str], listed: Listed) -> None:
    there = set(Issue.objects.filter(pk__in=[listed.issues[key] for key in drawn]).values_list("pk", flat=True))
    if missing := [key for key in drawn if listed.issues[key] not in there]:
        raise Invalid({"size": f"No longer in the corpus: {named(missing)}. Import them again, or draw another round."})
