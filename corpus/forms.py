"""The forms of imports, and the filters of issue lists: the same on the page and in the API."""

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet

from corpus import queries
from corpus.models import Issue, IssueState, Repository

NEWEST, OLDEST = "newest", "oldest"


def repositories_for(request: Any) -> QuerySet[Repository]:
    """The choices of the repository filter: those of the study that the request has opened."""
    access = getattr(request, "access", None)
    return queries.repositories_of(access.study) if access else Repository.objects.none()


def by_age(issues: QuerySet[Issue], name: str, value: str) -> QuerySet[Issue]:
    return issues.reverse() if value == OLDEST else issues


class IssueFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    q = django_filters.CharFilter(label="Words or number", method="found")
    repository = django_filters.ModelChoiceFilter(queryset=repositories_for, empty_label="All repositories")
    state = django_filters.ChoiceFilter(choices=IssueState.choices, empty_label="Open and closed")
    sort = django_filters.ChoiceFilter(
        label="Order", choices=[(OLDEST, "Oldest first")], empty_label="Newest first", method=by_age
    )

    class Meta:
        model = Issue
        fields: list[str] = []

    def found(self, issues: QuerySet[Issue], name: str, value: str) -> QuerySet[Issue]:
        return queries.search(issues, value)


class FileImportForm(forms.Form):
    issues = forms.FileField(
        label="Issues",
        help_text=(
            "JSON or JSON Lines of GitHub, gh, GH Archive or GitLab (.json, .jsonl), or a table "
            "(.csv, .tsv, .xlsx). Plain or packed (.gz, .zst, .zip)."
        ),
        error_messages={"empty": "This file is empty.", "required": "Choose a file of issues."},
    )
    comments = forms.FileField(
        label="Comments",
        required=False,
        help_text="JSON or JSON Lines with GitHub's comment objects, each with its issue_url.",
        error_messages={"empty": "This file is empty."},
    )


class GitHubImportForm(forms.Form):
    repository = forms.CharField(
        label="Repository",
        max_length=260,
        help_text="As owner/name, such as tidewater/captioner.",
        error_messages={"required": "Name a repository as owner/name."},
    )
    state = forms.ChoiceField(
        label="State", choices=[("all", "Open and closed"), ("open", "Open only"), ("closed", "Closed only")]
    )
    since = forms.DateTimeField(
        label="Changed since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Leave it empty for all. The day begins at midnight UTC.",
    )
    token = forms.CharField(
        label="Token",
        required=False,
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without = (
            "Without one, the token of this server is used."
            if settings.GITHUB_TOKEN
            else "Without one, GitHub answers 60 requests an hour, 100 issues each."
        )
        self.fields["token"].help_text = f"{without} It is kept encrypted until the import has ended, then forgotten."
