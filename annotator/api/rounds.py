"""Rounds, what was given to a rater, and what waits to be coded again, for programs."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.api.drafting import DraftSerializer, PlanSerializer, drafted, told
from annotator.api.shapes import BrokenBlindSerializer, access_of
from annotator.models import Assignment, Round
from annotator.queries.recoding import queue_of
from annotator.queries.rounds import get_round, rounds_of
from annotator.queries.work import assignments_of
from annotator.services.planning import Plan
from annotator.services.recoding import draft_recoding_round
from annotator.states import Outcome
from annotator.visibility import visible_assignments
from corpus.models import Issue
from studies.models import Membership
from studies.permissions import Permission, person
from taxonomy.history import names_upto
from taxonomy.models import Version
from taxonomy.queries import get_taxonomy, get_version
from taxonomy.telling import why_it_waits

BROKEN = "broken_blinds__member"


class RoundSerializer(serializers.ModelSerializer[Round]):
    """`given` and `coded` count assignments, and those with a coding, whatever it says. `blind_broken`: leads who saw
    the codings while the round ran."""

    taxonomy = serializers.CharField(source="version.taxonomy.name")
    version = serializers.IntegerField(source="version.number")
    given = serializers.IntegerField()
    coded = serializers.IntegerField()
    blind_broken = BrokenBlindSerializer(source="broken_blinds", many=True, read_only=True)

    class Meta:
        model = Round
        fields = [
            "number", "kind", "phase", "taxonomy", "version", "several_codes", "allows_proposals", "settles_unanimous",
            "sample", "design", "drafted_at", "started_at", "closed_at", "resolved_at", "paused_at", "pause_reason",
            "given", "coded", "blind_broken",
        ]  # fmt: skip


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """`outcome` and `revision` are of your own last coding; null before the first. An issue of a pool is kept for you
    until `reserved_until`; null when you handed it back."""

    issue = serializers.IntegerField(source="round_issue.issue_id")
    key = serializers.CharField(source="round_issue.issue.key")
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True)
    revision = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Assignment
        fields = ["id", "issue", "key", "position", "outcome", "revision", "reserved_until"]


class WaitSerializer(serializers.Serializer[Any]):
    """An issue that a rater is to code again, as coded in `round`. `label`: the label waits, and no coding. `dealt_in`
    is the number of the round that has it already."""

    round = serializers.IntegerField()
    issue = serializers.IntegerField()
    key = serializers.CharField()
    rater = serializers.CharField()
    label = serializers.BooleanField()  # type: ignore[assignment]  # not Field.label
    reasons = serializers.ListField(child=serializers.CharField())
    dealt_in = serializers.IntegerField(allow_null=True)


@extend_schema_view(
    get=extend_schema(description="The study's rounds, newest first."),
    post=extend_schema(
        request=DraftSerializer,
        responses={200: PlanSerializer, 201: RoundSerializer},
        description="Draw and deal a round; with `preview` see the deal, and nothing is written.",
    ),
)
class Rounds(ListAPIView[Round]):
    serializer_class = RoundSerializer
    queryset = Round.objects.none()

    def get_queryset(self) -> QuerySet[Round]:
        return rounds_of(access_of(self).study).prefetch_related(BROKEN)

    def post(self, request: Request, **where: Any) -> Response:
        made = drafted(access_of(self, Permission.MANAGE_ROUNDS), request)
        if isinstance(made, Plan):
            return Response(told(made))
        return Response(RoundSerializer(made).data, status=status.HTTP_201_CREATED)


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


class Recoding(APIView):
    """What waits to be coded again under a published version; a POST makes a round of all that is not dealt yet."""

    def version(self) -> Version:
        study = access_of(self, Permission.MANAGE_ROUNDS).study
        return get_version(get_taxonomy(study, self.kwargs["taxonomy_id"]), self.kwargs["version"])

    @extend_schema(responses=WaitSerializer(many=True))
    def get(self, request: Request, **where: Any) -> Response:
        version = self.version()
        queue, names = queue_of(version), names_upto(version)
        issues = Issue.objects.select_related("repository").in_bulk({wait.issue for wait in queue})
        raters = Membership.objects.in_bulk({wait.member for wait in queue})
        rows = [
            {
                **vars(wait),
                "key": issues[wait.issue].key,
                "rater": raters[wait.member].alias,
                "reasons": [why_it_waits(uid, fate, names) for uid, fate in wait.fates.items()],
            }
            for wait in queue
        ]
        return Response(WaitSerializer(rows, many=True).data)

    @extend_schema(request=None, responses={201: RoundSerializer})
    def post(self, request: Request, **where: Any) -> Response:
        version = self.version()
        made = draft_recoding_round(version=version, by=person(request))
        return Response(RoundSerializer(rounds_of(made.study).get(pk=made.pk)).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("studies/<slug:slug>/rounds/", Rounds.as_view(), name="api-rounds"),
    path("studies/<slug:slug>/rounds/<int:number>/", OneRound.as_view(), name="api-round"),
    path("studies/<slug:slug>/rounds/<int:number>/assignments/", MyAssignments.as_view(), name="api-assignments"),
    path(
        "studies/<slug:slug>/taxonomies/<int:taxonomy_id>/versions/<int:version>/recoding/",
        Recoding.as_view(),
        name="api-recoding",
    ),
]
