"""Shapes of what pages send: a submit, a decision, a new round. What it means is the services' business."""

import json
from typing import Any

from django import forms
from django.http import QueryDict

from annotator.services.marks import Mark, marks_in, tied_to
from annotator.states import DECIDED_HERE, SCREENED, Confidence, Outcome

SPECIAL = (Outcome.NONE, Outcome.UNCLEAR, Outcome.OFF_TOPIC, *SCREENED)


NO_MARKS = "A quote names its part, its text, start, end, and the exact words."


class CodesField(forms.Field):
    """Ids of codes, as a list."""

    def to_python(self, value: Any) -> list[int]:
        try:
            return [int(code) for code in value or []]
        except (TypeError, ValueError) as error:
            raise forms.ValidationError("Codes are given by their ids.") from error


class EvidenceField(forms.Field):
    """Marks, as a list of objects or, from a plain form, as its JSON."""

    def to_python(self, value: Any) -> list[Mark]:
        if not value:
            return []
        try:
            given = json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise forms.ValidationError(NO_MARKS) from error
        marks = marks_in(given)
        if not isinstance(given, list) or len(marks) != len(given):
            raise forms.ValidationError(NO_MARKS)
        return marks


class SubmitForm(forms.Form):
    outcome = forms.ChoiceField(choices=Outcome)
    codes = CodesField(required=False)
    proposals = CodesField(required=False)
    memo = forms.CharField(required=False)
    confidence = forms.ChoiceField(choices=Confidence, required=False)
    flagged = forms.BooleanField(required=False)
    evidence = EvidenceField(required=False)
    client_id = forms.UUIDField()
    active_seconds = forms.IntegerField(required=False, min_value=0)
    seen = forms.IntegerField(required=False, min_value=0)


class ProposalForm(forms.Form):
    name = forms.CharField(required=False)
    sentence = forms.CharField(required=False)
    quote = forms.CharField(required=False, strip=False)
    client_id = forms.UUIDField()
    anyway = forms.BooleanField(required=False)


class WordsForm(forms.Form):
    name = forms.CharField(required=False)
    sentence = forms.CharField(required=False)
    anyway = forms.BooleanField(required=False)


class DraftForm(forms.Form):
    version = forms.IntegerField(min_value=0)
    seen = forms.IntegerField(min_value=0)


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(choices=Outcome)
    codes = CodesField(required=False)
    how = forms.ChoiceField(
        choices=DECIDED_HERE, error_messages={"required": "Say how the decision was reached."}, required=True
    )
    reason = forms.CharField(required=False)
    seen = forms.IntegerField(required=False, min_value=0)


def is_proposal(value: str) -> bool:
    return value[:1] == "p" and value[1:].isdecimal()


def answer_from(data: QueryDict) -> dict[str, Any]:
    """A form's ticks as an answer: `answer` holds ids of codes, ids of proposals behind a "p", or one of
    SPECIAL, which a button may say as well; skipping takes no codes along."""
    ticked = [*data.getlist("answer"), data.get("act", ""), data.get("screened", "")]
    special = next((value for value in ticked if value in SPECIAL), "")
    skipped = data.get("act") == "skip"
    codes = [] if skipped else [int(value) for value in ticked if value.isdigit()]
    proposals = [] if skipped else [int(value[1:]) for value in ticked if is_proposal(value)]
    return {
        "outcome": Outcome.SKIPPED if skipped else special or Outcome.CODED,
        "codes": codes,
        "proposals": proposals,
        "memo": data.get("memo", ""),
        "confidence": data.get("confidence", ""),
        "flagged": "flagged" in data,
        "evidence": tied_to(written_marks(data.get("evidence", "")), codes, proposals),
    }


def written_marks(text: str) -> list[Mark]:
    try:
        return marks_in(json.loads(text or "[]"))
    except ValueError:
        return []


class MoveForm(forms.Form):
    """A step on the board. `seen` carries what the person saw of the card; `onto` the card to put it with and, behind
    a bar, what they saw of that."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("together", "out", "name", "back")])
    card = forms.CharField()
    seen = forms.CharField()
    onto = forms.CharField(required=False)
    proposal = forms.IntegerField(required=False)
    name = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said["onto"], _, said["onto_seen"] = said.get("onto", "").partition("|")
        return said


class AcceptForm(forms.Form):
    name = forms.CharField(required=False)
    parent = forms.UUIDField(required=False)
    definition = forms.CharField(required=False)
    examples = forms.CharField(required=False)


class IntoForm(forms.Form):
    code = forms.UUIDField(error_messages={"required": "Choose the code that it is."})


class DeclineForm(forms.Form):
    reason = forms.CharField(required=False)


class BreakBlindForm(forms.Form):
    """Needs a reason, and that the person says they know that nothing takes it back."""

    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why."},
        help_text="Every member of the study can read it, also raters who still code; so say nothing of an issue here. "
        "It stands in exported data sets.",
    )
    confirm = forms.BooleanField(
        label="I know that this cannot be taken back, and that everybody will see that I did it.",
        error_messages={"required": "Tick this if you mean it. Nothing was shown to you."},
    )


class ReasonForm(forms.Form):
    """For what is allowed with a reason that stays on record."""

    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why."},
        help_text="It stays on record, and every member of the study can read it.",
    )
