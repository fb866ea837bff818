"""What programs may do with crosswalks: the same services, rights and blindness as the pages."""

import uuid
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies.permissions import get_access_for, person
from taxonomy.crosswalks import Case, Link, Opened, crosswalks_of, get_crosswalk, open_for
from taxonomy.models import Mapper, Relation
from taxonomy.services.crosswalks import map_code


class MapperSerializer(serializers.Serializer[Mapper]):
    """Who maps: `judged` codes so far, and whether they are done."""

    alias = serializers.CharField(source="member.alias")
    judged = serializers.IntegerField()
    is_done = serializers.BooleanField()


class CrosswalkSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    left = serializers.CharField()
    right = serializers.CharField()
    mappers = MapperSerializer(many=True, source="mappers.all")


class LinkSerializer(serializers.Serializer[Any]):
    """A relation to a right code; `right` is null for no counterpart."""

    right = serializers.UUIDField(allow_null=True)
    relation = serializers.ChoiceField(choices=Relation.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class CodeMappingSerializer(serializers.Serializer[Any]):
    """A left code with what holds of it, as far as you may see it: null where nothing does."""

    uid = serializers.UUIDField(source="node.code.uid")
    number = serializers.CharField(source="node.number")
    name = serializers.CharField(source="node.code.name")
    links = LinkSerializer(many=True, source="result", allow_null=True)
    decided = serializers.SerializerMethodField()

    def get_decided(self, case: Case) -> bool:
        return case.decision is not None


class WholeSerializer(CrosswalkSerializer):
    """`hidden` while two map independently: then `codes` holds your own mappings, or none."""

    hidden = serializers.BooleanField()
    codes = CodeMappingSerializer(many=True)


class LinksInput(serializers.Serializer[Any]):
    links = LinkSerializer(many=True)


def as_answer(found: Opened) -> Any:
    whole = CrosswalkSerializer(found.crosswalk).data
    return {**whole, "hidden": found.is_blind, "codes": CodeMappingSerializer(found.cases, many=True).data}


class Crosswalks(APIView):
    @extend_schema(responses=CrosswalkSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        access = get_access_for(person(request), slug)
        return Response(CrosswalkSerializer(crosswalks_of(access.study), many=True).data)


class OneCrosswalk(APIView):
    @extend_schema(responses=WholeSerializer)
    def get(self, request: Request, slug: str, crosswalk_id: int) -> Response:
        access = get_access_for(person(request), slug)
        return Response(as_answer(open_for(access.user, get_crosswalk(access.study, crosswalk_id))))


class OneMapping(APIView):
    """What you say of a left code, in place of what you said before. Only who was asked maps."""

    @extend_schema(request=LinksInput, responses=CodeMappingSerializer)
    def put(self, request: Request, slug: str, crosswalk_id: int, uid: uuid.UUID) -> Response:
        access = get_access_for(person(request), slug)
        given = LinksInput(data=request.data)
        given.is_valid(raise_exception=True)
        crosswalk = get_crosswalk(access.study, crosswalk_id)
        links = [Link(**link) for link in given.validated_data["links"]]
        map_code(crosswalk=crosswalk, left=uid, links=links, by=access.user)
        found = open_for(access.user, get_crosswalk(access.study, crosswalk_id))
        return Response(CodeMappingSerializer(found.by_uid[uid]).data)


CROSSWALKS = "studies/<slug:slug>/crosswalks/"
urlpatterns = [
    path(CROSSWALKS, Crosswalks.as_view(), name="api-crosswalks"),
    path(CROSSWALKS + "<int:crosswalk_id>/", OneCrosswalk.as_view(), name="api-crosswalk"),
    path(CROSSWALKS + "<int:crosswalk_id>/codes/<uuid:uid>/", OneMapping.as_view(), name="api-crosswalk-code"),
]
