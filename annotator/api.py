"""What programs may do in this room: the same services, rights and blindness as the pages."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView, ListCreateAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.models import Assignment, Coding, Proposal, Resolution, Round
from annotator.queries.codings import SAID, last_codings, proposals_in
from annotator.queries.labels import labels_of
from annotator.queries.rounds import get_round, rounds_of
from annotator.queries.work import assignments_of, get_assignment
from annotator.services.coding import submit_coding
from annotator.services.proposals import propose
from annotator.states import LABELS, Confidence, How, Outcome, ProposalState
from annotator.visibility import visible_assignments, visible_codings, visible_proposals
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


class RoundSerializer(serializers.ModelSerializer[Round]):
    """`given` and `coded` count assignments, and those with a coding, whatever it says."""

    taxonomy = serializers.CharField(source="version.taxonomy.name")
    version = serializers.IntegerField(source="version.number")
    given = serializers.IntegerField()
    coded = serializers.IntegerField()

    class Meta:
        model = Round
        fields = [
            "number", "kind", "phase", "taxonomy", "version", "several_codes", "allows_proposals", "sample",
            "drafted_at", "started_at", "closed_at", "given", "coded",
        ]  # fmt: skip


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """`outcome` and `revision` are of your own last coding; null before the first."""

    issue = serializers.IntegerField(source="round_issue.issue_id")
    key = serializers.CharField(source="round_issue.issue.key")
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True)
    revision = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Assignment
        fields = ["id", "issue", "key", "position", "outcome", "revision"]


class CodingSerializer(serializers.ModelSerializer[Coding]):
    assignment = serializers.IntegerField(source="assignment_id")
    issue = serializers.IntegerField(source="assignment.round_issue.issue_id")
    rater = serializers.CharField(source="assignment.member.alias")
    codes = CodeNameSerializer(many=True)
    proposals = serializers.SerializerMethodField()
    confidence = serializers.ChoiceField([("", "not said"), *Confidence.choices])
    outcome = serializers.ChoiceField(Outcome.choices)

    class Meta:
        model = Coding
        fields = [
            "id", "assignment", "issue", "rater", "revision", "outcome", "codes", "proposals", "memo", "confidence",
            "flagged", "submitted_at", "client_id",
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
    client_id = serializers.UUIDField()
    seen = serializers.IntegerField(min_value=0, allow_null=True, default=None)


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


class LabelSerializer(serializers.ModelSerializer[Resolution]):
    issue = serializers.IntegerField(source="round_issue.issue_id")
    key = serializers.CharField(source="round_issue.issue.key")
    round = serializers.IntegerField(source="round_issue.round.number")
    taxonomy = serializers.CharField(source="round_issue.round.version.taxonomy.name")
    version = serializers.IntegerField(source="round_issue.round.version.number")
    how = serializers.ChoiceField(How.choices)
    outcome = serializers.ChoiceField(LABELS)
    codes = CodeNameSerializer(many=True)

    class Meta:
        model = Resolution
        fields = [
            "issue", "key", "round", "taxonomy", "version", "outcome", "codes", "how", "reason", "revision",
            "decided_at",
        ]  # fmt: skip


def access_of(view: Any, permission: Permission = Permission.VIEW_STUDY) -> Access:
    return get_access_for(person(view.request), view.kwargs["slug"], permission)


class Rounds(ListAPIView[Round]):
    """The study's rounds, newest first."""

    serializer_class = RoundSerializer
    queryset = Round.objects.none()

    def get_queryset(self) -> QuerySet[Round]:
        return rounds_of(access_of(self).study)


class OneRound(RetrieveAPIView[Round]):
    """One round."""

    serializer_class = RoundSerializer

    def get_object(self) -> Round:
        study = access_of(self).study
        return rounds_of(study).get(pk=get_round(study, self.kwargs["number"]).pk)


class MyAssignments(ListAPIView[Assignment]):
    """The issues given to you in this round, in your order. Empty until the round is started."""

    serializer_class = AssignmentSerializer
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        access = access_of(self)
        return (
            assignments_of(get_round(access.study, self.kwargs["number"]), access.membership)
            .filter(visible_assignments(access.membership))
            .select_related("round_issue__issue__repository")
        )


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
            .select_related("assignment__member", "assignment__round_issue")
            .prefetch_related(*SAID)
            .order_by("pk")
        )

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        access = access_of(self, Permission.CODE_ISSUES)
        given = SubmitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        answer = dict(given.validated_data)
        round = get_round(access.study, self.kwargs["number"])
        assignment = get_assignment(round, access.membership, answer.pop("assignment"))
        made = submit_coding(assignment=assignment, by=access.user, **answer)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


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


class Labels(ListAPIView[Resolution]):
    """The label of every resolved issue: the last decision under each taxonomy. Only closed rounds have any."""

    serializer_class = LabelSerializer
    queryset = Resolution.objects.none()

    def get_queryset(self) -> QuerySet[Resolution]:
        return labels_of(access_of(self).study)


urlpatterns = [
    path("studies/<slug:slug>/rounds/", Rounds.as_view(), name="api-rounds"),
    path("studies/<slug:slug>/rounds/<int:number>/", OneRound.as_view(), name="api-round"),
    path("studies/<slug:slug>/rounds/<int:number>/assignments/", MyAssignments.as_view(), name="api-assignments"),
    path("studies/<slug:slug>/rounds/<int:number>/codings/", Codings.as_view(), name="api-codings"),
    path("studies/<slug:slug>/rounds/<int:number>/proposals/", Proposals.as_view(), name="api-proposals"),
    path("studies/<slug:slug>/labels/", Labels.as_view(), name="api-labels"),
]
