"""Pools, for programs: take the next issue, or hand one back."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.api.rounds import AssignmentSerializer
from annotator.api.shapes import access_of
from annotator.models import Assignment
from annotator.queries.rounds import get_round
from annotator.queries.work import get_assignment, with_answers
from annotator.services.pool import give_back, take_next
from studies.permissions import Permission


def told(assignment: Assignment) -> Any:
    rows = with_answers(Assignment.objects.select_related("round_issue__issue__repository"))
    return AssignmentSerializer(rows.get(pk=assignment.pk)).data


class Take(APIView):
    """Take the next issue of a pool: it is reserved for you for 30 minutes, and longer while you save drafts. 204 when
    nothing is open to you."""

    @extend_schema(request=None, responses={201: AssignmentSerializer, 204: None})
    def post(self, request: Request, **where: Any) -> Response:
        access = access_of(self, Permission.CODE_ISSUES)
        taken = take_next(round=get_round(access.study, self.kwargs["number"]), by=access.user)
        if taken is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(told(taken), status=status.HTTP_201_CREATED)


class GiveBack(APIView):
    """Hand an issue of a pool back before it is submitted. You are not offered it again."""

    @extend_schema(request=None, responses=AssignmentSerializer)
    def post(self, request: Request, **where: Any) -> Response:
        access = access_of(self, Permission.CODE_ISSUES)
        round = get_round(access.study, self.kwargs["number"])
        assignment = get_assignment(round, access.membership, self.kwargs["assignment_id"])
        return Response(told(give_back(assignment=assignment, by=access.user)))


urlpatterns = [
    path("studies/<slug:slug>/rounds/<int:number>/assignments/take/", Take.as_view(), name="api-take"),
    path(
        "studies/<slug:slug>/rounds/<int:number>/assignments/<int:assignment_id>/give-back/",
        GiveBack.as_view(),
        name="api-give-back",
    ),
]
