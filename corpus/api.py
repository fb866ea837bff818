"""What programs may read in this room: issues and their comments, with the same rights as the pages."""

from typing import Any, cast

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request

from corpus import queries
from corpus.filters import IssueFilter
from corpus.models import Comment, Issue, IssueState
from studies.models import Membership, User
from studies.permissions import Access, get_access_for

SEARCH = OpenApiParameter(
    "search", str, description='Words, "phrases", -not, beginnings* of title, text or comments; a number, owner/name#1.'
)
STATE = OpenApiParameter("state", str, enum=IssueState.values)
REPOSITORY = OpenApiParameter("repository", str, description="The repository's full name, owner/name.")


class IssueSerializer(serializers.ModelSerializer[Issue]):
    repository = serializers.CharField(source="repository.__str__", help_text="owner/name")
    labels = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Issue
        fields = [
            "id", "repository", "number", "title", "state", "state_reason", "author", "author_association",
            "author_is_bot", "labels", "milestone", "created_at", "closed_at", "closed_by", "url",
        ]  # fmt: skip


class IssueWithBodySerializer(IssueSerializer):
    body = serializers.CharField(source="body.markdown", help_text="Markdown as received.")

    class Meta(IssueSerializer.Meta):
        fields = [*IssueSerializer.Meta.fields, "body"]


class CommentSerializer(serializers.ModelSerializer[Comment]):
    text = serializers.CharField(source="text.markdown", help_text="Markdown as received.")

    class Meta:
        model = Comment
        fields = ["id", "github_id", "author", "author_association", "author_is_bot", "created_at", "text"]


def access_of(view: generics.GenericAPIView[Any]) -> Access:
    return get_access_for(cast(User, view.request.user), view.kwargs["slug"])


@extend_schema(parameters=[SEARCH, STATE, REPOSITORY])
class IssueList(generics.ListAPIView[Issue]):
    """The study's issues, newest first."""

    serializer_class = IssueSerializer
    queryset = Issue.objects.none()

    def get_queryset(self) -> QuerySet[Issue]:
        access = access_of(self)
        return filtered(queries.issues_of(access.study), self.request, access.membership)


class IssueDetail(generics.RetrieveAPIView[Issue]):
    """One issue with its body."""

    serializer_class = IssueWithBodySerializer

    def get_object(self) -> Issue:
        access = access_of(self)
        return queries.get_issue(access.study, self.kwargs["issue_id"])


class CommentList(generics.ListAPIView[Comment]):
    """The comments of an issue, in the order they were written."""

    serializer_class = CommentSerializer
    queryset = Comment.objects.none()

    def get_queryset(self) -> QuerySet[Comment]:
        access = access_of(self)
        return queries.comments_of(queries.get_issue(access.study, self.kwargs["issue_id"]))


def filtered(issues: QuerySet[Issue], request: Request, viewer: Membership) -> QuerySet[Issue]:
    asked = dict(request.query_params.lists())
    return IssueFilter.from_params(asked | {"q": asked.get("search", [])}).apply(issues, viewer)


urlpatterns = [
    path("studies/<slug:slug>/issues/", IssueList.as_view(), name="api-issues"),
    path("studies/<slug:slug>/issues/<int:issue_id>/", IssueDetail.as_view(), name="api-issue"),
    path("studies/<slug:slug>/issues/<int:issue_id>/comments/", CommentList.as_view(), name="api-comments"),
]
