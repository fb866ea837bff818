"""Codes from a file, for programs: a new taxonomy of them, or into a draft."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from studies.permissions import Permission
from taxonomy.api.codes import TAXONOMY, DraftAnswer, StudyView, draft_answer, read
from taxonomy.exchange.formats import read as read_file
from taxonomy.queries import content_hash, records, settings_of
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.merging import Merge, merge, merge_into_draft
from taxonomy.services.structure import MAX_BYTES


class ImportedAnswer(DraftAnswer):
    taxonomy = serializers.IntegerField()


class FileInput(serializers.Serializer[Any]):
    """YAML, JSON, CSV, Excel, SKOS, a REFI-QDA codebook, a configuration of Label Studio or doccano. `name` and
    `purpose` replace what the file says."""

    file = serializers.FileField()
    name = serializers.CharField(required=False)
    purpose = serializers.CharField(required=False, allow_blank=True)


class IntoDraftInput(serializers.Serializer[Any]):
    """`try`: say what would come of it, and write nothing. `remove`: codes that are not in the file go. `seen`: the
    content hash of the draft that was read; when it is another by now, the answer is 409."""

    file = serializers.FileField()
    remove = serializers.BooleanField(default=False)
    seen = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "try": serializers.BooleanField(default=False)}


class MergeSerializer(serializers.Serializer[Any]):
    """What came, or would come, of a file in a draft: names of codes."""

    new = serializers.ListField(child=serializers.CharField())
    changed = serializers.ListField(child=serializers.CharField())
    moved = serializers.ListField(child=serializers.CharField())
    unmentioned = serializers.ListField(child=serializers.CharField())
    content_hash = serializers.CharField()


class FileView(StudyView):
    parser_classes = (MultiPartParser, FormParser)


class ImportTaxonomy(FileView):
    """A new taxonomy whose draft holds the codes of the file. If one line cannot be used, nothing is taken."""

    @extend_schema(request=FileInput, responses={201: ImportedAnswer})
    def post(self, request: Request, slug: str) -> Response:
        access = self.access(Permission.EDIT_TAXONOMY)
        given = read(FileInput, request)
        book = read_file(given["file"].read(MAX_BYTES + 1), given["file"].name)
        draft = import_taxonomy(
            study=access.study,
            name=given.get("name") or book.name or given["file"].name,
            purpose=given.get("purpose", book.purpose),
            codes=book.codes,
            kind=book.kind,
            citation=book.citation,
            reservations=book.reservations,
            levels=book.levels,
            several_codes=book.several_codes,
            by=access.user,
        )
        told = {**draft_answer(draft).data, "taxonomy": draft.taxonomy_id}
        return Response(told, status=status.HTTP_201_CREATED)


class ImportIntoDraft(FileView):
    """Codes of a file into the draft: found by uid or by path, added where they are new."""

    @extend_schema(request=IntoDraftInput, responses=MergeSerializer)
    def post(self, request: Request, slug: str, taxonomy_id: int) -> Response:
        access, draft = self.draft()
        given = read(IntoDraftInput, request)
        book = read_file(given["file"].read(MAX_BYTES + 1), given["file"].name)
        before = records(draft)
        seen = content_hash(before, settings_of(draft))
        if given["try"]:
            return Response(outcome_told(merge(before, book.codes, book.fields, remove=given["remove"]), seen))
        outcome = merge_into_draft(
            version=draft,
            codes=book.codes,
            fields=book.fields,
            remove=given["remove"],
            seen=given.get("seen", seen),
            by=access.user,
        )
        return Response(outcome_told(outcome, content_hash(records(draft), settings_of(draft))))


def outcome_told(outcome: Merge, content_hash: str) -> dict[str, Any]:
    return {
        "new": [code.name for code in outcome.new],
        "changed": [code.name for code, _ in outcome.changed],
        "moved": [code.name for code in outcome.moved],
        "unmentioned": [code.name for code in outcome.unmentioned],
        "content_hash": content_hash,
    }


urlpatterns = [
    path("studies/<slug:slug>/taxonomies/import/", ImportTaxonomy.as_view(), name="api-taxonomy-import"),
    path(TAXONOMY + "draft/import/", ImportIntoDraft.as_view(), name="api-draft-import"),
]
