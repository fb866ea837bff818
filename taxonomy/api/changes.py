"""What changed between versions, codes of the draft that go, and publishing, for programs."""

import uuid
from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from studies.errors import Invalid
from taxonomy.api.codes import TAXONOMY, DraftAnswer, StudyView, VersionSerializer, draft_answer, read, with_parent
from taxonomy.history import changes_between
from taxonomy.models import ChangeKind
from taxonomy.queries import get_code, get_taxonomy, published_of, two_of, versions_of
from taxonomy.services.operations import merge_code, retire_code, split_code
from taxonomy.services.versions import publish


class ChangeSerializer(serializers.Serializer[Any]):
    """One operation between two versions. `sources` are uids of the earlier one, `targets` of the later one. `data`:
    for a changed field its value before and after; for what was added or moved its place."""

    kind = serializers.ChoiceField(ChangeKind.choices)
    sources = serializers.ListField(child=serializers.UUIDField())
    targets = serializers.ListField(child=serializers.UUIDField())
    data = serializers.DictField()  # type: ignore[assignment]  # not Serializer.data
    note = serializers.CharField()
    meaning_changed = serializers.BooleanField(allow_null=True)


class DifferenceSerializer(serializers.Serializer[Any]):
    earlier = serializers.IntegerField()
    later = serializers.IntegerField()
    changes = ChangeSerializer(many=True)


class OperationInput(serializers.Serializer[Any]):
    """`merge` takes the uid of one code in `into`; `split` the names of two or more; `retire` takes a note."""

    kind = serializers.ChoiceField(["merge", "split", "retire"])
    into = serializers.ListField(child=serializers.CharField(), default=list)
    note = serializers.CharField(allow_blank=True, default="")


class PublishInput(serializers.Serializer[Any]):
    meanings = serializers.DictField(
        child=serializers.BooleanField(),
        required=False,
        help_text="Of each reworded code, by uid, whether its meaning changed.",
    )
    note = serializers.CharField(required=False, allow_blank=True)
    seen = serializers.CharField(required=False, help_text="The content hash of the draft that was read.")


class Changes(StudyView):
    """What changed between two published versions; left out, the latest and the one before it."""

    @extend_schema(
        responses=DifferenceSerializer,
        parameters=[OpenApiParameter("from", OpenApiTypes.INT), OpenApiParameter("to", OpenApiTypes.INT)],
    )
    def get(self, request: Request, slug: str, taxonomy_id: int) -> Response:
        versions = published_of(get_taxonomy(self.access().study, taxonomy_id))
        earlier, later = two_of(versions, request.query_params.get("from", ""), request.query_params.get("to", ""))
        changes = changes_between(earlier, later).changes
        answer = {"earlier": earlier.number, "later": later.number, "changes": changes}
        return Response(DifferenceSerializer(answer).data)


class Replace(StudyView):
    """Merge, split or retire a code of the draft. The answer is the draft."""

    @extend_schema(request=OperationInput, responses=DraftAnswer)
    def post(self, request: Request, slug: str, taxonomy_id: int, uid: uuid.UUID) -> Response:
        access, draft = self.draft()
        code, given = get_code(draft, uid), read(OperationInput, request)
        into, note = given["into"], given["note"]
        if given["kind"] == "merge":
            if len(into) != 1:
                raise Invalid({"into": "Name the uid of one code."})
            target = with_parent(draft, {"parent": into[0]})["parent"]
            merge_code(code=code, into=target, note=note, by=access.user)
        elif given["kind"] == "split":
            split_code(code=code, into=into, note=note, by=access.user)
        else:
            retire_code(code=code, note=note, by=access.user)
        return draft_answer(draft)


class Publish(StudyView):
    @extend_schema(request=PublishInput, responses=VersionSerializer)
    def post(self, request: Request, slug: str, taxonomy_id: int) -> Response:
        access, draft = self.draft()
        published = publish(version=draft, by=access.user, **read(PublishInput, request))
        return Response(VersionSerializer(versions_of(published.taxonomy).get(pk=published.pk)).data)


urlpatterns = [
    path(TAXONOMY + "changes/", Changes.as_view(), name="api-changes"),
    path(TAXONOMY + "draft/codes/<uuid:uid>/replace/", Replace.as_view(), name="api-draft-replace"),
    path(TAXONOMY + "draft/publish/", Publish.as_view(), name="api-draft-publish"),
]
