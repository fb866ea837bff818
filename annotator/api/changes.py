"""Changes to a round that was dealt, for programs: the same as on its page."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.api.drafting import PairSerializer, pairs_told, raters_of
from annotator.api.shapes import access_of
from annotator.queries.rounds import get_round
from annotator.services.changing import (
    ACTS,
    Asked,
    Change,
    change_round,
    check_can_change,
    pause_round,
    plan_change,
    resume_round,
)
from studies.models import Membership, Study
from studies.permissions import Permission


class RoundChangeSerializer(serializers.Serializer[Any]):
    """`add` a rater (with the most that they take), `take_out` a rater, `hand_over` what `rater` has open `to` another,
    `extend` the sample by `size` issues, `pause` with a reason, or `resume`. With `preview` nothing is written; `seen`
    of a preview makes sure that this change is made, or 409."""

    act = serializers.ChoiceField([*ACTS, "pause", "resume"])
    rater = serializers.CharField(default="", allow_blank=True)
    to = serializers.CharField(default="", allow_blank=True)
    capacity = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    size = serializers.IntegerField(min_value=0, default=0)
    reason = serializers.CharField(default="", allow_blank=True)
    preview = serializers.BooleanField(default=False)
    seen = serializers.CharField(default="", allow_blank=True)


class OpenIssuesSerializer(serializers.Serializer[Any]):
    rater = serializers.CharField()
    coded = serializers.IntegerField()
    open_before = serializers.IntegerField()
    open_after = serializers.IntegerField()


class RoundChangedSerializer(serializers.Serializer[Any]):
    raters = OpenIssuesSerializer(many=True)
    pairs = PairSerializer(many=True)
    lost_drafts = serializers.IntegerField()
    seen = serializers.CharField()


def member(study: Study, alias: str) -> Membership | None:
    return raters_of(study, [alias])[0] if alias else None


def told(change: Change) -> dict[str, Any]:
    names = ("rater", "coded", "open_before", "open_after")
    shown = {
        "raters": [dict(zip(names, row, strict=True)) for row in change.rows],
        "pairs": pairs_told(change.balance),
        "lost_drafts": change.lost_drafts,
        "seen": change.digest,
    }
    return dict(RoundChangedSerializer(shown).data)


class Changes(APIView):
    """Raters come and go, open issues change hands, the sample grows, the round pauses."""

    @extend_schema(request=RoundChangeSerializer, responses=RoundChangedSerializer)
    def post(self, request: Request, **where: Any) -> Response:
        access = access_of(self, Permission.MANAGE_ROUNDS)
        round = get_round(access.study, self.kwargs["number"])
        given = RoundChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        if said["act"] == "pause":
            pause_round(round=round, reason=said["reason"], by=access.user)
        elif said["act"] == "resume":
            resume_round(round=round, by=access.user)
        else:
            rater, to = (member(access.study, said[name]) for name in ("rater", "to"))
            asked = Asked(said["act"], rater, to, said["capacity"], said["size"])
            check_can_change(round)
            if said["preview"]:
                return Response(told(plan_change(round, asked)))
            return Response(told(change_round(round=round, asked=asked, seen=said["seen"], by=access.user)))
        return Response({"raters": [], "pairs": [], "lost_drafts": 0, "seen": ""})


urlpatterns = [
    path("studies/<slug:slug>/rounds/<int:number>/changes/", Changes.as_view(), name="api-round-changes"),
]
