"""What people type about taxonomies and codes: its shape. What it means is decided by the services."""

import json
from typing import Any

from django import forms

from taxonomy.models import Code
from taxonomy.queries import Node, told
from taxonomy.services.cleaning import LONGEST_NAME
from taxonomy.services.structure import MAX_BYTES


def area(label: str, rows: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


class TaxonomyForm(forms.Form):
    """A new taxonomy: empty, or with the codes of a file or of a pasted text."""

    name = forms.CharField(
        max_length=LONGEST_NAME, required=False, help_text="Left out, the name in the file is taken."
    )
    purpose = area("Purpose", 2, "What it sorts, and for which question.")
    file = forms.FileField(
        label="Codes from a file",
        required=False,
        help_text='JSON: {"name": …, "codes": [{"name": …, "parent": …, "definition": …}]}. '
        "A parent is named by its uid or its name.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = area("Or the same, pasted", 4)

    def content(self) -> bytes | None:
        """The bytes that hold codes, if any were given; one more than the limit tells that it was passed."""
        if self.cleaned_data["file"]:
            read: bytes = self.cleaned_data["file"].read(MAX_BYTES + 1)
            return read
        return self.cleaned_data["text"].encode() or None


class CodeForm(forms.Form):
    """A code's texts and place. `seen` carries the values that the person saw when the form was opened."""

    name = forms.CharField(max_length=LONGEST_NAME)
    parent = forms.ChoiceField(label="Under", required=False)
    definition = area("Definition", 3)
    use_when = area("Use when", 3)
    avoid_when = area("Not when", 3)
    examples = area("Examples", 3, "One a line: an issue, or a sentence from one.")
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, nodes: list[Node], code: Code | None = None, **options: Any) -> None:
        if code is not None:
            options["initial"] = told(code) | {"seen": told(code)}
        super().__init__(*args, **options)
        choices = [("", "Nothing: a top category"), *possible_parents(nodes, code)]
        self.fields["parent"] = forms.ChoiceField(label="Under", required=False, choices=choices)
        self.codes = {str(node.code.uid): node.code for node in nodes}

    def changes(self) -> dict[str, Any]:
        """What the service takes, with the row of the code above."""
        given = {field: value for field, value in self.cleaned_data.items() if field != "seen"}
        return given | {"parent": self.codes.get(given["parent"])}

    def show_as_seen(self, stored: dict[str, Any]) -> None:
        """From here on the person has seen what is stored: keeping the form as it is will now win."""
        self.data = {**dict(self.data.items()), "seen": json.dumps(stored)}

    def clean_seen(self) -> dict[str, Any]:
        seen = self.cleaned_data["seen"]
        return seen if isinstance(seen, dict) else {}


def possible_parents(nodes: list[Node], code: Code | None) -> list[tuple[str, str]]:
    """Codes under which a code may stand, indented by their numbers; not the code itself. Depth is the service's."""
    return [(str(node.code.uid), f"{node.number} {node.code.name}") for node in nodes if node.code != code]


class PublishForm(forms.Form):
    note = area("What is new in this version", 3, "Shown with the version, in exports and in the replication package.")
    seen = forms.CharField(widget=forms.HiddenInput)
