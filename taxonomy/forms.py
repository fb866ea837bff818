"""What people type about taxonomies and codes: its shape. What it means is decided by the services."""

import json
from typing import Any

from django import forms
from django.http import QueryDict

from studies.models import Study
from studies.permissions import ROLE_PERMISSIONS, Permission
from studies.queries import members_of
from taxonomy.crosswalks import crosswalks_of
from taxonomy.history import Difference
from taxonomy.models import ChangeKind, Code, Levels, Purpose, Version
from taxonomy.queries import SETTINGS, Node, published_versions, told
from taxonomy.services.cleaning import FREE_KEYS, LONGEST_GROUP, LONGEST_NAME
from taxonomy.services.structure import MAX_BYTES

COLOUR_NAMES = [
    (0, "by its place"), (1, "blue"), (2, "coral"), (3, "olive"), (4, "violet"), (5, "teal"), (6, "raspberry"),
    (7, "purple"),
]  # fmt: skip


def area(label: str, rows: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


class TaxonomyForm(forms.Form):
    """A new taxonomy without codes."""

    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    purpose = area("Purpose", 2, "What it sorts, and for which question.")
    kind: Any = forms.TypedChoiceField(
        label="It is", choices=Purpose.choices[:2], widget=forms.RadioSelect, initial=Purpose.CODING, required=False,
        empty_value=Purpose.CODING,
    )  # fmt: skip


class FileForm(forms.Form):
    """A file of codes, or its content pasted. What is in it, in whichever format, is the exchange's to say."""

    file = forms.FileField(
        label="File of codes",
        required=False,
        help_text="YAML, JSON, CSV, Excel, SKOS, a REFI-QDA codebook, a configuration of Label Studio or doccano.",
    )
    text = area("Or its content, pasted", 4)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.cleaned_data["file"] and not self.cleaned_data["text"].strip():
            raise forms.ValidationError("Choose a file, or paste its content.")
        return self.cleaned_data

    def content(self) -> tuple[bytes, str]:
        """Bytes and name; one byte more than the limit tells that it was passed."""
        if file := self.cleaned_data["file"]:
            return file.read(MAX_BYTES + 1), file.name
        return self.cleaned_data["text"].encode(), ""


class KeepForm(forms.Form):
    """What was read from a file and shown is now to be kept. `kept` carries it."""

    kept = forms.CharField(widget=forms.HiddenInput)


class NewFromFileForm(KeepForm):
    name = forms.CharField(max_length=LONGEST_NAME)
    purpose = area("Purpose", 2, "What it sorts, and for which question.")


class IntoDraftForm(KeepForm):
    seen = forms.CharField(widget=forms.HiddenInput)
    remove = forms.BooleanField(label="Remove the codes that the file does not mention", required=False)


class CodeForm(forms.Form):
    """What a code says. `seen` carries the values that the person saw when the form was opened; a new code names the
    one it stands below, or the one it comes after."""

    name = forms.CharField(max_length=LONGEST_NAME)
    definition = area("Definition", 3)
    use_when = area("Use when", 3)
    avoid_when = area("Not when", 3)
    examples = area("Examples", 3, "One a line: a sentence from an issue, and at its end owner/name#12 or an address.")
    notes = area("Notes for raters", 2)
    key = forms.CharField(
        required=False, max_length=1, help_text=f"One of {' '.join(FREE_KEYS)}. Without one, the code is numbered."
    )
    exclusive_group = forms.CharField(
        label="Only one of the group",
        required=False,
        max_length=LONGEST_GROUP,
        help_text="Of the codes that name the same group here, a rater chooses one at most.",
        widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off"}),
    )
    colour = forms.TypedChoiceField(choices=COLOUR_NAMES, coerce=int, required=False, empty_value=0)  # type: ignore[arg-type]  # as below
    selectable = forms.TypedChoiceField(
        label="For raters",
        choices=[(True, "a code to choose"), (False, "only gathers what is below it")],
        coerce=lambda value: value == "True",
        required=False,
        empty_value=True,  # type: ignore[arg-type]  # what the field is coerced to, no text
    )
    parent = forms.CharField(required=False, widget=forms.HiddenInput)
    after = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, nodes: list[Node], code: Code | None = None, **options: Any) -> None:
        if code is not None:
            options["initial"] = what_it_says(code) | {"seen": what_it_says(code)}
        super().__init__(*args, **options)
        self.codes = {str(node.code.uid): node.code for node in nodes}
        for place in ("parent", "after") if code is not None else ():
            del self.fields[place]

    def changes(self) -> dict[str, Any]:
        """What the service takes."""
        return {field: value for field, value in self.cleaned_data.items() if field != "seen"}

    def show_as_seen(self, code: Code) -> None:
        """From here on the person has seen what is stored: keeping the form as it is will now win."""
        self.data = {**dict(self.data.items()), "seen": json.dumps(what_it_says(code))}

    def clean_seen(self) -> dict[str, Any]:
        seen = self.cleaned_data["seen"]
        return seen if isinstance(seen, dict) else {}

    def clean_parent(self) -> Code | None:
        return self.named(self.cleaned_data["parent"])

    def clean_after(self) -> Code | None:
        return self.named(self.cleaned_data["after"])

    def named(self, uid: str) -> Code | None:
        if uid and uid not in self.codes:
            raise forms.ValidationError("The code beside it was removed meanwhile. Choose another place.")
        return self.codes.get(uid)


def what_it_says(code: Code) -> dict[str, Any]:
    """What its form shows: all but the place, which is changed in the tree."""
    return {field: value for field, value in told(code).items() if field != "parent"}


class SettingsForm(forms.Form):
    """What raters may choose at all. `seen` carries the values that the person saw."""

    levels = forms.ChoiceField(label="Raters choose", choices=Levels, widget=forms.RadioSelect)
    several_codes = forms.TypedChoiceField(
        label="Codes an issue",
        choices=[("several", "several"), ("one", "one")],
        coerce=lambda value: value == "several",
        widget=forms.RadioSelect,
        help_text="A round can take one where the version takes several, not the other way round.",
    )
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, version: Version) -> None:
        seen = {field: getattr(version, field) for field in SETTINGS}
        shown = {"levels": version.levels, "several_codes": "several" if version.several_codes else "one"}
        super().__init__(data, initial=shown | {"seen": seen}, auto_id="settings_%s")

    def show_as_seen(self, version: Version) -> None:
        """From here on the person has seen what is stored: keeping the form as it is will now win."""
        seen = {field: getattr(version, field) for field in SETTINGS}
        self.data = {**dict(self.data.items()), "seen": json.dumps(seen)}

    def clean_seen(self) -> dict[str, Any]:
        seen = self.cleaned_data["seen"]
        return seen if isinstance(seen, dict) else {}


class PublishForm(forms.Form):
    """The note, and of each reworded code whether its meaning changed. That all are answered is the service's."""

    note = area("What is new in this version", 3, "Shown with the version, in exports and in the replication package.")
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, found: Difference, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reworded = [change.sources[0] for change in found.changes if change.kind == ChangeKind.REWORD]
        for uid in self.reworded:
            self.fields[f"meaning_{uid}"] = forms.ChoiceField(
                label=f"Does “{found.names[uid]}” mean something else now?",
                choices=MEANINGS,
                required=False,
                widget=forms.RadioSelect,
            )

    def given(self) -> dict[str, str]:
        return {field: self.cleaned_data[field] for field in ("note", "seen")}

    def meanings(self) -> dict[str, bool]:
        """By uid, what has been answered so far."""
        said = {uid: self.data.get(f"meaning_{uid}") for uid in self.reworded}
        return {uid: answer == "changed" for uid, answer in said.items() if answer in dict(MEANINGS)}


MEANINGS = [
    ("same", "No: what was coded with it reads on"),
    ("changed", "Yes: issues that were coded with it wait to be coded again"),
]


def needed(label: str, help_text: str, missing: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class OperationForm(forms.Form):
    """What comes instead of a code that goes, and why."""

    def __init__(self, data: QueryDict | None, *, nodes: list[Node], code: Code) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}_%s")


class MergeForm(OperationForm):
    note = area("Note", 2)
    field_order = ["into", "note"]

    def __init__(self, data: QueryDict | None, *, nodes: list[Node], code: Code) -> None:
        super().__init__(data, nodes=nodes, code=code)
        others = [(str(node.code.uid), f"{node.number} {node.code.name}") for node in nodes if node.code != code]
        self.fields["into"] = forms.ChoiceField(label="Into", choices=others)
        self.order_fields(self.field_order)
        self.codes = {str(node.code.uid): node.code for node in nodes}

    def into(self) -> Code:
        return self.codes[self.cleaned_data["into"]]


class SplitForm(OperationForm):
    into_names = needed(
        "Into",
        "Two codes or more, one a line. A name that the draft has already means that code.",
        "Name two codes or more, each once, one a line.",
    )
    note = area("Note", 2)


class RetireForm(OperationForm):
    note = needed(
        "Why",
        "It stands with the version, and beside every issue that waits because of it.",
        "Say why: it stands beside every issue that waits because of it.",
    )


FORMS: dict[str, type[OperationForm]] = {"merge": MergeForm, "split": SplitForm, "retire": RetireForm}


class CrosswalkForm(forms.Form):
    """Which two versions are related, and by whom."""

    def __init__(self, *args: Any, study: Study, **options: Any) -> None:
        super().__init__(*args, **options)
        versions = published_versions(study)
        coders = [role for role, allowed in ROLE_PERMISSIONS.items() if Permission.CODE_ISSUES in allowed]
        self.fields["left"] = forms.ModelChoiceField(
            versions.filter(taxonomy__kind=Purpose.CODING), label="Ours", empty_label=None
        )
        self.fields["right"] = forms.ModelChoiceField(
            versions.order_by("-taxonomy__kind", "taxonomy__name", "-number"), label="Theirs", empty_label=None
        )
        self.fields["mappers"] = forms.ModelMultipleChoiceField(
            members_of(study).filter(role__in=coders),
            label="Who maps",
            widget=forms.CheckboxSelectMultiple,
            help_text="One member, or two who work independently: each sees only their own until both are done.",
        )
        self.fields["mappers"].label_from_instance = lambda member: str(member.user)  # type: ignore[attr-defined]
        self.fields["start_from"] = forms.ModelChoiceField(
            crosswalks_of(study),
            required=False,
            label="Start from",
            empty_label="Nothing: a fresh start",
            help_text="Takes over what was said of codes that still exist, between earlier versions of the same two.",
        )


class PublishedForm(forms.Form):
    """A file with the codes of a published taxonomy; name and citation stand in it or are given here."""

    file = forms.FileField(label="Codes from a file")
    name = forms.CharField(
        max_length=LONGEST_NAME, required=False, help_text="Left out, the name in the file is taken."
    )
    citation = area(
        "Citation", 2, "Authors, title, venue, year, DOI or address. Left out, the citation in the file is taken."
    )
