"""Rounds: draw a sample, deal it to raters. How a round goes on from there is `annotator.services.phases`."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotator.models import Assignment, Round, RoundIssue
from annotator.services.candidates import Candidates, candidates
from annotator.services.sampling import GENERATOR, GENERATOR_VERSION, SEEDS, new_seed, order_for, sample_of
from annotator.states import DRAWN, Kind
from corpus.models import Frame
from studies.errors import Invalid
from studies.models import Membership, Study, User
from studies.permissions import Permission, check_is_member, may
from studies.services.events import record_event
from taxonomy.models import Purpose, Version

CHUNK = 1000


def check_can_be_coded_with(version: Version, study: Study) -> None:
    """Raises Invalid unless the version is one of the study's, is published and has codes."""
    if version.taxonomy.study_id != study.pk:
        raise Invalid({"version": "This taxonomy belongs to another study."})
    if version.taxonomy.kind == Purpose.PUBLISHED:
        raise Invalid({"version": "This taxonomy was published by others: it is there to compare with, not to code."})
    if version.is_draft:
        raise Invalid({"version": "This taxonomy is a draft. Publish it first, so that it cannot change under raters."})
    if not version.codes.exists():
        raise Invalid({"version": "This version has no codes."})


def check_can_rate(raters: Sequence[Membership], study: Study) -> None:
    """Raises Invalid unless there is at least one rater and all are members of the study who may code."""
    if not raters:
        raise Invalid({"raters": "Choose at least one rater."})
    for rater in raters:
        if rater.study_id != study.pk or not may(rater, Permission.CODE_ISSUES):
            raise Invalid({"raters": f"{rater.alias} may not code in this study."})


@transaction.atomic
def draft_round(
    *,
    study: Study,
    version: Version,
    size: int,
    raters: Sequence[Membership],
    seed: int | None = None,
    several_codes: bool = True,
    kind: str = Kind.CODING,
    allows_proposals: bool = False,
    frame: Frame | None = None,
    without_coded: bool = False,
    by: User,
) -> Round:
    """A simple random sample of `size` issues, each given to every rater, in an order of its own for each.

    Drawn from the corpus, or from a frame, which is frozen by it. The same seed on the same corpus or frame draws and
    deals the same. Raters see nothing of it until it is started. It takes several codes an issue when the version does.
    In open coding raters may always propose codes.
    """
    check_is_member(by, study, Permission.MANAGE_ROUNDS)
    check_can_be_coded_with(version, study)
    check_can_rate(raters, study)
    if kind not in DRAWN:
        raise Invalid({"kind": f"{kind} is not a kind of round. Choose calibration, coding or open coding."})
    if seed is not None and not 0 <= seed < SEEDS:
        raise Invalid({"seed": f"A seed is a whole number from 0 to {SEEDS - 1}."})
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    number, seed = next_number(study), new_seed() if seed is None else seed
    found = candidates(study=study, frame=frame, without_coded=without_coded, draw=f"Round {number}", size=size, by=by)
    round = Round(
        study=study,
        number=number,
        kind=kind,
        version=version,
        several_codes=several_codes and version.several_codes,
        allows_proposals=allows_proposals or kind == Kind.OPEN,
        drafted_at=timezone.now(),
        sample=sample_facts(size, found, seed),
    )
    round.save()
    deal(round, found.issues, raters, seed=seed)
    record_event(study=study, by=by, verb="drafted", target=str(round).lower(), data={**round.sample, "kind": kind})
    return round


def sample_facts(size: int, found: Candidates, seed: int) -> dict[str, Any]:
    """How it was drawn, as the round keeps it: with the list of candidates, anyone can repeat it."""
    return {
        "method": "simple random sample without replacement",
        "size": size,
        "of": len(found.issues),
        "seed": seed,
        "generator": GENERATOR,
        "generator_version": GENERATOR_VERSION,
        **found.kept,
    }


def next_number(study: Study) -> int:
    return (study.rounds.aggregate(last=Max("number"))["last"] or 0) + 1


def deal(round: Round, issues: dict[str, int], raters: Sequence[Membership], *, seed: int) -> None:
    drawn = sample_of(issues, round.sample["size"], seed=seed)
    RoundIssue.objects.bulk_create(
        [RoundIssue(round=round, issue_id=issues[key], position=position) for position, key in enumerate(drawn, 1)],
        batch_size=CHUNK,
    )
    made = dict(round.round_issues.values_list("issue_id", "pk"))
    Assignment.objects.bulk_create(
        [
            Assignment(round_issue_id=made[issues[key]], member=rater, position=position)
            for rater in raters
            for position, key in enumerate(order_for(drawn, rater.alias, seed=seed), 1)
        ],
        batch_size=CHUNK,
    )
