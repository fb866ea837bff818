"""The texts of an issue that is to be coded, for programs that mark passages."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.api.shapes import access_of
from annotator.queries.rounds import get_round
from annotator.queries.work import get_assignment
from annotator.services.coding import check_is_running
from annotator.services.plain_texts import texts_to_mark
from corpus.models import Part
from studies.permissions import Permission


class PlainTextSerializer(serializers.Serializer[Any]):
    """`text` is the SHA-256 of the Markdown, `plain` what a reader sees of it: offsets of evidence count in that."""

    part = serializers.ChoiceField(Part.choices)
    comment = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    plain = serializers.CharField()


class Texts(APIView):
    """Title, body and comments of one of your assignments, in this order, while its round runs."""

    @extend_schema(responses=PlainTextSerializer(many=True))
    def get(self, request: Request, **where: Any) -> Response:
        access = access_of(self, Permission.CODE_ISSUES)
        round = get_round(access.study, self.kwargs["number"])
        assignment = get_assignment(round, access.membership, self.kwargs["assignment_id"])
        check_is_running(round)
        shown = texts_to_mark(assignment.round_issue.issue)
        return Response(PlainTextSerializer(shown, many=True).data)


urlpatterns = [
    path(
        "studies/<slug:slug>/rounds/<int:number>/assignments/<int:assignment_id>/texts/",
        Texts.as_view(),
        name="api-texts",
    ),
]
