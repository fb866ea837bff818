"""The forms of imports."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict

from corpus.files import Columns, Table
from corpus.filters import midnight
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
    events = forms.FileField(
        label="Events",
        required=False,
        help_text="JSON or JSON Lines with GitHub's event objects, or GH Archive's: closed, reopened, labelled, moved.",
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


LONGEST_LIST = 2**20


def day(label: str, words: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, help_text=words)


class GitHubImportForm(forms.Form):
    repositories = forms.CharField(
        label="Repositories",
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="As owner/name or addresses, one or many, with anything between them.",
    )
    file = forms.FileField(
        label="Repositories from a file",
        required=False,
        help_text="A text file with the same.",
        error_messages={"empty": "This file is empty."},
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("all", "Open and closed"), ("open", "Open only"), ("closed", "Closed only")],
    )
    created_from = day("Opened from")
    created_to = day("Opened until", "The last day is taken with it. Days are in UTC.")
    updated_from = day("Changed from")
    updated_to = day("Changed until")
    labels = forms.CharField(
        label="Labels", required=False, max_length=500, help_text="Divided by commas. An issue must have all of them."
    )
    words = forms.CharField(
        label="Words",
        required=False,
        max_length=500,
        help_text='Words, "phrases", -not and beginnings*, in title or text.',
    )
    without_comments = forms.BooleanField(label="Without comments", required=False)
    without_events = forms.BooleanField(label="Without events (closed, reopened, labelled, moved)", required=False)
    without_bots = forms.BooleanField(label="Without issues made by bots", required=False)
    token = forms.CharField(
        label="Token for this import alone",
        required=False,
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    FIRST = ("repositories", "file")
    LAST = ("token",)

    def __init__(self, *args: Any, kept: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].help_text = f"{without_one(kept)} It is kept encrypted until the import has ended."

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def choices(self) -> list[forms.BoundField]:
        """What says which issues, folded away until it is wanted."""
        return [field for field in self.visible_fields() if field.name not in (*self.FIRST, *self.LAST)]

    @property
    def last(self) -> list[forms.BoundField]:
        return [self[name] for name in self.LAST]

    @property
    def has_choices(self) -> bool:
        return any(field.errors or (self.is_bound and field.data not in (None, "", "all")) for field in self.choices)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        file = told.pop("file", None)
        if file and file.size > LONGEST_LIST:
            self.add_error("file", "This file is longer than a list of repositories. Choose another one.")
        elif file:
            told["repositories"] = f"{told.get('repositories', '')}\n{file.read().decode(errors='replace')}".strip()
        return told

    def asked(self) -> dict[str, Any]:
        """What `request_github_import` takes."""
        told = dict(self.cleaned_data)
        for name in ("created", "updated"):
            first, last = told[f"{name}_from"], told[f"{name}_to"]
            told[f"{name}_from"] = midnight(first.isoformat()) if first else None
            told[f"{name}_to"] = midnight(last.isoformat()) + timedelta(days=1) if last else None
        parts = {part: not told.pop(f"without_{part}") for part in ("comments", "events", "bots")}
        return told | parts | {"state": told["state"] or "all"}


def without_one(kept: int) -> str:
    """Which tokens are used when none is typed."""
    if kept:
        return (
            f"Without one, the {kept} kept for this study are used in turn."
            if kept > 1
            else ("Without one, the token kept for this study is used.")
        )
    if settings.GITHUB_TOKENS:
        return "Without one, the token of this server is used."
    return "Without one, GitHub answers 60 requests an hour, 100 issues each."


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name", help_text="Such as whose it is and when it ends.")
    token = forms.CharField(
        max_length=255,
        label="Token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="From GitHub's settings, with no right but to read. It is kept encrypted and never shown again.",
    )


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
