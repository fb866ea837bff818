"""What several addresses of this room answer with, and who asks."""

from typing import Any

from rest_framework import serializers

from annotator.models import BrokenBlind, Evidence, Proposal
from annotator.services.marks import as_mark
from corpus.models import Part
from studies.permissions import Access, Permission, get_access_for, person
from taxonomy.models import Code


class CodeNameSerializer(serializers.ModelSerializer[Code]):
    class Meta:
        model = Code
        fields = ["id", "uid", "name"]


class ProposalNameSerializer(serializers.ModelSerializer[Proposal]):
    class Meta:
        model = Proposal
        fields = ["id", "name", "became"]


class BrokenBlindSerializer(serializers.ModelSerializer[BrokenBlind]):
    """A lead saw the codings while the round ran: since when, why, and how many of how many codings were in then."""

    by = serializers.CharField(source="member.alias")

    class Meta:
        model = BrokenBlind
        fields = ["by", "at", "reason", "codings", "given"]


def access_of(view: Any, permission: Permission = Permission.VIEW_STUDY) -> Access:
    return get_access_for(person(view.request), view.kwargs["slug"], permission)


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A passage that a rater marked. Offsets count Unicode code points of the plain text of `text`, the revision that
    the rater saw; `raw_start` and `raw_end` are in its Markdown, null where the same words do not stand there.
    `comment` is the id of the comment."""

    part = serializers.ChoiceField(Part.choices)
    comment = serializers.IntegerField(source="comment_id", allow_null=True)
    text = serializers.CharField(source="text_id")
    codes = CodeNameSerializer(many=True)
    proposals = ProposalNameSerializer(many=True)

    class Meta:
        model = Evidence
        fields = [
            "part", "comment", "text", "start", "end", "exact", "prefix", "suffix", "raw_start", "raw_end", "codes",
            "proposals",
        ]  # fmt: skip


class MarkSerializer(serializers.Serializer[Any]):
    """A passage to be kept as evidence, as `assignments/…/texts/` names its text: `text[start:end]` is `exact`."""

    part = serializers.ChoiceField(Part.choices)
    comment = serializers.IntegerField(allow_null=True, default=None)
    text = serializers.CharField(min_length=64, max_length=64)
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)
    exact = serializers.CharField(trim_whitespace=False)
    codes = serializers.ListField(child=serializers.IntegerField(), default=list)
    proposals = serializers.ListField(child=serializers.IntegerField(), default=list)

    def validate(self, given: Any) -> Any:
        mark = as_mark(given)
        if mark is None:
            raise serializers.ValidationError("A quote of a comment names the comment, and no other quote does.")
        return mark
