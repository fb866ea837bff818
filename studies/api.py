"""What programs may do in this room: the same services, rights and blindness as the pages."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as BadRequest
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.response import Response
from rest_framework.views import exception_handler

from studies.errors import Conflict
from studies.models import Membership, User
from studies.permissions import get_access_for
from studies.queries import members_of, memberships_for


class ConflictAnswer(APIException):
    status_code = 409
    default_code = "conflict"


def answer_refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """The house's errors as answers: Invalid 400 by field, Refused 403, NotThere 404, Conflict 409."""
    if isinstance(error, ValidationError):
        error = BadRequest(serializers.as_serializer_error(error))
    elif isinstance(error, Conflict):
        error = ConflictAnswer(str(error))
    return exception_handler(error, context)


class StudySerializer(serializers.ModelSerializer[Membership]):
    """A study as one person has it: with their own role and alias."""

    slug = serializers.SlugField(source="study.slug")
    title = serializers.CharField(source="study.title")
    question = serializers.CharField(source="study.question")
    created_at = serializers.DateTimeField(source="study.created_at")

    class Meta:
        model = Membership
        fields = ["slug", "title", "question", "created_at", "role", "alias"]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    class Meta:
        model = Membership
        fields = ["alias", "role"]


class Studies(ListAPIView[Membership]):
    """The studies that the signed-in person takes part in."""

    serializer_class = StudySerializer

    def get_queryset(self) -> QuerySet[Membership]:
        return memberships_for(cast(User, self.request.user))


class OneStudy(RetrieveAPIView[Membership]):
    """One of the signed-in person's studies."""

    serializer_class = StudySerializer

    def get_object(self) -> Membership:
        return get_access_for(cast(User, self.request.user), self.kwargs["slug"]).membership


class Members(ListAPIView[Membership]):
    """The members of a study by alias. Names and addresses stay on the pages."""

    serializer_class = MemberSerializer

    def get_queryset(self) -> QuerySet[Membership]:
        return members_of(get_access_for(cast(User, self.request.user), self.kwargs["slug"]).study)


urlpatterns = [
    path("studies/", Studies.as_view(), name="api-studies"),
    path("studies/<slug:slug>/", OneStudy.as_view(), name="api-study"),
    path("studies/<slug:slug>/members/", Members.as_view(), name="api-members"),
]
