"""The forms of imports."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict

from corpus.models import Frame


class FileImportForm(forms.Form):
    issues = forms.FileField(
        label="Issues",
        help_text=(
            "JSON Lines with GitHub's issue objects (.jsonl), or a table (.csv) with the columns "
            "title, body, url, created_at and closed_at."
        ),
        error_messages={"empty": "This file is empty.", "required": "Choose a file of issues."},
    )
    comments = forms.FileField(
        label="Comments",
        required=False,
        help_text="JSON Lines with GitHub's comment objects, each with its issue_url.",
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


class FrameNameForm(forms.Form):
    name = forms.CharField(
        max_length=100, help_text="Short, as in a figure of the paper: closed, mentions a model.", label="Name"
    )


class FrameForm(FrameNameForm):
    parent = forms.ModelChoiceField(
        Frame.objects.none(),
        label="Builds on",
        required=False,
        empty_label="the whole corpus",
        help_text="The frame takes what fits the filter out of the issues of this one.",
    )

    def __init__(self, data: QueryDict | None, *, frames: QuerySet[Frame]) -> None:
        super().__init__(data)
        field: Any = self.fields["parent"]
        field.queryset = frames
