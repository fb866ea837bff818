"""Codes that raters propose while they code, for programs."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.shapes import access_of
from annotator.models import Proposal
from annotator.queries.rounds import get_round
from annotator.queries.work import get_assignment
from annotator.services.proposals import propose
from annotator.states import ProposalState
from annotator.visibility import visible_proposals
from studies.permissions import Permission


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    """A code that a rater proposed. `became` is the uid of the code that it was accepted as."""

    issue = serializers.IntegerField(source="round_issue.issue_id")
    key = serializers.CharField(source="round_issue.issue.key")
    rater = serializers.CharField(source="member.alias")
    state = serializers.ChoiceField(ProposalState.choices)

    class Meta:
        model = Proposal
        fields = ["id", "issue", "key", "rater", "name", "sentence", "quote", "state", "became", "made_at", "client_id"]


class ProposeSerializer(serializers.Serializer[Any]):
    """The same `client_id` again answers with the proposal it made before. A name that is nearly there is answered by
    409; `anyway` says that you mean another thing."""

    assignment = serializers.IntegerField()
    name = serializers.CharField()
    sentence = serializers.CharField(allow_blank=True, default="")
    quote = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    client_id = serializers.UUIDField()
    anyway = serializers.BooleanField(default=False)


@extend_schema_view(
    get=extend_schema(description="Proposed codes of this round: your own, and all once the round is closed."),
    post=extend_schema(
        request=ProposeSerializer,
        responses={201: ProposalSerializer},
        description="Propose a code on one of your assignments, in a round that allows it.",
    ),
)
class Proposals(ListCreateAPIView[Proposal]):
    serializer_class = ProposalSerializer
    queryset = Proposal.objects.none()

    def get_queryset(self) -> QuerySet[Proposal]:
        access = access_of(self)
        round = get_round(access.study, self.kwargs["number"])
        return (
            Proposal.objects.filter(visible_proposals(access.membership), round_issue__round=round)
            .select_related("member", "round_issue__issue__repository")
            .order_by("pk")
        )

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        access = access_of(self, Permission.CODE_ISSUES)
        given = ProposeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        round = get_round(access.study, self.kwargs["number"])
        assignment = get_assignment(round, access.membership, said.pop("assignment"))
        made = propose(assignment=assignment, by=access.user, **said)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("studies/<slug:slug>/rounds/<int:number>/proposals/", Proposals.as_view(), name="api-proposals"),
]
