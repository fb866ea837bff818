"""Codings, for programs: read as far as they may be seen, submitted as on the coding screen."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.shapes import (
    CodeNameSerializer,
    EvidenceSerializer,
    MarkSerializer,
    ProposalNameSerializer,
    access_of,
)
from annotator.models import Coding
from annotator.queries.blind import given_unblinded
from annotator.queries.codings import SAID_AND_MARKED, last_codings, proposals_in
from annotator.queries.rounds import get_round
from annotator.queries.work import get_assignment
from annotator.services.coding import submit_or_keep
from annotator.states import Confidence, Outcome
from annotator.visibility import visible_codings
from studies.permissions import Permission


class CodingSerializer(serializers.ModelSerializer[Coding]):
    """`after_blind_broken`: its rater had broken the blind of the round before."""

    assignment = serializers.IntegerField(source="assignment_id")
    issue = serializers.IntegerField(source="assignment.round_issue.issue_id")
    rater = serializers.CharField(source="assignment.member.alias")
    codes = CodeNameSerializer(many=True)
    proposals = serializers.SerializerMethodField()
    evidence = EvidenceSerializer(many=True)
    confidence = serializers.ChoiceField([("", "not said"), *Confidence.choices])
    outcome = serializers.ChoiceField(Outcome.choices)
    after_blind_broken = serializers.BooleanField()

    class Meta:
        model = Coding
        fields = [
            "id", "assignment", "issue", "rater", "revision", "outcome", "codes", "proposals", "memo", "confidence",
            "flagged", "evidence", "submitted_at", "client_id", "after_blind_broken",
        ]  # fmt: skip

    @extend_schema_field(ProposalNameSerializer(many=True))
    def get_proposals(self, coding: Coding) -> Any:
        return ProposalNameSerializer(proposals_in(coding), many=True).data


class SubmitSerializer(serializers.Serializer[Any]):
    """A submit. The same `client_id` again answers with the coding it made before. `seen` is the last revision you
    know of: another one in between is answered by 409; leave it out to submit over it."""

    assignment = serializers.IntegerField()
    outcome = serializers.ChoiceField(Outcome.choices)
    codes = serializers.ListField(child=serializers.IntegerField(), default=list)
    proposals = serializers.ListField(child=serializers.IntegerField(), default=list)
    memo = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    confidence = serializers.ChoiceField(Confidence.choices, allow_blank=True, default="")
    flagged = serializers.BooleanField(default=False)
    evidence = MarkSerializer(many=True, default=list)
    client_id = serializers.UUIDField()
    seen = serializers.IntegerField(min_value=0, allow_null=True, default=None)


@extend_schema_view(
    get=extend_schema(
        parameters=[OpenApiParameter("rater", str, description="Only this rater's, by alias.")],
        description="Last codings of this round that you may see: your own, and everybody's once the round is closed.",
    ),
    post=extend_schema(
        request=SubmitSerializer,
        responses={201: CodingSerializer},
        description="Submit an answer to one of your assignments. The same client_id twice makes one coding.",
    ),
)
class Codings(ListCreateAPIView[Coding]):
    serializer_class = CodingSerializer
    queryset = Coding.objects.none()

    def get_queryset(self) -> QuerySet[Coding]:
        access = access_of(self)
        round = get_round(access.study, self.kwargs["number"])
        seen = last_codings().filter(visible_codings(access.membership), assignment__round_issue__round=round)
        rater = self.request.query_params.get("rater")
        return (
            (seen.filter(assignment__member__alias=rater) if rater else seen)
            .annotate(after_blind_broken=given_unblinded())
            .select_related("assignment__member", "assignment__round_issue")
            .prefetch_related(*SAID_AND_MARKED)
            .order_by("pk")
        )

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        access = access_of(self, Permission.CODE_ISSUES)
        given = SubmitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        answer = dict(given.validated_data)
        round = get_round(access.study, self.kwargs["number"])
        assignment = get_assignment(round, access.membership, answer.pop("assignment"))
        made = submit_or_keep(assignment=assignment, by=access.user, **answer)
        told = Coding.objects.annotate(after_blind_broken=given_unblinded()).get(pk=made.pk)
        return Response(self.get_serializer(told).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("studies/<slug:slug>/rounds/<int:number>/codings/", Codings.as_view(), name="api-codings"),
]
