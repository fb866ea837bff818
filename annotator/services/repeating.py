"""Drawing a round's sample again, from the list that it was drawn from: nothing of the corpus or the clock is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotator.models import Round
from annotator.queries.populations import digest_of, unpacked
from annotator.services.repeats import own_issues
from annotator.services.sampling import GENERATOR, GENERATOR_VERSION, draw
from studies.errors import Invalid, Refused

FORMAT = "intercoder draw 1"


@dataclass(frozen=True)
class Repeat:
    """The draw as it was and as it is when repeated. Extended samples keep their first issues first, so that the
    order of a stratified one may differ."""

    was: list[str]
    again: list[str]
    of: int
    digest: str

    @property
    def is_same(self) -> bool:
        return set(self.was) == set(self.again)

    @property
    def is_same_order(self) -> bool:
        return self.was == self.again

    @property
    def sentence(self) -> str:
        if not self.is_same:
            differ = len(set(self.was) ^ set(self.again))
            return f"Drawn again from the list of {self.of:,} issues, {differ:,} differ."
        order = "in the same order" if self.is_same_order else "in another order, because the sample was extended"
        return f"Drawn again from the list of {self.of:,} issues: the same {len(self.was):,}, {order}."


def record_of(round: Round) -> dict[str, Any]:
    """All that is needed to repeat the draw elsewhere. Refused when the round kept no list."""
    if round.population is None:
        raise Refused(f"{round} kept no list of what it was drawn from, so its draw cannot be repeated.")
    listed = unpacked(round.population)
    keys = {pk: key for key, pk in listed.issues.items()}
    drawn = own_issues(round).order_by("position").values_list("issue", flat=True)
    return {
        "format": FORMAT,
        "round": round.number,
        "sample": round.sample,
        "population_sha256": round.population.sha256,
        "population": [[key, listed.strata[key]] for key in sorted(listed.strata)],
        "drawn": [keys[pk] for pk in drawn],
    }


def repeat_draw(record: Mapping[str, Any]) -> Repeat:
    """Invalid when the record is none, or its list is another one than it says."""
    if record.get("format") != FORMAT:
        raise Invalid(f"This is not a record of a draw; it does not begin with “{FORMAT}”.")
    sample = record["sample"]
    if (sample["generator"], sample["generator_version"]) != (GENERATOR, GENERATOR_VERSION):
        raise Invalid(f"This draw was made by {sample['generator']}, version {sample['generator_version']}.")
    strata = {key: stratum for key, stratum in record["population"]}
    if digest_of(strata) != record["population_sha256"]:
        raise Invalid("The list of issues is not the one whose SHA-256 the record names.")
    return Repeat(list(record["drawn"]), draw(strata, sample), len(strata), record["population_sha256"])
