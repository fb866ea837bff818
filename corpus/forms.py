"""The forms of imports."""

from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict

from corpus.files import Columns, Table
from corpus.models import Frame


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


ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Western (Windows-1252)",
    "latin-1": "Western (ISO-8859-1)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC)",
    "euc_kr": "Korean (EUC)",
}
DATE_ORDERS = {
    "iso": "2026-03-31, or with the month's name",
    "day": "31/03/2026 (day first)",
    "month": "03/31/2026 (month first)",
}
FIELD_LABELS = {
    "title": "Title",
    "body": "Text",
    "url": "Address of the issue",
    "repository": "Repository or project",
    "key": "Number or key",
    "created_at": "Opened",
    "closed_at": "Closed",
    "state": "State",
    "state_reason": "Reason of closing",
    "author": "Author",
    "labels": "Labels",
    "milestone": "Milestone",
}


def known_encoding(name: str) -> str:
    """The encoding if it may be chosen, else nothing: then it is found anew."""
    return name if name in ENCODINGS else ""


class ColumnsForm(forms.Form):
    """One choice of a column for each field of an issue, and how the table is written."""

    def __init__(self, table: Table, columns: Columns, data: Any = None) -> None:
        super().__init__(data)
        self.table = table
        names = [("", "not in this table"), *((name, name) for name in dict.fromkeys(filter(None, table.names)))]
        for name, label in FIELD_LABELS.items():
            initial = columns.fields.get(name, "")
            self.fields[name] = forms.ChoiceField(label=label, choices=names, required=False, initial=initial)
        zones = [("", "choose a zone" if table.zoneless else "as written"), *((z, z) for z in zone_names())]
        self.fields["zone"] = forms.ChoiceField(
            label="Zone of dates without one", choices=zones, required=table.zoneless, initial=columns.zone,
            error_messages={"required": "Dates of this table have no zone. Say where they were written."},
        )  # fmt: skip
        self.fields["dates"] = forms.ChoiceField(
            label="Dates are written", choices=list(DATE_ORDERS.items()), initial=columns.dates
        )
        self.fields["encoding"] = forms.ChoiceField(
            label="Encoding", choices=list(encodings_with(table.guess.encoding).items()), initial=table.guess.encoding
        )
        if table.guess.kind:
            self.fields["tracker"] = forms.CharField(
                label="Address of the tracker", max_length=200, required=False, initial=columns.tracker,
                help_text="The issues are found below it, such as https://issues.example.org.",
            )  # fmt: skip

    def columns(self) -> Columns:
        told = self.cleaned_data
        fields = {name: told[name] for name in FIELD_LABELS if told[name]}
        return replace(
            self.table.guess,
            fields=fields,
            kind="" if "url" in fields else self.table.guess.kind,
            tracker=told.get("tracker", ""),
            zone=told["zone"],
            dates=told["dates"],
            encoding=told["encoding"],
        )


def encodings_with(found: str) -> dict[str, str]:
    """The choices, and the one that was found if it is another."""
    return {found: found} | ENCODINGS


def zone_names() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")


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
