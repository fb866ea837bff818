"""What programs may read and begin in this room: issues, comments, imports, with the same rights as the pages."""

from typing import Any, cast

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from corpus import queries
from corpus.filters import IssueFilter
from corpus.models import Comment, ImportRun, Issue, IssueState
from corpus.services.collecting import STATES, request_github_import
from jobs.models import State
from jobs.tasks import send
from studies.models import Membership, User
from studies.permissions import Access, Permission, get_access_for

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


class ImportSerializer(serializers.ModelSerializer[ImportRun]):
    """Tokens, typed or kept, are in none of the fields."""

    name = serializers.CharField(help_text="What was imported.")
    state = serializers.ChoiceField(source="job.state", choices=State.choices)
    not_before = serializers.DateTimeField(source="job.not_before", help_text="A parked import goes on then.")
    note = serializers.CharField(source="job.note")
    error = serializers.CharField(source="job.error")
    refused = serializers.IntegerField(help_text="Records and repositories that were not taken.")

    class Meta:
        model = ImportRun
        fields = [
            "id", "source", "name", "dry", "state", "not_before", "note", "error", "new", "changed", "same",
            "comments", "events", "pull_requests", "refused", "requests", "undone_at",
        ]  # fmt: skip


class CollectSerializer(serializers.Serializer[Any]):
    """What to import from GitHub. Bounds ending in `_to` are the first moment too late."""

    repositories = serializers.ListField(
        child=serializers.CharField(max_length=300), help_text="owner/name, or addresses"
    )
    state = serializers.ChoiceField(choices=STATES, default="all")
    created_from = serializers.DateTimeField(required=False)
    created_to = serializers.DateTimeField(required=False)
    updated_from = serializers.DateTimeField(required=False)
    updated_to = serializers.DateTimeField(required=False)
    labels = serializers.CharField(required=False, max_length=500, help_text="Divided by commas; all of them.")
    words = serializers.CharField(required=False, max_length=500, help_text='Words, "phrases", -not, beginnings*.')
    comments = serializers.BooleanField(default=True)
    events = serializers.BooleanField(default=True)
    bots = serializers.BooleanField(default=True)
    token = serializers.CharField(required=False, max_length=400, write_only=True)
    dry = serializers.BooleanField(default=False)


def access_of(view: generics.GenericAPIView[Any], permission: Permission = Permission.VIEW_STUDY) -> Access:
    return get_access_for(cast(User, view.request.user), view.kwargs["slug"], permission)


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


@extend_schema_view(
    get=extend_schema(description="The study's imports, newest first. For leads."),
    post=extend_schema(
        request=CollectSerializer,
        responses={201: ImportSerializer},
        description="Import issues, comments and events of these repositories from GitHub. For leads.",
    ),
)
class Imports(generics.ListCreateAPIView[ImportRun]):
    serializer_class = ImportSerializer
    queryset = ImportRun.objects.none()

    def get_queryset(self) -> QuerySet[ImportRun]:
        return queries.imports_of(access_of(self, Permission.IMPORT_ISSUES).study)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        access = access_of(self, Permission.IMPORT_ISSUES)
        given = CollectSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = dict(given.validated_data)
        names = "\n".join(told.pop("repositories"))
        asked = request_github_import(study=access.study, repositories=names, by=access.user, **told)
        send(asked.job)
        made = self.get_serializer(queries.get_import(access.study, asked.pk))
        return Response(made.data, status=status.HTTP_201_CREATED)


class OneImport(generics.RetrieveAPIView[ImportRun]):
    """One import. For leads."""

    serializer_class = ImportSerializer

    def get_object(self) -> ImportRun:
        return queries.get_import(access_of(self, Permission.IMPORT_ISSUES).study, self.kwargs["run_id"])


def filtered(issues: QuerySet[Issue], request: Request, viewer: Membership) -> QuerySet[Issue]:
    asked = dict(request.query_params.lists())
    return IssueFilter.from_params(asked | {"q": asked.get("search", [])}).apply(issues, viewer)


urlpatterns = [
    path("studies/<slug:slug>/issues/", IssueList.as_view(), name="api-issues"),
    path("studies/<slug:slug>/issues/<int:issue_id>/", IssueDetail.as_view(), name="api-issue"),
    path("studies/<slug:slug>/issues/<int:issue_id>/comments/", CommentList.as_view(), name="api-comments"),
    path("studies/<slug:slug>/imports/", Imports.as_view(), name="api-imports"),
    path("studies/<slug:slug>/imports/<int:run_id>/", OneImport.as_view(), name="api-import"),
]
