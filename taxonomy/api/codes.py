"""What programs may do in this room: the same services, rights and blindness as the pages."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies.errors import Invalid
from studies.permissions import Access, Permission, get_access_for, person
from taxonomy.models import Code, Levels, Version
from taxonomy.queries import (
    SETTINGS,
    Node,
    find_code,
    get_code,
    get_draft,
    get_taxonomy,
    get_version,
    hash_of,
    overview,
    tree,
    versions_of,
)
from taxonomy.services.editing import add_code, change_settings, edit_code, move_code, place_code, remove_code
from taxonomy.services.structure import Step, Where


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
        fields = ["number", "note", "levels", "several_codes", "content_hash", "published_at", "codes"]


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
    notes = serializers.CharField(source="code.notes")
    selectable = serializers.BooleanField(source="code.selectable")
    exclusive_group = serializers.CharField(source="code.exclusive_group")
    colour = serializers.IntegerField(source="code.colour", help_text="1 to 7, or 0 for the one of its place.")
    key = serializers.CharField(source="code.key")


class CodeInput(serializers.Serializer[Any]):
    name = serializers.CharField(required=False)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]  # not Field.parent
    definition = serializers.CharField(required=False, allow_blank=True)
    use_when = serializers.CharField(required=False, allow_blank=True)
    avoid_when = serializers.CharField(required=False, allow_blank=True)
    examples = serializers.CharField(required=False, allow_blank=True)
    notes = serializers.CharField(required=False, allow_blank=True)
    selectable = serializers.BooleanField(required=False)
    exclusive_group = serializers.CharField(required=False, allow_blank=True)
    colour = serializers.IntegerField(required=False)
    key = serializers.CharField(required=False, allow_blank=True)
    seen = serializers.DictField(
        child=serializers.JSONField(),
        required=False,
        help_text="The values as they were read, by field. When one differs by now, the answer is 409.",
    )


class MoveInput(serializers.Serializer[Any]):
    """One step, or `where` beside a code; the last top category where no `target` is named."""

    step = serializers.ChoiceField([step.value for step in Step], required=False)
    where = serializers.ChoiceField([where.value for where in Where], required=False)
    target = serializers.UUIDField(required=False, allow_null=True)
    seen = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text='{"parent": …} as it was read.'
    )


class SettingsShape(serializers.Serializer[Any]):
    levels = serializers.ChoiceField(Levels.choices)
    several_codes = serializers.BooleanField()


class SettingsInput(SettingsShape):
    seen = serializers.DictField(child=serializers.JSONField(), required=False)


class DraftAnswer(SettingsShape):
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
    settings = {field: getattr(draft, field) for field in SETTINGS}
    return Response({**settings, "content_hash": hash_of(draft), "codes": as_codes(tree(draft))})


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


class MoveCode(StudyView):
    @extend_schema(request=MoveInput, responses=CodeSerializer)
    def post(self, request: Request, slug: str, taxonomy_id: int, uid: uuid.UUID) -> Response:
        access, draft = self.draft()
        given, code = read(MoveInput, request), get_code(draft, uid)
        seen = given.get("seen")
        if "where" not in given:
            moved = move_code(code=code, step=given.get("step", ""), seen=seen, by=access.user)
        else:
            target = find_code(draft, str(given.get("target") or ""))
            moved = place_code(code=code, where=given["where"], target=target, seen=seen, by=access.user)
        return one_code(draft, moved)


class Settings(StudyView):
    """What raters may choose at all, with the version that the draft becomes."""

    @extend_schema(request=SettingsInput, responses=SettingsShape)
    def put(self, request: Request, slug: str, taxonomy_id: int) -> Response:
        access, draft = self.draft()
        changed = change_settings(version=draft, by=access.user, **read(SettingsInput, request))
        return Response({field: getattr(changed, field) for field in SETTINGS})


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
    path(TAXONOMY + "draft/codes/<uuid:uid>/move/", MoveCode.as_view(), name="api-draft-move"),
    path(TAXONOMY + "draft/settings/", Settings.as_view(), name="api-draft-settings"),
]
