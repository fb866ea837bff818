"""Breaking the blind of a running round, for programs: the same as on its page."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.shapes import BrokenBlindSerializer, access_of
from annotator.models import BrokenBlind
from annotator.queries.blind import breaks_of
from annotator.queries.rounds import get_round
from annotator.services.blind import break_blind
from studies.errors import Invalid
from studies.permissions import Permission


class BreakBlindSerializer(serializers.Serializer[Any]):
    """`confirm` says that you know that nothing takes it back, and that every member is told, with the reason."""

    reason = serializers.CharField()
    confirm = serializers.BooleanField()


@extend_schema_view(
    get=extend_schema(description="Who broke the blind of this round while it ran, the oldest first."),
    post=extend_schema(
        request=BreakBlindSerializer,
        responses={201: BrokenBlindSerializer},
        description="See the codings of a running round from now on, you alone. It cannot be taken back.",
    ),
)
class BrokenBlinds(ListAPIView[BrokenBlind]):
    serializer_class = BrokenBlindSerializer
    queryset = BrokenBlind.objects.none()

    def get_queryset(self) -> QuerySet[BrokenBlind]:
        return breaks_of(get_round(access_of(self).study, self.kwargs["number"]))

    def post(self, request: Request, **where: Any) -> Response:
        access = access_of(self, Permission.MANAGE_ROUNDS)
        given = BreakBlindSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if not given.validated_data["confirm"]:
            raise Invalid({"confirm": "Say true if you mean it. Nothing was shown to you."})
        round = get_round(access.study, self.kwargs["number"])
        made = break_blind(round=round, reason=given.validated_data["reason"], by=access.user)
        return Response(BrokenBlindSerializer(made).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("studies/<slug:slug>/rounds/<int:number>/blind/", BrokenBlinds.as_view(), name="api-blind"),
]
