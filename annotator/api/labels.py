"""The labels of the study's issues, for programs."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from annotator.api.shapes import CodeNameSerializer, access_of
from annotator.models import Resolution
from annotator.queries.labels import labels_of
from annotator.states import LABELS, How


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


class Labels(ListAPIView[Resolution]):
    """The label of every resolved issue: the last decision under each taxonomy. Only closed rounds have any."""

    serializer_class = LabelSerializer
    queryset = Resolution.objects.none()

    def get_queryset(self) -> QuerySet[Resolution]:
        return labels_of(access_of(self).study)


urlpatterns = [
    path("studies/<slug:slug>/labels/", Labels.as_view(), name="api-labels"),
]
