"""Codings from elsewhere, for programs: a file tried or imported, what came of it, and undoing it. For leads."""

import json
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.api.shapes import access_of
from annotator.models import CodingImport, CodingImportProblem
from annotator.queries.imported import coding_imports_of, get_coding_import, problems_of
from annotator.services.importing.asking import request_file
from annotator.services.importing.undoing import undo_coding_import
from annotator.states import UnknownCodes
from jobs.models import State
from jobs.tasks import send
from studies.errors import Invalid
from studies.permissions import Permission


class CodingImportSerializer(serializers.ModelSerializer[CodingImport]):
    """`round` is the number of the round that came of it; `report` has the counts, `mapping` what columns meant."""

    state = serializers.ChoiceField(source="job.state", choices=State.choices)
    error = serializers.CharField(source="job.error")
    round = serializers.IntegerField(source="round.number", allow_null=True, default=None)
    mapping = serializers.JSONField()
    report = serializers.JSONField()

    class Meta:
        model = CodingImport
        fields = ["id", "name", "sha256", "dry", "state", "error", "round", "mapping", "report", "undone_at"]


class CodingProblemSerializer(serializers.ModelSerializer[CodingImportProblem]):
    """`skipped`: left out; else taken with a reservation."""

    class Meta:
        model = CodingImportProblem
        fields = ["place", "sentence", "skipped"]


class OneCodingImportSerializer(CodingImportSerializer):
    problems = serializers.SerializerMethodField()

    class Meta(CodingImportSerializer.Meta):
        fields = [*CodingImportSerializer.Meta.fields, "problems"]

    @extend_schema_field(CodingProblemSerializer(many=True))
    def get_problems(self, run: CodingImport) -> Any:
        return CodingProblemSerializer(problems_of(run), many=True).data


class CodingFileSerializer(serializers.Serializer[Any]):
    """`mapping`: JSON with what columns mean, where the guess is to be corrected (docs/coding-files.md). `unknown`:
    `new` makes a taxonomy called `taxonomy` of the codes, `add` and `propose` need the id of a `version`. `raters`:
    JSON with the alias of a member by the rater's name in the file, null for a placeholder."""

    file = serializers.FileField()
    mapping = serializers.CharField(required=False)
    unknown = serializers.ChoiceField(UnknownCodes.choices, default=UnknownCodes.NEW)
    taxonomy = serializers.CharField(required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, default=None)
    raters = serializers.CharField(required=False)
    dry = serializers.BooleanField(default=False)


def object_in(field: str, told: str | None) -> dict[str, Any]:
    try:
        value = json.loads(told or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Invalid({field: "This is not a JSON object."})
    return value


@extend_schema_view(
    get=extend_schema(description="The study's imports of codings, newest first. For leads."),
    post=extend_schema(
        request={"multipart/form-data": CodingFileSerializer},
        responses={201: CodingImportSerializer},
        description="Try or import a file of codings. It is done in the background; ask for it again. For leads.",
    ),
)
class CodingImports(ListAPIView[CodingImport]):
    serializer_class = CodingImportSerializer
    queryset = CodingImport.objects.none()
    parser_classes = (MultiPartParser, FormParser)

    def get_queryset(self) -> QuerySet[CodingImport]:
        return coding_imports_of(access_of(self, Permission.MANAGE_ROUNDS).study)

    def post(self, request: Request, **where: Any) -> Response:
        access = access_of(self, Permission.MANAGE_ROUNDS)
        given = CodingFileSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        target = {
            "unknown": said["unknown"], "name": said["taxonomy"], "version": said["version"],
            "raters": object_in("raters", said.get("raters")),
        }  # fmt: skip
        made = request_file(
            study=access.study, file=said["file"], mapping=object_in("mapping", said.get("mapping")), target=target,
            dry=said["dry"], by=access.user,
        )  # fmt: skip
        send(made.job)
        found = get_coding_import(access.study, made.pk)
        return Response(CodingImportSerializer(found).data, status=status.HTTP_201_CREATED)


class OneCodingImport(RetrieveAPIView[CodingImport]):
    """One import of codings, with what was left out and why. For leads."""

    serializer_class = OneCodingImportSerializer

    def get_object(self) -> CodingImport:
        return get_coding_import(access_of(self, Permission.MANAGE_ROUNDS).study, self.kwargs["run_id"])


class UndoCodingImport(APIView):
    """Undo an import of codings, as long as nobody has built on it, else 409. For leads."""

    @extend_schema(request=None, responses={200: CodingImportSerializer})
    def post(self, request: Request, **where: Any) -> Response:
        access = access_of(self, Permission.MANAGE_ROUNDS)
        run = get_coding_import(access.study, self.kwargs["run_id"])
        undo_coding_import(run=run, by=access.user)
        return Response(CodingImportSerializer(get_coding_import(access.study, run.pk)).data)


urlpatterns = [
    path("studies/<slug:slug>/coding-imports/", CodingImports.as_view(), name="api-coding-imports"),
    path("studies/<slug:slug>/coding-imports/<int:run_id>/", OneCodingImport.as_view(), name="api-coding-import"),
    path(
        "studies/<slug:slug>/coding-imports/<int:run_id>/undo/",
        UndoCodingImport.as_view(),
        name="api-coding-import-undo",
    ),
]
