"""The shape of a change to a round that was dealt."""

from typing import Any

from django import forms
from django.http import QueryDict

from annotator.forms.choices import coders_of
from annotator.services.changing import Asked
from studies.models import Membership, Study


class ChangeForm(forms.Form):
    """A change to a round that was dealt. Which fields count follows from `act`."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("add", "take_out", "hand_over", "extend")])
    rater: Any = forms.ModelChoiceField(Membership.objects.none(), required=False)
    to: Any = forms.ModelChoiceField(Membership.objects.none(), required=False)
    capacity = forms.IntegerField(min_value=0, required=False)
    size = forms.IntegerField(min_value=0, required=False)
    seen = forms.CharField(required=False)

    def __init__(self, data: QueryDict | None, *, study: Study) -> None:
        super().__init__(data)
        for name in ("rater", "to"):
            field: Any = self.fields[name]
            field.queryset = coders_of(study, ever=True)

    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(said["act"], said["rater"], said["to"], said["capacity"], said["size"] or 0)
