"""What programs may do in this room: the same services, rights and blindness as the pages."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies.errors import Invalid
from studies.permissions import Access, Permission, get_access_for, person
from taxonomy.history import changes_between
from taxonomy.models import ChangeKind, Code, Version
from taxonomy.queries import (
    Node,
    get_code,
    get_draft,
    get_taxonomy,
    get_version,
    hash_of,
    overview,
    published_of,
    tree,
    two_of,
    versions_of,
)
from taxonomy.services.editing import add_code, edit_code, remove_code
from taxonomy.services.operations import merge_code, retire_code, split_code
from taxonomy.services.versions import publish


class TaxonomySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="taxonomy.pk")
    name = serializers.CharField(source="taxonomy.name")
    purpose = serializers.CharField(source="taxonomy.purpose")
    latest_version = serializers.IntegerField(source="latest", allow_null=True)
    has_draft = serializers.BooleanField()


class VersionSerializer(serializers.ModelSerializer[Version]):
    codes = serializers.IntegerField(source="code_count")

    class Meta:
        model = Version
        fields = ["number", "note", "content_hash", "published_at", "codes"]


class CodeSerializer(serializers.Serializer[Any]):
    """A code at its place; `number` is what a reader quotes, `parent` the uid of the code above."""

    uid = serializers.UUIDField(source="code.uid")
    parent = serializers.UUIDField(source="parent_uid", allow_null=True)  # type: ignore[assignment]  # not Field.parent
    number = serializers.CharField()
    level = serializers.IntegerField()
    name = serializers.CharField(source="code.name")
    definition = serializers.CharField(source="code.definition")
    use_when = serializers.CharField(source="code.use_when")
    avoid_when = serializers.CharField(source="code.avoid_when")
    examples = serializers.CharField(source="code.examples")


class CodeInput(serializers.Serializer[Any]):
    name = serializers.CharField(required=False)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]  # not Field.parent
    definition = serializers.CharField(required=False, allow_blank=True)
    use_when = serializers.CharField(required=False, allow_blank=True)
    avoid_when = serializers.CharField(required=False, allow_blank=True)
    examples = serializers.CharField(required=False, allow_blank=True)
    seen = serializers.DictField(
        child=serializers.JSONField(),
        required=False,
        help_text="The values as they were read, by field. When one differs by now, the answer is 409.",
    )


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


class DraftAnswer(serializers.Serializer[Any]):
    content_hash = serializers.CharField()
    codes = CodeSerializer(many=True)


class StudyView(APIView):
    def access(self, permission: Permission = Permission.VIEW_STUDY) -> Access:
        return get_access_for(person(self.request), self.kwargs["slug"], permission)

    def draft(self) -> tuple[Access, Version]:
        access = self.access(Permission.EDIT_TAXONOMY)
        return access, get_draft(get_taxonomy(access.study, self.kwargs["taxonomy_id"]))


def as_codes(nodes: list[Node]) -> Any:
    uids = {node.code.pk: node.code.uid for node in nodes}
    return CodeSerializer([as_answer(node, uids) for node in nodes], many=True).data


def as_answer(node: Node, uids: dict[int, uuid.UUID]) -> dict[str, Any]:
    parent = uids[node.code.parent_id] if node.code.parent_id else None
    return {"code": node.code, "parent_uid": parent, "number": node.number, "level": node.depth + 1}


def draft_answer(draft: Version) -> Response:
    return Response({"content_hash": hash_of(draft), "codes": as_codes(tree(draft))})


def one_code(version: Version, code: Code, status: int = 200) -> Response:
    return Response(next(entry for entry in as_codes(tree(version)) if entry["uid"] == str(code.uid)), status=status)


class Taxonomies(StudyView):
    @extend_schema(responses=TaxonomySerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(TaxonomySerializer(overview(self.access().study), many=True).data)


class Versions(StudyView, ListAPIView[Version]):
    """The published versions, and for a lead the draft, whose number is null."""

    serializer_class = VersionSerializer

    def get_queryset(self) -> QuerySet[Version]:
        access = self.access()
        versions = versions_of(get_taxonomy(access.study, self.kwargs["taxonomy_id"]))
        return versions if access.may(Permission.EDIT_TAXONOMY) else versions.exclude(number=None)


class Codes(StudyView):
    """The codes of a published version in reading order."""

    @extend_schema(responses=CodeSerializer(many=True))
    def get(self, request: Request, slug: str, taxonomy_id: int, number: int) -> Response:
        return Response(as_codes(tree(get_version(get_taxonomy(self.access().study, taxonomy_id), number))))


class DraftCodes(StudyView):
    """The codes of the draft; a POST adds one, the last below its parent."""

    @extend_schema(responses=DraftAnswer)
    def get(self, request: Request, slug: str, taxonomy_id: int) -> Response:
        _, draft = self.draft()
        return draft_answer(draft)

    @extend_schema(request=CodeInput, responses={201: CodeSerializer})
    def post(self, request: Request, slug: str, taxonomy_id: int) -> Response:
        access, draft = self.draft()
        given = read(CodeInput, request)
        given.pop("seen", None)
        code = add_code(version=draft, by=access.user, **{"name": ""} | with_parent(draft, given))
        return one_code(draft, code, status=201)


class DraftCode(StudyView):
    @extend_schema(request=CodeInput, responses=CodeSerializer)
    def patch(self, request: Request, slug: str, taxonomy_id: int, uid: uuid.UUID) -> Response:
        access, draft = self.draft()
        given = read(CodeInput, request)
        seen = given.pop("seen", None)
        code = edit_code(code=get_code(draft, uid), seen=seen, by=access.user, **with_parent(draft, given))
        return one_code(draft, code)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, taxonomy_id: int, uid: uuid.UUID) -> Response:
        access, draft = self.draft()
        remove_code(code=get_code(draft, uid), by=access.user)
        return Response(status=204)


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


def read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def with_parent(draft: Version, given: dict[str, Any]) -> dict[str, Any]:
    if given.get("parent") is None:
        return given
    parent = draft.codes.filter(uid=given["parent"]).first()
    if parent is None:
        raise Invalid({"parent": "No code of the draft has this uid."})
    return given | {"parent": parent}


TAXONOMY = "studies/<slug:slug>/taxonomies/<int:taxonomy_id>/"
urlpatterns = [
    path("studies/<slug:slug>/taxonomies/", Taxonomies.as_view(), name="api-taxonomies"),
    path(TAXONOMY + "versions/", Versions.as_view(), name="api-versions"),
    path(TAXONOMY + "versions/<int:number>/codes/", Codes.as_view(), name="api-codes"),
    path(TAXONOMY + "draft/codes/", DraftCodes.as_view(), name="api-draft-codes"),
    path(TAXONOMY + "draft/codes/<uuid:uid>/", DraftCode.as_view(), name="api-draft-code"),
    path(TAXONOMY + "draft/codes/<uuid:uid>/replace/", Replace.as_view(), name="api-draft-replace"),
    path(TAXONOMY + "changes/", Changes.as_view(), name="api-changes"),
    path(TAXONOMY + "draft/publish/", Publish.as_view(), name="api-draft-publish"),
]
