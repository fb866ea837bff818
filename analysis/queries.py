"""Reads for the overview: what stands at each step, and what waits. Counts of submits, never what they say."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from analysis.models import Export, ResolutionDefinition, Result, StopRule
from analysis.stats.resolution import Definition, told
from annotator.models import Coding, Resolution, Round, RoundIssue
from annotator.queries.screening import Screening, screening_of, was_screened
from annotator.states import CODED_KINDS, FROZEN, Kind
from corpus.models import Issue
from corpus.told import SCREENED_IN
from studies.errors import NotThere
from studies.models import Study
from taxonomy.history import versions_from
from taxonomy.models import Purpose, Taxonomy, Version


@dataclass(frozen=True)
class Funnel:
    """Issues at each step from import to label. `coded`: at least one rater has submitted, whatever they said.
    `screening` stands apart from coding and is None while no such round is closed; `drawn_in` are those drawn that were
    screened in.
    """

    imported: int
    drawn: int
    coded: int
    labelled: int
    repositories: int
    last_import: datetime | None
    screening: Screening | None = None
    drawn_in: int = 0


@dataclass(frozen=True)
class RoundCounts:
    """Issues of a round. `undecided` is 0 until the round is closed."""

    issues: int
    undecided: int


def funnel(study: Study) -> Funnel:
    imported = Issue.objects.filter(repository__study=study).aggregate(
        imported=Count("pk"), repositories=Count("repository", distinct=True), last_import=Max("last_seen_at")
    )
    drawn = RoundIssue.objects.filter(round__study=study, round__kind__in=CODED_KINDS)
    screening = screening_of(study)
    chosen = Issue.objects.filter(was_screened([SCREENED_IN])).values("pk")
    return Funnel(
        **imported,
        screening=screening,
        drawn_in=_issues(drawn.filter(issue__in=chosen)) if screening else 0,
        drawn=_issues(drawn),
        coded=_issues(drawn.filter(is_coded())),
        labelled=_issues(drawn.filter(is_decided())),
    )


def _issues(drawn: QuerySet[RoundIssue]) -> int:
    return drawn.values("issue").distinct().count()


def is_coded() -> Exists:
    return Exists(Coding.objects.filter(assignment__round_issue=OuterRef("pk")))


def is_decided() -> Exists:
    return Exists(Resolution.objects.filter(round_issue=OuterRef("pk")))


def counts_by_round(study: Study) -> dict[int, RoundCounts]:
    """By the number of the round."""
    rows = (
        RoundIssue.objects.filter(round__study=study)
        .annotate(waits=Q(round__phase__in=FROZEN) & ~Q(round__kind=Kind.CONSISTENCY) & is_coded() & ~is_decided())
        .values_list("round__number")
        .annotate(issues=Count("pk"), undecided=Count("pk", filter=Q(waits=True)))
    )
    return {number: RoundCounts(issues, undecided) for number, issues, undecided in rows}


def last_results(study: Study, kind: str) -> dict[str, Result]:
    """The latest stored result of each subject."""
    rows = Result.objects.filter(study=study, kind=kind).order_by("computed_at", "pk")
    return {row.subject: row for row in rows}


def version_of_findings(study: Study) -> Version | None:
    """The version used last of which labels stand, else the one used last: where findings open."""
    versions = versions_with_findings(study)
    decided = Resolution.objects.filter(round_issue__round__study=study, round_issue__round__phase__in=FROZEN)
    labelled = set(decided.values_list("round_issue__round__version", flat=True).distinct())
    return next((version for version in versions if version.pk in labelled), next(iter(versions), None))


def versions_with_findings(study: Study) -> list[Version]:
    """Versions that a closed round coded with, the latest used first; then the others of their taxonomies, as of which
    labels can be read."""
    used = Version.objects.filter(rounds__study=study, rounds__phase__in=FROZEN, rounds__kind__in=CODED_KINDS)
    found = Version.objects.filter(taxonomy__in=used.values("taxonomy"), number__isnull=False)
    last = Max("rounds__closed_at", filter=Q(rounds__phase__in=FROZEN))
    return list(found.select_related("taxonomy").annotate(last=last).order_by(F("last").desc(nulls_last=True), "-pk"))


def get_version(study: Study, pk: str) -> Version:
    found = [version for version in versions_with_findings(study) if str(version.pk) == pk]
    if not found:
        raise NotThere("No closed round of this study used this version.")
    return found[0]


def as_of_version(round: Round, pk: str) -> Version | None:
    """The version as of which the round is asked for; None for its own."""
    if pk in ("", str(round.version_id)):
        return None
    found = [version for version in readable_as(round) if str(version.pk) == pk]
    if not found:
        raise NotThere(f"{round} was coded under {round.version}. It is read as of that version or a later one of it.")
    return found[0]


def readable_as(round: Round) -> list[Version]:
    """Its own version and the later ones. Screening is not carried to other criteria."""
    return [round.version] if round.is_screening else versions_from(round.version)


def exports_of(study: Study) -> list[Export]:
    """Exports whose file is whole, the latest first."""
    return list(Export.objects.filter(job__study=study).exclude(file="").select_related("job__made_by").order_by("-pk"))


def names_by_alias(study: Study) -> dict[str, str]:
    """For pages, where members know each other by name; exports give aliases."""
    return {row.alias: str(row.user) for row in study.memberships.select_related("user")}


def taxonomies_to_code_with(study: Study) -> list[Taxonomy]:
    """Taxonomies of which a version is published, by name: those that a round can be coded with."""
    return list(
        study.taxonomies.filter(kind=Purpose.CODING, versions__number__isnull=False).distinct().order_by("name", "pk")
    )


def get_taxonomy_to_code_with(study: Study, pk: str) -> Taxonomy:
    """The one of this id; the first where none is asked for."""
    found = [taxonomy for taxonomy in taxonomies_to_code_with(study) if str(taxonomy.pk) == pk or not pk]
    if not found:
        raise NotThere("There is no such taxonomy with a published version in this study.")
    return found[0]


def stop_rules_of(taxonomy: Taxonomy) -> list[StopRule]:
    """The rule that counts first, then the earlier ones."""
    return list(StopRule.objects.filter(taxonomy=taxonomy).select_related("set_by").order_by("-set_at", "-pk"))


def rounds_begun(taxonomy: Taxonomy) -> list[tuple[int, datetime]]:
    """Number and start of every round that was started under this taxonomy."""
    begun = Round.objects.filter(version__taxonomy=taxonomy, started_at__isnull=False).order_by("number")
    return [(number, at) for number, at in begun.values_list("number", "started_at") if at]


def definition_of(study: Study) -> Definition:
    """What the study calls resolution time: as set last, else the usual one."""
    row = study.resolution_definitions.order_by("-set_at", "-pk").first()
    return _definition(row) if row else Definition()


def _definition(row: ResolutionDefinition) -> Definition:
    return Definition(row.start, row.end, tuple(row.reasons), row.bots, row.stale, row.unit, row.zone)


def definitions_set(study: Study) -> list[tuple[ResolutionDefinition, str]]:
    """The latest first, with its words."""
    rows = study.resolution_definitions.select_related("set_by").order_by("-set_at", "-pk")
    return [(row, told(_definition(row))) for row in rows]
