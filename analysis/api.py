"""What programs may do in this room: the same reports, rights and blindness as the pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_dataclasses.serializers import DataclassSerializer

from analysis.queries import as_of_version, get_taxonomy_to_code_with, get_version, version_of_findings
from analysis.reports.agreement import AgreementReport, sentence
from analysis.reports.compared import ComparisonReport
from analysis.reports.counts import CountsReport
from analysis.reports.findings import BrokenBlindIn, Viewpoint, findings_of
from analysis.reports.resolution_time import ResolutionTimeReport
from analysis.reports.saturation import SaturationReport, saturation_of, words
from analysis.services.agreement import agreement_of
from analysis.services.comparison import comparison_standing
from annotator.queries.blind import breaks_of
from annotator.queries.rounds import get_round
from studies.errors import NotThere
from studies.models import Study
from studies.permissions import get_access_for, person
from taxonomy.models import Version

VERSION = OpenApiParameter("version", OpenApiTypes.INT, description="A version's id; the one used last by default.")
CARRIED = OpenApiParameter(
    "carried", OpenApiTypes.BOOL, description="Read labels of earlier versions as of this one, too."
)
AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.INT, description="The id of a later version as of which the codings are read; else their own."
)


@dataclass(frozen=True)
class BrokenBlindAnswer:
    by: str
    at: datetime
    reason: str
    codings: int
    given: int


@dataclass(frozen=True)
class AgreementAnswer:
    """`live`: of a round that still runs, for who broke its blind."""

    sentence: str
    live: bool
    blind_broken: tuple[BrokenBlindAnswer, ...]
    report: AgreementReport


@dataclass(frozen=True)
class FindingsAnswer:
    """`tests` were computed at `tests_computed_at`; they are of these labels when `tests_are_current`."""

    counts: CountsReport
    resolution_time: ResolutionTimeReport
    tests: ComparisonReport | None
    tests_computed_at: datetime | None
    tests_are_current: bool
    blind_broken: tuple[BrokenBlindIn, ...]


class AgreementSerializer(DataclassSerializer[AgreementAnswer]):
    class Meta:
        dataclass = AgreementAnswer


@dataclass(frozen=True)
class SaturationAnswer:
    """The stop rule that counts, in words, and where it stands: empty while none is set. `started` are the rounds
    that had begun when it was set."""

    taxonomy: str
    rule: str
    standing: str
    set_at: datetime | None
    started: tuple[int, ...]
    report: SaturationReport


class SaturationSerializer(DataclassSerializer[SaturationAnswer]):
    class Meta:
        dataclass = SaturationAnswer


class FindingsSerializer(DataclassSerializer[FindingsAnswer]):
    class Meta:
        dataclass = FindingsAnswer


class RoundAgreement(APIView):
    """Agreement of a closed round; 403 until it is closed, but for a lead who broke its blind."""

    @extend_schema(responses=AgreementSerializer, parameters=[AS_OF])
    def get(self, request: Request, slug: str, number: int) -> Response:
        access = get_access_for(person(request), slug)
        round = get_round(access.study, number)
        as_of = as_of_version(round, request.query_params.get("as_of", ""))
        report = agreement_of(round, as_of, access.membership)
        broken = tuple(
            BrokenBlindAnswer(row.member.alias, row.at, row.reason, row.codings, row.given) for row in breaks_of(round)
        )
        answer = AgreementAnswer(sentence(report), not round.is_closed, broken, report)
        return Response(AgreementSerializer(answer).data)


class Findings(APIView):
    """Issues by category, resolution time by category, and the tests stored last."""

    @extend_schema(responses=FindingsSerializer, parameters=[VERSION, CARRIED])
    def get(self, request: Request, slug: str) -> Response:
        study = get_access_for(person(request), slug).study
        version = _version(study, request.query_params.get("version", ""))
        view = Viewpoint(version, request.query_params.get("carried", "") in ("1", "true"))
        found, standing = findings_of(study, view), comparison_standing(study, view)
        kept = standing.kept
        answer = FindingsAnswer(
            counts=found.counts,
            resolution_time=found.times,
            tests=kept.report if kept else None,
            tests_computed_at=kept.computed_at if kept else None,
            tests_are_current=standing.is_current,
            blind_broken=found.blind_broken,
        )
        return Response(FindingsSerializer(answer).data)


class SaturationView(APIView):
    """New codes of closed rounds in coding order, and the stop rule."""

    @extend_schema(responses=SaturationSerializer)
    def get(self, request: Request, slug: str, taxonomy_id: int) -> Response:
        study = get_access_for(person(request), slug).study
        found = saturation_of(get_taxonomy_to_code_with(study, str(taxonomy_id)))
        line = next(iter(found.rules), None)
        answer = SaturationAnswer(
            taxonomy=str(found.taxonomy),
            rule=words(line.rule) if line else "",
            standing=found.standing,
            set_at=line.set_at if line else None,
            started=line.started if line else (),
            report=found.report,
        )
        return Response(SaturationSerializer(answer).data)


def _version(study: Study, pk: str) -> Version:
    version = get_version(study, pk) if pk else version_of_findings(study)
    if version is None:
        raise NotThere("No round of this study is closed yet.")
    return version


urlpatterns: list[Any] = [
    path("studies/<slug:slug>/rounds/<int:number>/agreement/", RoundAgreement.as_view(), name="api-agreement"),
    path("studies/<slug:slug>/findings/", Findings.as_view(), name="api-findings"),
    path(
        "studies/<slug:slug>/taxonomies/<int:taxonomy_id>/saturation/",
        SaturationView.as_view(),
        name="api-saturation",
    ),
]
